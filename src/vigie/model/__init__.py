"""The vocabulary: records, contracts, taxonomy, units and times; values only, no input or output."""
