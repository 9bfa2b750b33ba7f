"""The cube of facts: counts by part, cell (resolution 8), hour, kind and source, for the map.

A cube file carries in its name the fingerprint of the fact files it was made from. At any
snapshot a part's cube is used only when that fingerprint is the one of the part's fact files at
that snapshot; otherwise the part is counted from its facts on the spot. So a cube cannot disagree
with the facts: the worst that a late cube can be is slow.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vigie.base.errors import WrongUsage
from vigie.lake.layout import PART, DataFile, write_sorted
from vigie.lake.making import due, lasts
from vigie.lake.sources import Derived, Source, part_range
from vigie.lake.statements import get_statement
from vigie.lake.table import LakeTable, Version

if TYPE_CHECKING:
    from vigie.lake.engine import Engine

HOUR_US = 3_600_000_000
CUBE = "cube"
REFRESH_ROWS = 5_000_000
"""Facts counted at once by a refresh."""

_FINGERPRINT_BYTES = 10
_MOST_NAMED = 10_000


def cube_schema() -> pa.Schema:
    """Return the schema of the stored cube."""
    return get_statement("cube_rebuild").returns


def fingerprint(files: Iterable[DataFile]) -> str:
    """Return a name for a set of files, whatever their order."""
    paths = tuple(sorted(file.path for file in files))
    key = paths[:1], len(paths) > 1
    known = _named.get(key)
    if known is not None and known[0] == paths:
        return known[1]
    text = "\n".join(paths)
    name = hashlib.blake2b(text.encode(), digest_size=_FINGERPRINT_BYTES).hexdigest()
    if len(_named) >= _MOST_NAMED:
        _named.clear()
    _named[key] = paths, name
    return name


_named: dict[tuple[tuple[str, ...], bool], tuple[tuple[str, ...], str]] = {}
"""The latest set of files that begins with a file, and its name: a day that is fed has another set
with each commit, and those before would never be asked again."""


def by_part(files: Iterable[DataFile]) -> dict[str, list[DataFile]]:
    """Return files by their part."""
    found: defaultdict[str, list[DataFile]] = defaultdict(list)
    for file in files:
        found[file.part].append(file)
    return dict(found)


def _made_from(file: DataFile) -> str:
    return file.path.split("/")[-1].split("-")[0]


def split_fresh(
    facts: Version, cube: Version
) -> tuple[tuple[DataFile, ...], dict[str, list[DataFile]]]:
    """Return the cube files that are true of a version of the facts, and the rest as facts.

    Returns:
        Fresh cube files, and by part the fact files that are in none of them.
    """
    stored = by_part(cube.files)
    fresh: list[DataFile] = []
    stale: dict[str, list[DataFile]] = {}
    for part, files in by_part(facts.files).items():
        made = defaultdict(list)
        for file in stored.get(part, []):
            made[_made_from(file)].append(file)
        if whole := made.get(fingerprint(files)):
            fresh += whole
            continue
        left = []
        for file in files:
            alone = made.get(fingerprint([file])) if lasts(file) else None
            if alone:
                fresh += alone
            else:
                left.append(file)
        if left:
            stale[part] = left
    return tuple(fresh), stale


@cache
def derived_cube() -> Derived:
    """Return the view ``cube`` over ``cube_stored`` and ``facts_stale``."""
    from sqlglot import exp, parse_one  # noqa: PLC0415 - late: slow to load

    names = ", ".join(cube_schema().names)
    tree = parse_one(get_statement("cube_rebuild").sql, dialect="duckdb")
    tree.set("order", None)
    for table in tree.find_all(exp.Table):
        table.set("this", exp.to_identifier("facts_stale"))
    counted = tree.sql(dialect="duckdb")
    sql = (
        f"SELECT {names} FROM cube_stored "  # noqa: S608
        f"UNION ALL SELECT {names} FROM ({counted}) AS counted"
    )
    return Derived(CUBE, sql)


def cube_sources(
    facts: tuple[LakeTable, Version], cube: tuple[LakeTable, Version], values: Mapping[str, Any]
) -> dict[str, Source]:
    """Return what a statement over the cube reads for its window.

    ``facts`` are then only those of the parts where the window cuts an hour.

    Raises:
        WrongUsage: When buckets are asked for that are not whole hours.
    """
    if any(values.get(name, 0) % HOUR_US for name in ("bucket_us", "origin_us")):
        raise WrongUsage(reason="the cube knows whole hours only")
    fresh, stale = split_fresh(facts[1], cube[1])
    first, last = values["from_us"], values["to_us"]
    window = part_range(first, last, thin=False)
    edges = [
        part_range(at - HOUR_US, at + HOUR_US, thin=False) for at in (first, last) if at % HOUR_US
    ]

    def within(part: str, bounds: tuple[str, str] | None) -> bool:
        return bounds is None or bounds[0] <= part <= bounds[1]

    kept = tuple(file for file in fresh if within(file.part, window))
    counted = tuple(f for part, files in stale.items() if within(part, window) for f in files)
    cut = tuple(f for f in facts[1].files if any(within(f.part, edge) for edge in edges))
    return {
        "cube_stored": cube[0].source(kept),
        "facts_stale": facts[0].source(counted),
        "facts": facts[0].source(cut),
    }


def stale_groups(stale: Mapping[str, Collection[DataFile]]) -> list[dict[str, int]]:
    """Return parts, given with their fact files, with their rows, in groups counted at once."""
    groups: list[dict[str, int]] = []
    rows = REFRESH_ROWS
    for part, files in sorted(stale.items()):
        if rows >= REFRESH_ROWS:
            groups.append({})
            rows = 0
        groups[-1][part] = sum(file.rows for file in files)
        rows += groups[-1][part]
    return groups


def rebuild(
    facts: LakeTable, cube: LakeTable, engine: Engine, parts: Collection[str], *, felt: bool = False
) -> int:
    """Make the cubes of some parts anew, those that are still not true; under the cube's lock.

    Args:
        facts: The facts.
        cube: Their cubes.
        engine: Counts.
        parts: These parts.
        felt: Only what is worth it while the part is fed: see ``making.due``.

    Returns:
        The number of parts made.
    """
    now, stored = facts.current(), cube.current()
    fresh, stale = split_fresh(now, stored)
    left = {part: files for part, files in stale.items() if part in parts}
    found = due(by_part(now.files), left, felt=felt)
    if not found.sets:
        return 0
    statement = get_statement("cube_rebuild")
    added: list[DataFile] = []
    for group in found.rounds():
        source = facts.source([file for files in group.values() for file in files])
        answer = engine.run(statement, {"facts": source}, (), {}, {})
        table = statement.finish(answer).sort_by([(PART, "ascending"), ("cell8", "ascending")])
        stems = {part: f"{fingerprint(made_from)}-" for part, made_from in group.items()}
        added += write_sorted(cube.drafts, table, stems)
    old = found.replaced(stored.files, fresh)
    cube.commit(added, old, metadata={"vigie.operation": "cube"})
    return len(found.parts)


def drop_dead(facts: LakeTable, cube: LakeTable, *, everything: bool = False) -> None:
    """Drop the cubes that are not true of the facts as they are, or all of them; under its lock."""
    fresh = () if everything else split_fresh(facts.current(), cube.current())[0]
    kept = {file.path for file in fresh}
    dead = [file for file in cube.current().files if file.path not in kept]
    if dead:
        cube.commit([], dead, metadata={"vigie.operation": "cube"})
