"""Data sets that come with the libraries our numbers are checked against."""

import warnings

import numpy as np
import numpy.typing as npt


def burkitt() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return x, y and day of the 188 cases of Burkitt's lymphoma in Uganda, 1961 to 1975."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from libpysal import examples, io

        table = io.open(examples.get_path("burkitt.dbf"))
        x, y, day = (np.array(table.by_col(name)) for name in ("X", "Y", "T"))
        table.close()
    return x.astype(float), y.astype(float), day.astype(np.int64)
