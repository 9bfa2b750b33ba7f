"""Names of sets of files: the same whatever the order, and of a fed day only the latest is kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigie.lake import cubes
from vigie.lake.layout import DataFile

NAMES = st.lists(st.text("abc", min_size=1, max_size=4), min_size=0, max_size=6, unique=True)


def files(names: list[str]) -> list[DataFile]:
    return [DataFile(name, "2026-11-29", 1, 1, None, None) for name in names]


@given(sets=st.lists(NAMES, max_size=8))
def test_a_name_depends_on_the_set_and_on_nothing_asked_before(sets: list[list[str]]) -> None:
    cubes._named.clear()
    first = {tuple(sorted(names)): cubes.fingerprint(files(names)) for names in sets}
    assert len(set(first.values())) == len(first)
    for names in sets:
        again = cubes.fingerprint(files(names[::-1]))
        assert again == first[tuple(sorted(names))]
        cubes._named.clear()
        assert cubes.fingerprint(files(names)) == again


def test_a_day_that_is_fed_keeps_its_latest_set_only() -> None:
    cubes._named.clear()
    for n in range(2, 500):
        cubes.fingerprint(files([f"part-{one:05d}" for one in range(n)]))
    assert len(cubes._named) == 1
