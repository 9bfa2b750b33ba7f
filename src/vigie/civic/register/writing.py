"""The register as pages in French, one folder that opens without a network, and as data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from vigie.civic.register.gathering import words

PAGES = ("index", "traitements", "aipd", "droits-fondamentaux")
DATA = "register.json"
STATES = {"live": "vivante", "late": "en retard", "stale": "muette", "never": "jamais reçue"}
AT_TERM = {"erase": "effacé, octets compris", "shred": "contenu ou clé détruits"}
SINCE = {"event": "du fait", "receipt": "de la réception", "end": "de la fin d’usage"}
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_UNITS = {"day": "jour", "month": "mois", "year": "an"}


def write_register(register: Mapping[str, Any], folder: Path, *, timezone: str) -> list[Path]:
    """Write the pages and the data of a register into a folder; returns the files, in order.

    Args:
        register: What ``gather`` returned.
        folder: Made when absent; files of an earlier register are replaced.
        timezone: Zone of the dates shown.
    """
    from mako.lookup import TemplateLookup  # noqa: PLC0415 - late: slow to load

    folder.mkdir(parents=True, exist_ok=True)
    texts = {DATA: json.dumps(register, ensure_ascii=False, indent=1, sort_keys=True) + "\n"}
    with as_file(files("vigie.civic.register") / "templates") as templates:
        lookup = TemplateLookup([str(templates)], default_filters=["h"], strict_undefined=True)
        for page in PAGES:
            template = lookup.get_template(f"{page}.mako")
            texts[f"{page}.html"] = template.render(**_context(register, timezone))
    written = []
    for name, text in texts.items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _context(register: Mapping[str, Any], timezone: str) -> dict[str, Any]:
    zone = ZoneInfo(timezone)
    by_role: dict[str, list[Mapping[str, Any]]] = {}
    for cell in register["rights"]:
        by_role.setdefault(cell["role"], []).append(cell)
    by_dataset: dict[str, list[Mapping[str, Any]]] = {}
    for one in register["fields"]:
        by_dataset.setdefault(one["dataset"], []).append(one)
    return {
        "register": register,
        "by_dataset": by_dataset,
        "errors": register["errors"],
        "by_role": by_role,
        "proved": sum(1 for one in register["requirements"] if one["proofs"]),
        "concerned": sorted({one["who"] for one in register["risks"]}),
        "recipients": lambda term: recipients(term, by_role),
        "word": lambda kind, name: words(kind)[name]["fr"],
        "date": lambda text: day(datetime.fromisoformat(text).astimezone(zone).date().isoformat()),
        "day": day,
        "count": count,
        "duration": duration,
        "term": term_in_words,
        "STATES": STATES,
        "AT_TERM": AT_TERM,
        "SINCE": SINCE,
    }


def day(text: str) -> str:
    """Return an ISO day in French: ``1er mars 2026``."""
    one = date.fromisoformat(text)
    return f"{'1er' if one.day == 1 else one.day} {MONTHS[one.month - 1]} {one.year}"


def count(number: int) -> str:
    """Return a number with the thin spaces of French typography."""
    return f"{number:,}".replace(",", "\u202f")


def duration(seconds: int) -> str:
    """Return a period in its largest whole unit: ``15 min``, ``1 h``, ``7 j``."""
    for size, unit in ((86_400, "j"), (3_600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{count(seconds // size)} {unit}"
    return f"{count(seconds)} s"


def term_in_words(text: str) -> str:
    """Return a term of the kernel (``30 days``, ``3 years``) in French."""
    number, unit = text.split()
    word = _UNITS[unit.removesuffix("s")]
    return f"{number} {word}{'s' if int(number) > 1 and not word.endswith('s') else ''}"


def recipients(term: Mapping[str, Any], by_role: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return the roles that the charter lets read a store, in French."""
    store = str(term["name"]).partition(".")[0]
    roles = [
        cells[0]["role_title"]["fr"]
        for cells in by_role.values()
        if any(cell["dataset"] == store for cell in cells)
    ]
    return ", ".join(roles) or "Aucun : seul le programme y touche."
