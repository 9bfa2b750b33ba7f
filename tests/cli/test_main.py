"""How a command line ends: an exit code for every way, a sentence and never a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from vigie.base.errors import HomeInvalid
from vigie.cli import main


def _raise(error: BaseException):
    raise error


@pytest.fixture
def app(monkeypatch):
    """An application whose verbs end in every way there is."""
    made = typer.Typer(pretty_exceptions_enable=False)
    ways = {
        "done": lambda: None,
        "quarantined": lambda: _raise(typer.Exit(3)),
        "known": lambda: _raise(HomeInvalid(home="h", reason="r")),
        "unknown": lambda: _raise(ZeroDivisionError("Mme Durand, 06 12 34 56 78")),
        "interrupted": lambda: _raise(KeyboardInterrupt()),
    }
    for name, way in ways.items():
        made.command(name)(way)
    monkeypatch.setattr(main, "build_app", lambda: made)


@pytest.mark.parametrize(
    ("verb", "code"),
    [("done", 0), ("quarantined", 3), ("known", 2), ("unknown", 1), ("interrupted", 130)],
)
@pytest.mark.usefixtures("app")
def test_every_way_to_end_has_its_exit_code(verb, code):
    assert main.run([verb]) == code


@pytest.mark.usefixtures("app")
def test_what_nobody_expected_tells_its_kind_and_not_its_text(capsys):
    main.run(["unknown"])

    told = "".join(capsys.readouterr())
    assert "ZeroDivisionError" in told
    assert "Durand" not in told
    assert "Traceback" not in told


@pytest.mark.usefixtures("app")
def test_debug_shows_it():
    with pytest.raises(ZeroDivisionError):
        main.run(["unknown", "--debug"])


@pytest.mark.parametrize("line", [[], ["nonsense"], ["ingest"], ["serve", "--port", "many"]])
def test_wrong_usage_is_exit_code_2(line, capsys):
    assert main.run(line) == 2
    assert "Traceback" not in "".join(capsys.readouterr())


def test_it_runs_as_a_module():
    command = [sys.executable, "-m", "vigie", "connectors", "--json"]

    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("[")


def test_every_row_that_waits_can_be_tried_again_at_once(tmp_path):
    home = str(tmp_path / "home")
    assert main.run(["init", "--home", home]) == 0
    assert main.run(["quarantine", "retry", "--all", "--home", home]) == 0
    assert main.run(["quarantine", "retry", "--home", home]) == 2


def test_a_home_is_made_around_its_settings_and_around_nothing_else(tmp_path, capsys):
    """Settings put there before are used, and kept as they were written."""
    home = tmp_path / "home"
    home.mkdir()
    told = f'[keys]\nfolder = "{tmp_path / "keys"}"\n'
    (home / "cluster.toml").write_text(told)
    (home / "vigie.toml").write_text("# the city's own\n[city]\nname = 'Essai'\n")
    before = {path.name: path.read_bytes() for path in home.iterdir()}

    assert main.run(["init", "--home", str(home), "--city", "Autre"]) == 1
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before
    assert main.run(["init", "--home", str(home)]) == 0
    assert {name: (home / name).read_bytes() for name in before} == before
    assert (home / "FORMAT").exists()
    assert main.run(["init", "--home", str(home)]) == 1

    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("")
    assert main.run(["init", "--home", str(tmp_path / "other")]) == 1
    assert "Traceback" not in "".join(capsys.readouterr())
