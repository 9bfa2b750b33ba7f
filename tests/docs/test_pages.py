"""What a newcomer reads is true: commands exist, links lead somewhere, languages agree."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
from tests.docs.generator import load_generator
from tests.rows import for_each

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
PAGES = sorted(
    path
    for path in [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "examples").rglob("*.md"),
    ]
    if "reference" not in path.parts
)
READMES = (ROOT / "README.md", ROOT / "README.fr.md")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@for_each("page", PAGES)
def test_every_link_leads_somewhere(page):
    dead = [
        target
        for target in LINK.findall(page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]

    assert dead == []


@pytest.mark.parametrize("page", READMES, ids=_name)
def test_a_readme_starts_with_the_two_commands_and_a_picture(page):
    start = page.read_text("utf-8")[:900]

    assert start.index("python3 run.py demo") < start.index("python3 run.py test")
    assert start.index("python3 run.py test") < start.index("docs/pictures/aujourdhui.png")


def test_both_readmes_say_the_same():
    """The same commands, the same parts in the same order."""
    shapes = []
    for page in READMES:
        text = page.read_text("utf-8")
        commands = re.findall(r"run\.py (\w+(?: \w+)?)", text)
        shapes.append((commands, [len(mark) for mark in re.findall(r"^(#+) ", text, re.MULTILINE)]))

    assert shapes[0] == shapes[1]


def _commands():
    for page in PAGES:
        for verb, rest in re.findall(r"run\.py (\w+)((?: [\w-]+)*)", page.read_text("utf-8")):
            yield _name(page), verb, rest.split()


def test_every_command_that_is_shown_exists():
    from vigie.cli.main import build_app

    generate = load_generator()
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    run = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(run)
    verbs = {path for path, _ in generate._verbs(generate.typer.main.get_command(build_app()), "")}
    known = {verb.split()[0] for verb in verbs} | {"VERB"}

    wrong = [
        (page, verb, rest)
        for page, verb, rest in _commands()
        if verb not in run.VERBS or (verb == "vigie" and rest and rest[0] not in known)
    ]

    assert wrong == []
