"""Mapping files of the table feeds, read by the real ``table`` connector."""
