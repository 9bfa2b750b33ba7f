"""Kernels on networks: known parts at a junction, mass kept, and the same by brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.geo.test_lixels import CROSS, grid, street

from vigie.analyse.network_kernels import (
    Spreading,
    choose_network_bandwidth,
    network_kernel,
    quartic_mass,
    tail_moments,
)
from vigie.analyse.pearson import pearson_tail
from vigie.base.errors import WrongUsage
from vigie.geo.lixels import LixelNetwork

SPLITS = ("continuous", "discontinuous")


def by_brute_force(network: LixelNetwork, edge: int, along: float, reach: float, split: str):
    """Return the mass of each lixel: every way followed metre by metre, by recursion.

    Written apart: density summed at points a quarter of a metre apart, ways never merged.
    """
    mass = np.zeros(len(network))
    step = 0.25

    def walk(edge: int, at: float, ahead: bool, gone: float, amount: float) -> None:
        whole = network.metres[edge]
        room = whole - at if ahead else at
        length = min(room, reach - gone)
        parts = max(1, int(np.ceil(length / step)))
        each = length / parts
        for n in range(parts):
            way = (n + 0.5) * each
            place = at + way if ahead else at - way
            height = 15 / 16 / reach * (1 - ((gone + way) / reach) ** 2) ** 2
            lixel = network.lixel_at(np.array([edge]), np.array([place]))[0]
            mass[lixel] += amount * height * each
        if gone + room >= reach or abs(amount) < 1e-5:
            return
        node = network.end[edge] if ahead else network.start[edge]
        ways = [(e, True) for e in np.flatnonzero(network.start == node)]
        ways += [(e, False) for e in np.flatnonzero(network.end == node)]
        for e, on in ways:
            back = e == edge and on != ahead
            if split == "continuous":
                part = 2 / len(ways) - back
            else:
                part = 1.0 if len(ways) == 1 else (0.0 if back else 1 / (len(ways) - 1))
            if part:
                start = 0.0 if on else network.metres[e]
                walk(int(e), start, on, gone + room, amount * part)

    walk(edge, along, True, 0.0, 1.0)
    walk(edge, along, False, 0.0, 1.0)
    return mass


def _density(network: LixelNetwork, mass: dict[int, float]) -> np.ndarray:
    found = np.zeros(len(network))
    found[list(mass)] = list(mass.values())
    return found / network.lixel_m


def test_the_quartic_kernel_has_half_its_mass_on_either_side() -> None:
    assert quartic_mass([0.0, 100.0, 400.0], 100.0) == pytest.approx([0.0, 0.5, 0.5])
    assert quartic_mass(50.0, 100.0) == pytest.approx(15 / 16 * (0.5 - 1 / 12 + 1 / 160))


def test_at_a_crossroads_the_continuous_kernel_has_no_step_and_the_other_has() -> None:
    """Okabe and Sugihara: by 4 ways 1 - 2/4 comes back, 2/4 goes on each; or 1/3 on each."""
    network = LixelNetwork(CROSS, lixel_m=0.5)
    at = network.snap(*network.lixel_places(), 1)
    west = int(np.flatnonzero((network.street == 0) & (network.offset == 0))[0])
    near = [int(network.first[west + 1]) - 1]
    others = [e for e in range(4) if e != west]
    junction = network.junctions[0]
    for e in others:
        last = int(network.first[e + 1]) - 1
        near.append(int(network.first[e]) if network.start[e] == junction else last)
    found = {
        split: _density(network, Spreading(network, 150, split).from_place(west, 140.0))[near]
        for split in SPLITS
    }
    height = 15 / 16 / 150 * (1 - (60 / 150) ** 2) ** 2

    assert (at.edge >= 0).all()
    assert found["continuous"] == pytest.approx(np.full(4, height / 2), rel=0.01)
    assert found["discontinuous"][0] == pytest.approx(height, rel=0.01)
    assert found["discontinuous"][1:] == pytest.approx(np.full(3, height / 3), rel=0.01)


def test_a_name_that_changes_changes_nothing() -> None:
    """Two ways that meet are one street."""
    one = LixelNetwork([street("A", (-200, 0), (200, 0))], lixel_m=10)
    two = LixelNetwork([street("A", (-200, 0), (0, 0)), street("B", (0, 0), (200, 0))], lixel_m=10)
    for split in SPLITS:
        kernels = [network_kernel(network, 120, split).toarray() for network in (one, two)]
        assert kernels[0] == pytest.approx(kernels[1], abs=1e-3)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from(SPLITS), st.floats(60, 320))
def test_mass_is_kept_on_any_network(seed: int, split: str, reach: float) -> None:
    network = LixelNetwork(grid(np.random.default_rng(seed)), lixel_m=30)
    kernel = network_kernel(network, reach, split)

    assert np.asarray(kernel.sum(axis=0)).ravel() == pytest.approx(np.ones(len(network)), abs=2e-3)


@settings(max_examples=8)
@given(st.integers(0, 10_000), st.sampled_from(SPLITS))
def test_the_same_as_by_brute_force(seed: int, split: str) -> None:
    chance = np.random.default_rng(seed)
    network = LixelNetwork(grid(chance), lixel_m=40)
    edge = int(chance.integers(len(network.metres)))
    along = float(chance.uniform(0, network.metres[edge]))
    ours = _density(network, Spreading(network, 180, split).from_place(edge, along))
    theirs = by_brute_force(network, edge, along, 180, split) / network.lixel_m

    assert ours == pytest.approx(theirs, abs=1e-4)


def test_what_is_beyond_the_bandwidth_along_streets_gets_nothing() -> None:
    network = LixelNetwork(grid(np.random.default_rng(4)), lixel_m=30)
    kernel = network_kernel(network, 200, "continuous").toarray()
    for lixel in range(0, len(network), 7):
        far = network.lixel_distances(lixel, 1_000) > 200 + 30
        assert not kernel[far, lixel].any()


def test_moments_are_those_of_dealing_facts_out() -> None:
    """Against 20,000 draws; the tail too, where it is far."""
    network = LixelNetwork(grid(np.random.default_rng(7), 4), lixel_m=40)
    kernel = network_kernel(network, 200, "continuous")
    chance = network.lixel_m / network.lixel_m.sum()
    drawn = kernel @ np.random.default_rng(1).multinomial(60, chance, 20_000).T
    mean, error, skew = tail_moments(kernel, chance, 60)
    z = (drawn - mean[:, None]) / error[:, None]

    assert drawn.mean(axis=1) == pytest.approx(mean, rel=0.03)
    assert drawn.std(axis=1) == pytest.approx(error, rel=0.04)
    assert (z**3).mean(axis=1) == pytest.approx(skew, abs=0.15)
    far = pearson_tail(np.full(len(network), 3.0), skew)
    assert (z >= 3.0).mean() == pytest.approx(float(far.mean()), rel=0.15)


def test_the_bandwidth_chosen_follows_how_close_facts_are() -> None:
    network = LixelNetwork([street("A", (-2_000, 0), (2_000, 0))], lixel_m=20)
    chance = np.random.default_rng(3)
    chosen = []
    for spread in (30, 500):
        at = np.clip(chance.normal(2_000, spread, 400) / 20, 0, len(network) - 1).astype(int)
        counts = np.bincount(at, minlength=len(network)).astype(float)
        chosen.append(choose_network_bandwidth(network, counts, (100.0, 300.0, 600.0), SPLITS[0]))

    assert chosen[0] < chosen[1]
    assert choose_network_bandwidth(network, np.zeros(len(network)), (1.0, 2.0), SPLITS[0]) == 2.0


def test_too_many_ways_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie.analyse.network_kernels.MOST_STEPS", 50)
    with pytest.raises(WrongUsage) as caught:
        network_kernel(LixelNetwork(CROSS, lixel_m=10), 300)

    assert caught.value.params["field"] == "bandwidth_m"
