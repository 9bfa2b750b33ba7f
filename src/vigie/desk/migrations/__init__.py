"""Alembic's folder: how the application database came to its present form."""
