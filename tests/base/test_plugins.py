"""Plugins: found by module, refused in silence never."""

from pathlib import Path
from types import ModuleType

import pytest

import vigie.rules
from vigie.base.plugins import discover
from vigie.judge.rule import Rule


def test_every_module_of_the_package_is_found_under_its_name() -> None:
    modules = {path.stem for path in Path(vigie.rules.__path__[0]).glob("[!_]*.py")}

    assert set(discover(vigie.rules, "RULE", Rule)) == modules


def test_a_module_that_cannot_be_imported_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "broken_plugins"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "bad.py").write_text("import no_such_module_anywhere\n")
    monkeypatch.syspath_prepend(tmp_path)
    package = ModuleType("broken_plugins")
    package.__path__ = [str(folder)]
    with pytest.raises(ModuleNotFoundError):
        discover(package, "RULE", Rule)
