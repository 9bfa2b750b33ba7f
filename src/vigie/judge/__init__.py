"""The kit of rules. Kept empty: a rule that imports the kit's types pulls nothing else in."""
