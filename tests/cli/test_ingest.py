"""What is told after ingesting: a notice stands for many rows, so it shows no row's value."""

from __future__ import annotations

import re
import tomllib

import pytest

from vigie.cli.ingest import without_example


@pytest.mark.parametrize(
    ("told", "short"),
    [
        ("Colonne non prévue, ignorée : {column}.", "Colonne non prévue, ignorée."),
        ("Unexpected column, dropped: {column}.", "Unexpected column, dropped."),
        ("Nombre illisible : « {value} » (colonne {column}).", "Nombre illisible."),
        ('Unreadable number: "{value}" (column {column}).', "Unreadable number."),
        ("Ligne vide.", "Ligne vide."),
    ],
)
def test_a_value_goes_with_the_mark_before_it(told: str, short: str) -> None:
    assert without_example(told) == short


def test_no_notice_is_told_with_an_unfilled_place(repo_root) -> None:
    source = "".join(one.read_text("utf-8") for one in (repo_root / "src/vigie").rglob("*.py"))
    codes = set(re.findall(r'remark\(\s*"([a-z_]+)"', source))
    messages = tomllib.loads((repo_root / "src/vigie/base/messages.toml").read_text("utf-8"))
    assert len(codes) > 20
    for code in sorted(codes & set(messages)):
        for tongue in ("fr", "en"):
            short = without_example(messages[code][tongue])
            assert short.strip(" .")
            assert "{" not in short, (code, short)
