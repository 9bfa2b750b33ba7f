"""Use cases of Demain, each decided by the charter."""
