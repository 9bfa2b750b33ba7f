"""Connectors: one module per source format, each with one ``CONNECTOR``. No input, no output."""
