"""Columns of keys and values, built at once from one column per key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.model.contracts import ATTRIBUTES


def map_column(keys: Sequence[str], columns: Sequence[pa.StringArray], size: int) -> pa.MapArray:
    """Return a map for each row, of the keys whose value is not null.

    Args:
        keys: Distinct keys.
        columns: One string array for each key, all of ``size`` values.
        size: Rows.
    """
    if not keys or size == 0:
        return pa.MapArray.from_arrays(
            pa.array(np.zeros(size + 1, np.int32)),
            pa.array([], pa.string()),
            pa.array([], pa.string()),
        ).cast(ATTRIBUTES)
    width = len(keys)
    order = np.arange(size * width).reshape(width, size).T.ravel()
    values = pa.concat_arrays([pc.cast(column, pa.string()) for column in columns])
    values = values.take(pa.array(order))
    names = pa.array(list(keys), pa.string()).take(pa.array(np.tile(np.arange(width), size)))
    present = pc.is_valid(values)
    counts = present.to_numpy(zero_copy_only=False).reshape(size, width).sum(axis=1)
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(counts, dtype=np.int32)])
    return pa.MapArray.from_arrays(
        pa.array(offsets, pa.int32()), names.filter(present), values.filter(present)
    )
