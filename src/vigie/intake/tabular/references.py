"""The reference of a record when the source gives none: a hash of what it says."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.intake.tabular.mapping import TableMapping

_BYTES = 15
_SEPARATOR = "\x1f"
_NULL = "\x00"
_KEYS: dict[str, tuple[str, ...]] = {
    "measures": ("metric", "place_id", "lon", "lat", "address", "place_name", "from_at", "to_at"),
    "means": ("unit_ref", "at"),
}
_NEVER = {"geometry", "revision"}


class References:
    """Gives ``source_ref`` to the rows of one file.

    With a column mapped to ``source_ref``, that is the reference. Without, it is 120 bits of
    BLAKE2b over the mapped values of the row, so that the same row gives the same reference in any
    file, on any day, and a row that stands twice is one record and one counted duplicate. A source
    that can hold two true records with equal values says ``duplicates = "keep"``: the second then
    gets ``#2`` after its hash, the third ``#3``, by order in the file; ingesting the same file
    again still adds nothing.

    For measures and means the hash is over what identifies them (metric, place and interval; unit
    and instant) and not over the value: a sensor has one value at a time.
    """

    def __init__(self, mapping: TableMapping) -> None:
        self._mapped = "source_ref" in mapping.recipes
        self._keep = mapping.file.duplicates == "keep"
        self._keys = _KEYS.get(mapping.kind)
        self._seen: Counter[str] = Counter()

    def of(
        self,
        made: dict[str, pa.Array],
        narratives: pa.StringArray | None,
        *,
        suffix: str = "",
    ) -> pa.StringArray:
        """Return the reference of each row.

        Args:
            made: Target columns.
            narratives: Free text of the rows, part of what they say.
            suffix: Told apart by it: one row of a wide table is several measures.
        """
        if self._mapped:
            mapped = made["source_ref"]
            if not suffix:
                return mapped
            return pc.binary_join_element_wise(mapped, suffix, "/", null_handling="emit_null")
        names = [name for name in self._keys or sorted(made) if name in made]
        parts = [_as_key(made[name]) for name in names if name not in _NEVER]
        if narratives is not None:
            parts.append(narratives)
        joined = pc.binary_join_element_wise(
            *parts, _SEPARATOR, null_handling="replace", null_replacement=_NULL
        )
        found = [
            hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_BYTES).hexdigest()
            for text in joined.to_pylist()
        ]
        if self._keep:
            found = [self._numbered(reference) for reference in found]
        return pa.array(found, pa.string())

    def _numbered(self, reference: str) -> str:
        self._seen[reference] += 1
        count = self._seen[reference]
        return reference if count == 1 else f"{reference}#{count}"


def _as_key(values: pa.Array) -> pa.StringArray:
    """Return values as text that depends on their bits alone, not on how numbers are printed."""
    if pa.types.is_floating(values.type):
        bits = pc.fill_null(values.cast(pa.float64()), np.nan).to_numpy(zero_copy_only=False)
        return pa.array(np.ascontiguousarray(bits).view(np.int64)).cast(pa.string())
    if pa.types.is_timestamp(values.type):
        return values.cast(pa.int64()).cast(pa.string())
    if pa.types.is_map(values.type):
        return pa.array([repr(pairs) for pairs in values.to_pylist()], pa.string())
    return values.cast(pa.string())
