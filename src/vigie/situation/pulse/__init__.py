"""How the house itself does: what it did last, what has fallen silent, whether it can serve."""
