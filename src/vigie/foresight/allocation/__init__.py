"""Allocation: where posts stand, how long help takes, who works when, and why."""
