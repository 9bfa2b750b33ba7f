"""A query is one ``.sql`` file in DuckDB's dialect with a typed header.

The header is comment lines at the top::

    -- name: histogram
    -- with: selected                      (a piece of queries/shared, as a CTE)
    -- tables: facts                       (lake tables; name(column TYPE, …): the caller's)
    -- params: bucket_us BIGINT, origin_us BIGINT = 0
    -- returns: bucket_us BIGINT, n BIGINT (or the name of a contract: all its columns)
    -- merge: sum(n) by cell              (how answers over different rows make one: ``merging``)
    -- window: earliest_us < to_us        (parameters that only bound a column: ``windows``)
    -- doc: one sentence

In the text a parameter is ``$name``; binding wraps it in a cast to its declared type, so that both
engines see a typed constant (a constant reaches the row-group filters, a joined row does not:
fifty times slower, measured). Text is never pasted: values travel beside the statement.

Parameter types: ``BIGINT``, ``INTEGER``, ``DOUBLE``, ``TEXT``, ``BOOLEAN``, and three that exist
for filters: ``LIST`` (a sequence of texts, empty for no filter; it travels as one text joined by
commas), ``PREFIXES`` (a sequence of dotted codes, each standing for itself and everything under
it; it is used as ``under(column, $name)``, which becomes a comparison for each code and nothing
without one: a regular expression takes two thirds of the time of a year's map, and is left for
more than a few codes) and ``RANGES`` (pairs of integers, both inclusive, used as ``within(column,
$name)``: a ``BETWEEN`` for each, which leaves groups of rows unread; nothing without one).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa

from vigie.base.errors import NotFound, WrongUsage
from vigie.lake.merging import Merge
from vigie.lake.windows import Bound
from vigie.model.contracts import ATTRIBUTES, CONTRACTS, TIMESTAMP

SQL_TYPES = {
    "BIGINT": "BIGINT",
    "INTEGER": "INTEGER",
    "DOUBLE": "DOUBLE",
    "BOOLEAN": "BOOLEAN",
    "TEXT": "VARCHAR",
    "LIST": "VARCHAR",
    "PREFIXES": "VARCHAR",
    "RANGES": "VARCHAR",
}
ARROW_TYPES = {
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "TINYINT": pa.int8(),
    "DOUBLE": pa.float64(),
    "FLOAT": pa.float32(),
    "BOOLEAN": pa.bool_(),
    "TEXT": pa.string(),
    "DATE": pa.date32(),
    "TIMESTAMP": TIMESTAMP,
    "BLOB": pa.binary(),
    "MAP": ATTRIBUTES,
}
REQUIRED = object()
_ENTRY = re.compile(r"\s*(\w+)\s+([A-Z]+)\s*(?:=\s*([^,]*?)\s*)?$")
_HEADER = re.compile(r"--\s*(name|with|tables|params|returns|merge|window|doc):\s*(.*?)\s*$")
_TABLE = re.compile(r"(\w+)(?:\(([^)]*)\))?")
_DOLLAR = re.compile(r"\$([a-z_][a-z0-9_]*)")
_CODE = re.compile(r"[A-Za-z0-9_.\-]+")
_FEW_CODES = 8
_UNDER = re.compile(r"\bunder\((\w+), \$(\w+)\)")
_WITHIN = re.compile(r"\bwithin\((\w+), \$(\w+)\)")
_TEXTS = {"LIST", "PREFIXES", "RANGES"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, its declared type, and what it is when not given."""

    name: str
    type: str
    default: Any

    def encode(self, value: Any) -> Any:
        """Return a value as it travels to an engine.

        Raises:
            WrongUsage: When the value is not of the declared type.
        """
        if value is None:
            if self.type in _TEXTS:
                return ""
            if self.default is REQUIRED:
                raise WrongUsage(reason=f"parameter {self.name} is missing")
            return self.default
        if self.type == "RANGES":
            return ",".join(f"{int(low)}:{int(high)}" for low, high in value)
        if self.type in _TEXTS:
            return self._encode_texts([value] if isinstance(value, str) else value)
        wanted: dict[str, type[Any] | tuple[type[Any], ...]] = {
            "BIGINT": int,
            "INTEGER": int,
            "DOUBLE": (int, float),
            "TEXT": str,
            "BOOLEAN": bool,
        }
        if not isinstance(value, wanted[self.type]) or (
            isinstance(value, bool) and self.type != "BOOLEAN"
        ):
            raise WrongUsage(reason=f"parameter {self.name} is not {self.type}")
        return float(value) if self.type == "DOUBLE" else value

    def _encode_texts(self, values: Iterable[Any]) -> str:
        texts = [str(value) for value in values]
        if self.type == "LIST":
            if any("," in text or not text for text in texts):
                raise WrongUsage(reason=f"parameter {self.name} holds a comma or an empty text")
            return ",".join(texts)
        if not all(_CODE.fullmatch(text) for text in texts):
            raise WrongUsage(reason=f"parameter {self.name} holds something else than codes")
        return ",".join(dict.fromkeys(texts))


