"""What is personal in a message leaves no trace outside the stores that keep payloads by design.

Every connector ingests all its samples, valid and invalid, into a real home by the command line
with its log at its most talkative; then every byte of the home, of the log and of what was printed
is searched for each value that the samples declare as personal.

Payloads stay, by design and for days only, in three places, which are not searched:

* ``intake/intake.db``: columns ``messages.payload`` and ``quarantine.raw`` (what may be retried);
* ``intake/spool/``: contents of files (their names are searched).

A value of fewer than six digits (a postcode) is looked for as a word, in databases, log and prints:
among random bytes it would be found by chance. Keys and sealed texts
are searched like everything else.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import vigie.connectors
from vigie.base.translations import translate
from vigie.cli import main
from vigie.intake.connector import discover
from vigie.lake.erasure import find_bytes
from vigie.situation.home import init_home, open_home

SAMPLES = Path(__file__).parents[1] / "connectors" / "samples"
NAMES = sorted(discover(vigie.connectors))
KEPT = {("messages", "payload"), ("quarantine", "raw")}
ANSWERS = {0, 3}
LEAST_DIGITS = 6
CANARIES = 1_000


def _cases(name: str) -> ModuleType:
    path = SAMPLES / name / "cases.py"
    spec = importlib.util.spec_from_file_location(f"traced_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _told(database: Path) -> Iterator[tuple[str, str]]:
    """Yield every value of the intake's database but the payloads."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as opened:
        tables = [
            row[0] for row in opened.execute("SELECT name FROM sqlite_schema WHERE type='table'")
        ]
        for table in tables:
            rows = opened.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in rows.description]
            for row in rows:
                for name, value in zip(names, row, strict=True):
                    if (table, name) not in KEPT:
                        yield (
                            f"{table}.{name}",
                            value.decode("utf-8", "replace")
                            if isinstance(value, bytes)
                            else str(value),
                        )


def _is_short(value: str) -> bool:
    return value.isdigit() and len(value) < LEAST_DIGITS


def _stands_in(value: str, text: str) -> bool:
    """Say whether a value stands in a text; a few digits count only as a word."""
    if not _is_short(value):
        return value in text
    return re.search(rf"(?<![0-9A-Za-z]){value}(?![0-9A-Za-z])", text) is not None


def _traces(home: Path, values: tuple[str, ...]) -> list[str]:
    """Return where values stand in a home, payload stores left out."""
    intake = home / "intake"
    long = tuple(value for value in values if not _is_short(value))
    found = [
        f"{trace.path.relative_to(home)}: {trace.where}: {trace.needle}"
        for trace in find_bytes(home, long)
        if intake not in trace.path.parents
    ]
    for path in intake.rglob("*"):
        found += [f"name {path.name}" for value in values if value in path.name]
        if path.is_file() and path.suffix == ".db":
            found += [
                f"{where}: {value}"
                for where, text in _told(path)
                for value in values
                if _stands_in(value, text)
            ]
    return found


def test_samples_of_every_connector_leave_no_trace(tmp_path: Path, capfd) -> None:
    """Requirement: PM-3."""
    home = tmp_path / "home"
    init_home(home)
    values = tuple(value for name in NAMES for value in _cases(name).PERSONAL)
    for name in NAMES:
        files = [str(path) for path in _samples(name)]
        code = main.run(["ingest", name, *files, "--home", str(home), "--debug", *_mapped(name)])
        assert code in ANSWERS, name
    with open_home(home) as opened:
        for number, (name, options, mapping, files) in enumerate(_groups()):
            source = f"asked_{number}"
            opened.intake.register(source, name, options=options, mapping=mapping)
            for path in files:
                opened.intake.accept(source, path.name, path.read_bytes())
        opened.intake.drain()
    spoken = "".join(capfd.readouterr())
    main.run(["quarantine", "list", "--home", str(home), "--limit", "1000"])
    with open_home(home) as opened:
        rows = opened.intake.quarantine_list(limit=5_000)
        shown = [
            json.dumps([row.code, row.params, row.file], ensure_ascii=False)
            + "".join(translate(row.code, tongue, **row.params) for tongue in ("fr", "en"))
            for row in rows
        ]
        assert len(rows) > len(NAMES)
        assert opened.lake.scan("facts").num_rows > 0
        shown.append(repr(opened.intake.health(0)))
    spoken += "".join([*capfd.readouterr(), *shown])
    assert [value for value in values if _stands_in(value, spoken)] == []
    assert _traces(home, values) == []


