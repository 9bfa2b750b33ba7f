"""Readers of tables (CSV, XLSX, JSON, GeoJSON, Parquet) and the mapping to records."""
