"""The vocabulary: records, contracts, taxonomy, units, times; values only, no input or output."""
