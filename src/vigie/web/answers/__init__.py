"""The models of what is answered: the OpenAPI document is made of them."""
