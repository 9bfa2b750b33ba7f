"""Who is whose neighbour: sparse matrices of places by places."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]


def within(x: Floats, y: Floats, band_m: float, *, itself: bool = False) -> scipy.sparse.csr_array:
    """Return 1 for each two places at most a distance apart.

    Args:
        x: Metres.
        y: Metres.
        band_m: The distance.
        itself: Whether each place is its own neighbour.
    """
    pairs = scipy.spatial.KDTree(np.column_stack([x, y])).query_pairs(band_m, output_type="ndarray")
    first, second = pairs.astype(np.int32).T
    own = np.arange(len(x) if itself else 0, dtype=np.int32)
    rows = np.concatenate([first, second, own])
    columns = np.concatenate([second, first, own])
    ones = np.ones(len(rows))
    return scipy.sparse.csr_array((ones, (rows, columns)), shape=(len(x), len(x)))


def row_standardised(weights: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    """Return the weights with each row summing to 1; a row without neighbours stays empty."""
    sums = np.asarray(weights.sum(axis=1)).ravel()
    scale = np.divide(1.0, sums, out=np.zeros(len(sums)), where=sums > 0)
    return scipy.sparse.csr_array(scipy.sparse.diags_array(scale) @ weights)
