"""Questions asked of analyses: once, as a file, saved, and as reports on a schedule."""
