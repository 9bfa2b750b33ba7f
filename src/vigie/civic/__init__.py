"""Use cases of the citizens: what is told to everybody, and the attackers that try it."""
