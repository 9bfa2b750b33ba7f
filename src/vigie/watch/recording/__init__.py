"""Recording: segments as they come, an index that is true, an end that is proved."""
