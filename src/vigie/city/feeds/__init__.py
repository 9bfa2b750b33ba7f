"""Native feeds: how each source of the city writes what it knows, one module per feed."""