@dataclass(frozen=True)
class Statement:
    """One query file, parsed.

    Attributes:
        name: The file's name without its ending.
        tables: Lake tables it reads.
        inputs: Tables the caller gives, with their schema.
        params: Its parameters by name.
        returns: Schema of the answer, the same from every engine.
        doc: What it answers.
        sql: DuckDB text with typed parameters.
        merge: How answers over different rows of its tables make one; None where they do not.
        window: Parameters that bound a column of its tables' rows, and tell nothing else.
    """

    name: str
    tables: tuple[str, ...]
    inputs: Mapping[str, pa.Schema]
    params: Mapping[str, Parameter]
    returns: pa.Schema
    doc: str
    sql: str
    merge: Merge | None = None
    window: tuple[Bound, ...] = ()

    def bind(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return every parameter's value as it travels, defaults filled in.

        Raises:
            WrongUsage: When one is missing, unknown or of the wrong type.
        """
        unknown = sorted(set(given) - set(self.params))
        if unknown:
            raise WrongUsage(reason=f"query {self.name} has no parameter {', '.join(unknown)}")
        return {name: p.encode(given.get(name)) for name, p in self.params.items()}

    def write(self, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the text for an engine and the values beside it.

        Args:
            values: Every parameter's, as ``bind`` returns them.
        """
        prefixes = [name for name, p in self.params.items() if p.type == "PREFIXES"]
        codes = {name: values[name].split(",") if values[name] else [] for name in prefixes}

        for name, some in codes.items():
            if len(some) > _FEW_CODES:
                codes[name] = [f"^(?:{'|'.join(re.escape(code) for code in some)})(?:[.]|$)"]

        def compared(match: re.Match[str]) -> str:
            column, name = match.groups()
            if codes[name] and codes[name][0].startswith("^"):
                return f"regexp_matches({column}, CAST(${name}_0 AS VARCHAR))"
            each = [f"CAST(${name}_{n} AS VARCHAR)" for n in range(len(codes[name]))]
            tests = [f"{column} = {one} OR starts_with({column}, {one} || '.')" for one in each]
            return f"({' OR '.join(tests) or 'true'})"

        bounds = {
            name: [int(end) for end in re.split("[:,]", values[name])] if values[name] else []
            for name, p in self.params.items()
            if p.type == "RANGES"
        }

        def bounded(match: re.Match[str]) -> str:
            column, name = match.groups()
            ends = [f"CAST(${name}_{n} AS BIGINT)" for n in range(len(bounds[name]))]
            pairs = zip(ends[::2], ends[1::2], strict=True)
            tests = [f"{column} BETWEEN {low} AND {high}" for low, high in pairs]
            return f"({' OR '.join(tests) or 'true'})"

        expanded: dict[str, list[Any]] = {**codes, **bounds}
        sent = {name: value for name, value in values.items() if name not in expanded}
        sent |= {f"{name}_{n}": c for name, some in expanded.items() for n, c in enumerate(some)}
        return _WITHIN.sub(bounded, _UNDER.sub(compared, self.sql)), sent

    def finish(self, table: pa.Table) -> pa.Table:
        """Return an engine's answer in exactly the declared columns and types."""
        columns = [table[f.name].cast(f.type) for f in self.returns]
        return pa.table(columns, schema=self.returns)


def _default(text: str | None, type_: str, name: str) -> Any:
    if text is None:
        return "" if type_ in _TEXTS else REQUIRED
    if text == "NULL":
        return None
    readers: dict[str, Callable[[str], Any]] = {
        "BIGINT": int,
        "INTEGER": int,
        "DOUBLE": float,
        "TEXT": lambda t: t.strip("'"),
    }
    if type_ == "BOOLEAN":
        return text == "TRUE"
    if type_ not in readers:
        raise WrongUsage(reason=f"default of {name}")
    return readers[type_](text)


def _entries(text: str) -> list[tuple[str, str, str | None]]:
    found = []
    for piece in filter(None, (p.strip() for p in text.split(","))):
        match = _ENTRY.match(piece)
        if match is None:
            raise WrongUsage(reason=f"query header: {piece!r}")
        found.append((match[1], match[2], match[3]))
    return found


def _schema(text: str) -> pa.Schema:
    if text in CONTRACTS:
        return pa.schema([pa.field(c.name, c.type) for c in CONTRACTS[text].columns])
    return pa.schema([pa.field(name, ARROW_TYPES[type_]) for name, type_, _ in _entries(text)])


def _split(text: str) -> tuple[dict[str, list[str]], str]:
    """Return the header's values by key, and the body."""
    header: dict[str, list[str]] = {}
    body: list[str] = []
    for line in text.splitlines():
        match = None if body else _HEADER.match(line)
        if match is not None:
            header.setdefault(match[1], []).append(match[2])
        elif body or line.strip():
            body.append(line)
    return header, "\n".join(body).strip().rstrip(";")


def _expanded(params: Mapping[str, Parameter], body: str) -> set[str]:
    """Return the parameters that become comparisons.

    Raises:
        WrongUsage: When one is used otherwise than in the call of its type.
    """
    found: set[str] = set()
    for type_, form in (("PREFIXES", _UNDER), ("RANGES", _WITHIN)):
        names = {name for name, p in params.items() if p.type == type_}
        if names - {name for _, name in form.findall(body)}:
            raise WrongUsage(reason=f"{type_} are used in a call of their own: {sorted(names)}")
        found |= names
    return found


def parse_statement(text: str, *, shared: Mapping[str, str] | None = None) -> Statement:
    """Parse one query file.

    Args:
        text: The file.
        shared: Texts of the shared pieces by name.

    Raises:
        WrongUsage: When the header does not fit the text.
    """
    header, body = _split(text)
    params: dict[str, Parameter] = {}
    tables: dict[str, pa.Schema | None] = {}
    for piece in header.get("with", []):
        piece_header, piece_body = _split((shared or {})[piece])
        rest = re.sub(r"^WITH\s+", "", body) if body.startswith("WITH") else None
        body = f"WITH {piece} AS (\n{piece_body}\n)" + (f", {rest}" if rest else f"\n{body}")
        for key in ("tables", "params", "window"):
            header[key] = piece_header.get(key, []) + header.get(key, [])
    for line in header.get("params", []):
        for name, type_, default in _entries(line):
            if type_ not in SQL_TYPES:
                raise WrongUsage(reason=f"type {type_} of {name}")
            params[name] = Parameter(name, type_, _default(default, type_, name))
    for line in header.get("tables", []):
        for name, columns in _TABLE.findall(line):
            tables[name] = _schema(columns) if columns else None
    used = set(_DOLLAR.findall(body))
    if used != set(params):
        raise WrongUsage(reason=f"declared and used parameters differ: {used ^ set(params)}")

    expanded = _expanded(params, body)

    def typed(match: re.Match[str]) -> str:
        if match[1] in expanded:
            return match[0]
        return f"CAST(${match[1]} AS {SQL_TYPES[params[match[1]].type]})"

    return Statement(
        name=" ".join(header.get("name", [])),
        tables=tuple(name for name, columns in tables.items() if columns is None),
        inputs={name: columns for name, columns in tables.items() if columns is not None},
        params=params,
        returns=_schema(" ".join(header.get("returns", []))),
        doc=" ".join(header.get("doc", [])),
        sql=_DOLLAR.sub(typed, body),
        merge=Merge.parse(header["merge"][0]) if "merge" in header else None,
        window=tuple(b for line in header.get("window", []) for b in Bound.parse_all(line)),
    )


@cache
def statements() -> Mapping[str, Statement]:
    """Return every query of the lake by name."""
    folder = resources.files("vigie.lake").joinpath("queries")
    shared = {
        entry.name.removesuffix(".sql"): entry.read_text(encoding="utf-8")
        for entry in folder.joinpath("shared").iterdir()
        if entry.name.endswith(".sql")
    }
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if not entry.name.endswith(".sql"):
            continue
        statement = parse_statement(entry.read_text(encoding="utf-8"), shared=shared)
        if statement.name != entry.name.removesuffix(".sql"):
            raise WrongUsage(reason=f"query file {entry.name} is named {statement.name!r}")
        found[statement.name] = statement
    return found


def get_statement(name: str) -> Statement:
    """Return a query by name; ``NotFound`` if there is none."""
    found = statements().get(name)
    if found is None:
        raise NotFound(what="query", name=name)
    return found
