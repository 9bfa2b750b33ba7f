"""The kit of intake. Kept empty: a connector that imports the kit's types pulls nothing else in."""
