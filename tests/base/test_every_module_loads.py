"""Every module of the product loads, on every Python that runs this room."""

from __future__ import annotations

import importlib
import pkgutil

import vigie


def test_every_module_loads():
    """A warning while loading is an error here, as everywhere in the tests."""
    names = [
        found.name
        for found in pkgutil.walk_packages(vigie.__path__, "vigie.")
        if "migrations" not in found.name
    ]

    loaded = {name: importlib.import_module(name).__name__ for name in names}

    assert len(names) > 500
    assert loaded == dict(zip(names, names, strict=True))
