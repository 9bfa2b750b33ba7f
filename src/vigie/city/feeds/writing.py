"""Writing small native formats with the same bytes on every machine."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from vigie.city.span import IntArray, local_parts


def csv_bytes(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, encoding: str = "utf-8"
) -> bytes:
    """Return a semicolon-separated file with CRLF line ends, as French offices write it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def quoted_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a semicolon-separated file with every cell in quotes, as ONISR publishes it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def json_lines(records: Iterable[dict[str, Any]]) -> bytes:
    """Return one JSON document per line."""
    lines = [json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in records]
    return ("\n".join(lines) + "\n").encode("utf-8") if lines else b""


def json_array(records: Iterable[dict[str, Any]]) -> bytes:
    """Return a JSON list of documents, one per line; what is None is null."""
    lines = [json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in records]
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode("utf-8")


def feature_collection(features: Iterable[dict[str, Any]]) -> bytes:
    """Return a GeoJSON FeatureCollection (RFC 7946), one feature per line."""
    lines = [json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features]
    return ('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n").encode()


def by_month(at_us: IntArray) -> Iterator[tuple[str, IntArray]]:
    """Yield each local month (``AAAA-MM``) with the positions of its instants, in order."""
    months = local_parts(at_us).astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    for month in np.unique(months).tolist():
        yield str(np.datetime64(month, "M")), np.flatnonzero(months == month).astype(np.int64)


def numbered(prefix: str, at_us: IntArray) -> list[str]:
    """Return references ``PREFIX-AAAA-NNNNNNN``, counted from 1 in each local year, in order."""
    years = local_parts(at_us).astype("datetime64[us]").astype("datetime64[Y]").astype(np.int64)
    out: list[str] = []
    count, current = 0, -1
    for year in (years + 1970).tolist():
        count = count + 1 if year == current else 1
        current = year
        out.append(f"{prefix}-{year}-{count:07d}" if prefix else f"{year}-{count:07d}")
    return out