def _samples(name: str) -> list[Path]:
    return [
        path for part in ("valid", "invalid") for path in sorted((SAMPLES / name / part).glob("*"))
    ]


def _mapped(name: str) -> list[str]:
    mappings = sorted((SAMPLES / name / "mappings").glob("*.toml"))
    return ["--source", f"{name}_log", *(["--mapping", str(mappings[0])] if mappings else [])]


def _groups() -> Iterator[tuple[str, dict[str, Any], dict[str, Any] | None, list[Path]]]:
    """Yield the samples that ask for options or a mapping of their own, those alike together."""
    for name in NAMES:
        told = tomllib.loads((SAMPLES / name / "expected.toml").read_text("utf-8"))
        groups: dict[str, list[Path]] = {}
        for sample, expected in told.items():
            asked = (expected.get("context", {}).get("options", {}), expected.get("mapping"))
            if any(asked):
                groups.setdefault(json.dumps(asked, default=str), []).append(
                    SAMPLES / name / sample
                )
        for asked, files in groups.items():
            options, mapping = json.loads(asked)
            path = SAMPLES / name / "mappings" / (mapping or "")
            yield name, options, tomllib.loads(path.read_text("utf-8")) if mapping else None, files


def test_a_thousand_texts_with_planted_names_leave_no_name_outside_their_store(
    tmp_path: Path, capfd
) -> None:
    """Requirement: PM-3."""
    home = tmp_path / "home"
    init_home(home)
    letters = str.maketrans("0123456789", "abcdefghij")
    names = tuple(f"Canari{number:04d}".translate(letters) for number in range(CANARIES))
    sheet = tmp_path / "log.csv"
    sheet.write_text(_log(names), "utf-8")
    code = main.run(["ingest", "main_courante", str(sheet), "--home", str(home), "--debug"])
    assert code in ANSWERS
    with open_home(home) as opened:
        assert opened.lake.scan("facts").num_rows == CANARIES
        ids = opened.lake.scan("facts")["fact_id"].to_pylist()
        kept = [opened.lake.narrative(fact_id) for fact_id in ids]
        said = repr(opened.intake.health(0)) + repr(opened.intake.quarantine_list(limit=50))
    assert all(text is not None and "tapage" in text for text in kept)
    # What a scrubber missed would stand in the narratives, sealed: nowhere else, and here nothing.
    assert sum("Canari" in (text or "") for text in kept) == 0
    assert "Canari" not in "".join([*capfd.readouterr(), said])
    assert _traces(home, ("Canari",)) == []


def _log(names: tuple[str, ...]) -> str:
    ways = ("Appel de Mme {} pour tapage", "le nommé {} fait du tapage", "tapage, témoin : {}.")
    head, row = (
        (SAMPLES / "main_courante" / "valid" / "bom.csv").read_text("utf-8-sig").split("\n")[:2]
    )
    lines = [
        row.replace("2026-0000001", f"2026-{number:07d}").replace(
            "Musique forte depuis une heure", ways[number % 3].format(name)
        )
        for number, name in enumerate(names)
    ]
    return "\n".join([head, *lines]) + "\n"


def test_the_search_sees_what_stands_in_a_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    init_home(home)
    with open_home(home) as opened:
        opened.intake.register("log", "main_courante", title={"fr": "Zéphyrine", "en": "log"})
    (home / "desk-note").write_text("Quatrebarbes", "utf-8")
    found = _traces(home, ("Zéphyrine", "Quatrebarbes", "Absente"))
    assert len(found) == 2
