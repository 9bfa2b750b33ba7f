"""Readers of tables (CSV, XLSX, JSON Lines, GeoJSON, Parquet) and the mapping from them to records."""
