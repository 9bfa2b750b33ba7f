"""The reference is what the code says, and everything a user can meet is in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from tests.docs.generator import load_generator

from vigie.base import errors, translations
from vigie.base.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


generate = load_generator()


@pytest.mark.parametrize("name", ["index.md", *generate.PAGES])
def test_the_page_is_fresh(name):
    path = ROOT / "docs" / "reference" / name
    told = path.read_text("utf-8") if path.exists() else ""
    said = generate.index() if name == "index.md" else generate.PAGES[name]()

    assert told == said, f"docs/reference/{name} is stale: run `python3 run.py fix`"


def test_nothing_else_stands_in_the_reference():
    found = {path.name for path in (ROOT / "docs" / "reference").iterdir()}

    assert found - {"index.md", *generate.PAGES} == set()


def test_a_pipe_in_a_cell_does_not_break_the_table():
    assert generate.table(("a",), [("x|y\nz",)]) == "| a |\n| --- |\n| x\\|y z |"


def test_every_verb_says_what_it_does():
    from vigie.cli.main import build_app

    verbs = dict(generate._verbs(generate.typer.main.get_command(build_app()), "vigie"))
    mute = [path for path, command in verbs.items() if not command.help]
    unexplained = [
        f"{path} {parameter.name}"
        for path, command in verbs.items()
        for parameter in command.params
        if parameter.name != "help" and not getattr(parameter, "help", None)
    ]

    assert mute == []
    assert unexplained == []


def test_every_setting_says_what_it_does():
    mute = [path for path, field in generate._leaves(Settings) if not field.description]

    assert mute == []


def test_the_settings_of_a_list_are_told_too():
    paths = {".".join(path) for path, _ in generate._leaves(Settings)}

    assert {"intake.watch", "intake.watch[].path", "server.port"} <= paths


def test_every_code_is_said_in_both_languages():
    mute = [
        (code, language)
        for code in translations.codes()
        for language in translations.LANGUAGES
        if translations.translate(code, language) in {"", code}
    ]

    assert mute == []


def test_both_languages_take_the_same_parameters():
    different = [
        code
        for code in translations.codes()
        if set(re.findall(r"\{(\w+)\}", translations.translate(code, "fr")))
        != set(re.findall(r"\{(\w+)\}", translations.translate(code, "en")))
    ]

    assert different == []


def test_every_error_has_a_text():
    known = set(translations.codes())

    assert [kind.code for kind in errors.subclasses_of() if kind.code not in known] == []


def _codes_given(call: ast.Call):
    if isinstance(call.func, ast.Name) and call.func.id in {"Notice", "Reject"}:
        named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
        for value in (*call.args[:1], *named):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def test_every_notice_that_the_code_gives_has_a_text():
    known = set(translations.codes())
    unknown = [
        f"{path.relative_to(ROOT)}:{node.lineno} {code}"
        for path in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        for code in _codes_given(node)
        if code not in known
    ]

    assert unknown == []
