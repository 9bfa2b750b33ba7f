"""Use cases of Demain: the agenda and its clashes."""
