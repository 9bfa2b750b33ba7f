"""Several cities in one installation: a process group and a home each, one address before them."""
