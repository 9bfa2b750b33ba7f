"""The kit of analyses. Kept empty: importing the kit's types pulls nothing else in."""
