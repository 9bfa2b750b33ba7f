"""Copies of a home: taken while it is in use, checked, put back with what was erased since."""
