"""Facts of a home with their true incidents; a home without a truth is told so."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.lake.samples import START_US, complete, fact

from vigie.base.errors import NotFound
from vigie.city.known_reports import TELLINGS, known_reports
from vigie.situation.home import init_home, open_home


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """Return a home with three located facts, two of them of one incident, and one nowhere."""
    home = tmp_path / "home"
    init_home(home)
    rows = [fact(ref, START_US + n) for n, ref in enumerate("abc")]
    rows.append(fact("d", START_US, lon=None, lat=None))
    with open_home(home) as opened:
        opened.lake.commit("facts", complete("facts", rows))
    (home / TELLINGS).parent.mkdir(parents=True)
    tellings = {"source": ["log"] * 2, "source_ref": ["a", "c"], "incident": [7, 7]}
    pq.write_table(pa.table(tellings), home / TELLINGS)
    return home


def test_each_located_fact_has_its_incident_and_what_none_tells_stands_alone(told: Path) -> None:
    with open_home(told) as opened:
        known = known_reports(opened.lake, told)

    assert len(known.reports) == 3
    assert known.incident.tolist() == [7, -2, 7]


def test_a_home_without_a_truth_is_told_so(told: Path) -> None:
    (told / TELLINGS).unlink()
    with open_home(told) as opened, pytest.raises(NotFound):
        known_reports(opened.lake, told)
