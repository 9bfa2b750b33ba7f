"""The keeper of keys: seals, opens, makes pseudonyms, destroys; it never gives a key away."""
