"""The kit for legal detection in images, and the law before them."""
