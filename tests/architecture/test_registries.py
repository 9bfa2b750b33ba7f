"""What is registered is named, told in two languages, tested, and shown with a sample.

The registry is the test plan: adding a connector without its test or its sample fails here, and
the message says which file to write.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from typing import NamedTuple

from tests.rows import for_each


class Shelf(NamedTuple):
    """A package of plugins, and the object that each of its modules exposes."""

    package: str
    member: str


SHELVES = (
    Shelf("connectors", "CONNECTOR"),
    Shelf("analyses", "ANALYSIS"),
    Shelf("detectors", "DETECTOR"),
    Shelf("rules", "RULE"),
)


def _list_plugins():
    for shelf in SHELVES:
        if importlib.util.find_spec(f"vigie.{shelf.package}") is None:
            continue
        package = importlib.import_module(f"vigie.{shelf.package}")
        for info in pkgutil.iter_modules(package.__path__):
            yield shelf, info.name


PLUGINS = list(_list_plugins())


def test_there_are_connectors():
    """An empty registry would make every test below pass by having nothing to say."""
    assert {"connectors.table", "connectors.main_courante", "connectors.gtfs"} <= {
        f"{shelf.package}.{name}" for shelf, name in PLUGINS
    }


@for_each("plugin", PLUGINS)
def test_a_module_is_one_plugin_of_the_same_name(plugin):
    shelf, name = plugin
    module = importlib.import_module(f"vigie.{shelf.package}.{name}")

    plugin = getattr(module, shelf.member, None)

    assert plugin is not None, f"vigie/{shelf.package}/{name}.py exposes no {shelf.member}"
    assert plugin.name == name


@for_each("plugin", PLUGINS)
def test_a_plugin_is_told_in_both_languages(plugin):
    shelf, name = plugin
    module = importlib.import_module(f"vigie.{shelf.package}.{name}")
    plugin = getattr(module, shelf.member)

    title = getattr(plugin, "title", None) or plugin.question

    assert set(title) >= {"fr", "en"}
    assert all(title[language].strip() for language in ("fr", "en"))


@for_each("plugin", PLUGINS)
def test_a_plugin_has_a_test_file(plugin, repo_root):
    shelf, name = plugin
    path = repo_root / "tests" / shelf.package / f"test_{name}.py"

    assert path.exists(), f"write {path.relative_to(repo_root)}: what is peculiar to {name}"
    assert "def test_" in path.read_text("utf-8")


@for_each("name", [name for shelf, name in PLUGINS if shelf.package == "connectors"])
def test_a_connector_has_a_sample_and_says_where_its_shape_comes_from(name, repo_root):
    folder = repo_root / "tests" / "connectors" / "samples" / name
    found = [path for path in folder.glob("**/*") if path.is_file()]
    files = [path for path in found if path.parent.name != "__pycache__"]
    samples = [path for path in files if path.suffix not in {".md", ".toml", ".py"}]

    assert samples, f"put synthetic samples under 20 kB into {folder.relative_to(repo_root)}"
    assert [path.name for path in samples if path.stat().st_size > 20_000] == []
    assert [path for path in files if path.suffix == ".md"], (
        f"say in a .md of {folder.relative_to(repo_root)} where the samples' shape comes from"
    )


@for_each("name", [name for shelf, name in PLUGINS if shelf.package == "connectors"])
def test_a_field_of_a_connector_is_told_in_both_languages(name):
    connector = importlib.import_module(f"vigie.connectors.{name}").CONNECTOR

    mute = [f.name for f in connector.fields if not {"fr", "en"} <= set(f.meaning)]

    assert mute == []
