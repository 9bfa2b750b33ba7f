"""Detectors give the numbers that others published for them.

The figures are those of the tests of the R package surveillance (CRAN), typed in here. The counts
that some rest on are read where they lie: Salmonella Newport in Germany, weeks of 2010-46 to
2011-52, sums over the states (Robert Koch Institute, SurvStat, data set ``salmNewport`` of that
package).

Asked as R20 of the requirements.
"""

from __future__ import annotations

import bz2
import math
import struct
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from vigie.judge.surveillance.ears import c1, c1_bounds
from vigie.judge.surveillance.farrington import farrington, noufaily_bounds, power_bounds

FIRST_MONDAY = date(2011, 1, 3)
OUTBREAK = [date(2011, 10, 24), date(2011, 10, 31), date(2011, 11, 7), date(2011, 11, 14)]


SERIES = [2, 0, 1, 3, 1, 1, 4, 2, 0, 5, 1, 2, 12, 3, 1, 0, 0, 2, 6, 1]


@pytest.fixture
def weeks_of_newport(shared_dir: Path) -> list[int]:
    """Germany's counts from seven weeks before 2011 to its end."""
    days, counts = newport(shared_dir / "data" / "reference_outbreak")
    first = days.index(FIRST_MONDAY)
    found: list[int] = counts[first - 7 : first + 52].tolist()
    return found


@pytest.mark.shared
def test_c1_gives_the_bounds_of_the_first_weeks_of_2011(weeks_of_newport: list[int]) -> None:
    bounds = c1_bounds(weeks_of_newport, alpha=0.05)[7:11]
    assert bounds == pytest.approx([3.278854, 3.278854, 3.436517, 3.855617], abs=5e-7)


def test_c1_one_by_one_is_c1_over_the_series() -> None:
    bounds = c1_bounds(SERIES, alpha=0.05)
    one_by_one = [c1(SERIES[i], SERIES[:i], alpha=0.05).upper for i in range(7, len(SERIES))]
    assert one_by_one == pytest.approx(bounds[7:], rel=1e-12)


@pytest.mark.shared
def test_c1_rings_in_the_weeks_of_the_sprout_outbreak(weeks_of_newport: list[int]) -> None:
    bounds = c1_bounds(weeks_of_newport, alpha=0.05)
    rung = {
        FIRST_MONDAY + timedelta(weeks=i - 7)
        for i in range(7, 59)
        if weeks_of_newport[i] > bounds[i]
    }
    assert rung >= set(OUTBREAK)
    assert len(rung) == 6


@pytest.mark.parametrize(
    ("power", "bounds"),
    [
        ("none", (1.3073128, 8.6926872)),
        ("1/2", (1.9891097, 9.3744842)),
        ("2/3", (1.8084477, 9.1154825)),
    ],
)
def test_farrington_gives_the_bounds_of_its_three_powers(
    power: str, bounds: tuple[float, float]
) -> None:
    found = power_bounds(5.0, 0.2, 1.0, 0.05, power)  # type: ignore[arg-type]
    assert found == pytest.approx(bounds, abs=5e-8)


@pytest.mark.parametrize(
    ("at_upper", "dispersion", "told"),
    [
        (True, 1.5, (8, 24, 0.8597797)),
        (True, 1.0, (9, 22, 0.9093099)),
        (False, 1.5, (1, 10, 0.03763657)),
        (False, 1.0, (2, 9, 0.01369527)),
    ],
)
def test_noufaily_gives_quantiles_and_chance(
    at_upper: bool, dispersion: float, told: tuple[float, float, float]
) -> None:
    found = noufaily_bounds(math.log(5), math.log(2), dispersion, 0.05, 11, at_upper=at_upper)
    assert found == pytest.approx(told, abs=5e-8)


def newport(folder: Path) -> tuple[list[date], np.ndarray]:
    """Read Mondays and counts of Germany out of the R file (XDR: header, length, big-endian)."""
    content = bz2.decompress((folder / "salmNewport.RData").read_bytes())
    weeks, states = 528, 16
    at = content.index(struct.pack(">ii", 14, weeks)) + 8
    days = np.frombuffer(content, ">f8", weeks, at)
    counts_at = content.index(struct.pack(">ii", 0x20D, weeks * states)) + 8
    counts = np.frombuffer(content, ">i4", weeks * states, counts_at).reshape(states, weeks)
    return [date(1970, 1, 1) + timedelta(days=float(d)) for d in days], counts.sum(axis=0)


@pytest.mark.shared
def test_farrington_finds_the_outbreak_in_ten_years_of_newport(
    shared_dir: Path,
) -> None:
    days, counts = newport(shared_dir / "data" / "reference_outbreak")
    first = days.index(FIRST_MONDAY)
    assert len(days) == 528
    rung = [
        days[i]
        for i in range(first, first + 52)
        if farrington(float(counts[i]), counts[:i].astype(float)).alarm
    ]
    assert set(OUTBREAK[1:]) <= set(rung)
    assert len(rung) <= 8
