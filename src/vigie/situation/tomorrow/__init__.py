"""Use cases of Demain, each decided by the charter: agenda, entry, event files, forecasts, what-if."""
