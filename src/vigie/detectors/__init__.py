"""Detectors: one module for each legal type of event; found by the registry."""
