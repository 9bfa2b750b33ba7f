"""Vigie, the open-source observatory of public tranquillity."""
