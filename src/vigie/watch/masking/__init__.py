"""Masking pictures: privacy masks burnt in before storage."""
