"""What is wrong with a home and what to do: each look is read-only and needs no other."""
