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
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vigie.base.errors import WrongUsage
from vigie.lake.layout import PART, DataFile, write_sorted
from vigie.lake.sources import Derived, Source, part_range
from vigie.lake.statements import get_statement
from vigie.lake.table import LakeTable, Version

if TYPE_CHECKING:
    from vigie.lake.engine import Engine

HOUR_US = 3_600_000_000
CUBE = "cube"
REFRESH_ROWS = 5_000_000
"""Facts counted at once by a refresh."""
LASTING_ROWS = 8_192
"""A file of so many facts may have a cube of its own: the smaller ones of a part, which commits
keep to a dozen, hold less together than is worth counting beforehand."""

_FINGERPRINT_BYTES = 10


def cube_schema() -> pa.Schema:
    """Return the schema of the stored cube."""
    return get_statement("cube_rebuild").returns


def fingerprint(files: Iterable[DataFile]) -> str:
    """Return a name for a set of files, whatever their order."""
    return _named(tuple(sorted(file.path for file in files)))


@lru_cache(maxsize=10_000)
def _named(paths: tuple[str, ...]) -> str:
    text = "\n".join(paths)
    return hashlib.blake2b(text.encode(), digest_size=_FINGERPRINT_BYTES).hexdigest()


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
            alone = made.get(fingerprint([file])) if file.rows >= LASTING_ROWS else None
            if alone:
                fresh += alone
            else:
                left.append(file)
        if left:
            stale[part] = left
    return tuple(fresh), stale


def sets_felt(files: list[DataFile], left: list[DataFile]) -> list[list[DataFile]]:
    """Return the sets of a part's fact files to be counted each by itself, beforehand.

    Args:
        files: All of the part's.
        left: Those that are in no cube yet.
    """
    lasting = [[file] for file in left if file.rows >= LASTING_ROWS]
    return lasting if lasting or len(left) < len(files) else [files]


def in_rounds(sets: Iterable[tuple[str, list[DataFile]]]) -> list[dict[str, list[DataFile]]]:
    """Return sets of files, each given with its part, so that a round holds one of each part."""
    rounds: list[dict[str, list[DataFile]]] = []
    for part, files in sets:
        free = next((one for one in rounds if part not in one), None)
        if free is None:
            rounds.append(free := {})
        free[part] = files
    return rounds


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
        felt: Only what is worth it while the part is fed: see ``sets_felt``.

    Returns:
        The number of parts made.
    """
    now = facts.current()
    fresh, stale = split_fresh(now, cube.current())
    every = by_part(now.files)
    sets = [
        (part, files)
        for part, left in stale.items()
        if part in parts
        for files in (sets_felt(every[part], left) if felt else [every[part]])
    ]
    if not sets:
        return 0
    made = {part for part, _ in sets}
    whole = {part for part, files in sets if len(files) == len(every[part])}
    kept = {file.path for file in fresh if file.part not in whole}
    old = [file for file in cube.current().files if file.part in made and file.path not in kept]
    statement = get_statement("cube_rebuild")
    added: list[DataFile] = []
    for group in in_rounds(sets):
        source = facts.source([file for files in group.values() for file in files])
        answer = engine.run(statement, {"facts": source}, (), {}, {})
        table = statement.finish(answer).sort_by([(PART, "ascending"), ("cell8", "ascending")])
        stems = {part: f"{fingerprint(made_from)}-" for part, made_from in group.items()}
        added += write_sorted(cube.drafts, table, stems)
    cube.commit(added, old, metadata={"vigie.operation": "cube"})
    return len(made)


def drop_dead(facts: LakeTable, cube: LakeTable, *, everything: bool = False) -> None:
    """Drop the cubes that are not true of the facts as they are, or all of them; under its lock."""
    fresh = () if everything else split_fresh(facts.current(), cube.current())[0]
    kept = {file.path for file in fresh}
    dead = [file for file in cube.current().files if file.path not in kept]
    if dead:
        cube.commit([], dead, metadata={"vigie.operation": "cube"})
