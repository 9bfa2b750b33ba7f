"""How often do analyses find something where nothing is, and do they find what is planted?

    python3 run.py bench null_cities --cities 200 --keep FILE

With ``--keep`` what each city told is written to a file, one line each; run again with the same
file it goes on where it stopped, and a run that names other analyses with ``--only`` adds to it.

Null cities have the city's uneven places and its week, but each fact is apart from all others; for
hot spots, whose "nothing" is an even ground, facts are dropped evenly; for streets, evenly along
them. For change points the level stays, with chance alone or with scatter; for what moves together,
sources share a week and a season and each has a memory of its own. A city counts as false when the
analysis tells anything at 5 %: the strongest cluster, any band, any cell after false-discovery
control. What is the same in every city, the cells of the ground and how mass spreads along its
streets, is reckoned once (``same_city``). The shares are told with their exact 95 % interval
(Clopper and Pearson). After them, cities (``--planted``) with what the generator plants: near
repeats of
thefts from vehicles (mean 4 days, 180 m), a cluster of them in the last fortnight at Merlan, one of
rodeos at La Rose; and an effect of our own: in one arrondissement, another one in each city, each
fact stays with probability 0.6, or 1, after a day. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from _cities import (
    apart_facts,
    even_facts,
    felt_measures,
    frame_of,
    null_facts,
    scattered_facts,
    street_facts,
)
from _planted import DAYS, LEVEL, PLANTED, City
from _small import either, sized
from scipy import stats

from vigie.analyse import ground, network_kernels, terrain_ground
from vigie.analyse.analysis import Frame
from vigie.analyse.terrain_ground import TerrainParameters
from vigie.analyses import (
    change_points,
    cross_k,
    emerging_hot_spots,
    exposure_rates,
    feeling,
    hot_spots,
    moves_together,
    near_repeat,
    network_kde,
    risk_factors,
    road_safety,
    space_time_interaction,
    space_time_scan,
)
from vigie.city import geography

FACTS = either(800, 120)
LONG_DAYS, SCATTER = 241, 2.5
FRESH = 50_000
"""Seeds of the cities for what moves together: not those its rule was chosen on."""


def _bands(table, frame: Frame) -> bool:
    params = near_repeat.NearRepeatParameters(draws=399)
    rows = near_repeat.run(table, params, frame).table.to_pylist()
    return any(row["q"] is not None and row["q"] <= LEVEL for row in rows)


def _first_band(table, frame: Frame) -> bool:
    params = near_repeat.NearRepeatParameters(draws=99, steps=1, times=1, step_m=300)
    rows = near_repeat.run(table, params, frame).table.to_pylist()
    return next(row["p"] for row in rows if row["to_m"] > 0) <= LEVEL


def _scan(model: str, look: str) -> Callable[..., bool]:
    def told(table, frame: Frame) -> bool:
        params = space_time_scan.ScanParameters(
            draws=99, most=1, step_days=7, longest=4, resolution=8, radius_m=2_000,
            model=model, look=look,
        )  # fmt: skip
        rows = space_time_scan.run(table, params, frame).table.to_pylist()
        return bool(rows) and rows[0]["p"] <= LEVEL

    return told


def _spots(method: str) -> Callable[..., bool]:
    def told(table, frame: Frame) -> bool:
        params = hot_spots.HotSpotParameters(method=method)
        rows = hot_spots.run(table, params, frame).table["kind_of_spot"].to_pylist()
        return any(kind != "none" for kind in rows)

    return told


def _emerging(table, frame: Frame) -> bool:
    params = emerging_hot_spots.EmergingParameters(resolution=8, band_m=1_200)
    rows = emerging_hot_spots.run(table, params, frame).table["kind_of_spot"].to_pylist()
    return any(kind != "none" for kind in rows)


def _rates(table, frame: Frame) -> bool:
    params = exposure_rates.RateParameters(exposure="area")
    rows = exposure_rates.run(table, params, frame).table["state"].to_pylist()
    return any(state in {"above", "below"} for state in rows)


def _factors(table, frame: Frame) -> bool:
    known = geography.places()
    columns = {
        name: pa.array([getattr(one, name) for one in known]) for name in ("kind", "lon", "lat")
    }
    asked = TerrainParameters(exposure="area")
    there = replace(frame, places=pa.table(columns))
    return risk_factors.run(table, asked, there).table.num_rows > 0


def _near(nothing: str) -> Callable[..., bool]:
    def told(table, frame: Frame) -> bool:
        names = pa.array(["offence.a", "offence.b"] * (table.num_rows // 2), pa.string())
        apart = table.set_column(table.schema.get_field_index("kind"), "kind", names)
        asked = cross_k.CrossKParameters(
            first="offence.a", second="offence.b", draws=99, nothing=nothing
        )
        p = cross_k.run(apart, asked, frame).table["p"].to_pylist()
        return bool(p) and p[0] <= LEVEL

    return told


def _network(table, frame: Frame) -> bool:
    params = network_kde.NetworkDensityParameters()
    return "hot" in network_kde.run(table, params, frame).table["kind_of_spot"].to_pylist()


def _roads(unit: str) -> Callable[..., bool]:
    def told(table, frame: Frame) -> bool:
        params = road_safety.SafetyParameters(unit=unit)
        return "hot" in road_safety.run(table, params, frame).table["kind_of_spot"].to_pylist()

    return told


def _interaction(table, frame: Frame) -> bool:
    params = space_time_interaction.InteractionParameters(draws=199)
    rows = space_time_interaction.run(table, params, frame).table["q"].to_pylist()
    return any(q is not None and q <= LEVEL for q in rows)


def _felt(table, frame: Frame) -> bool:
    seed = int(table["earliest_us"][0].as_py())
    there = replace(frame, measures=felt_measures(seed, frame))
    params = feeling.FeelingParameters(periods="all")
    states = feeling.run(table, params, there).table["state"].to_pylist()
    return any(state != "alike" for state in states)


def _changes(table, frame: Frame) -> bool:
    params = change_points.ChangeParameters(false_alarms=LEVEL)
    return change_points.run(table, params, frame).table.num_rows > 1


def _together(table, frame: Frame) -> bool:
    params = moves_together.TogetherParameters(permutations=199, most_lag=3)
    return moves_together.run(table, params, frame).table.num_rows > 0


SERIES = {
    "change_points_chance": (_changes, lambda seed: null_facts(seed, FACTS, DAYS), DAYS),
    "change_points_scatter": (
        _changes, lambda seed: scattered_facts(seed, FACTS, DAYS, SCATTER), DAYS,
    ),
    "moves_together": (_together, lambda seed: apart_facts(FRESH + seed, LONG_DAYS), LONG_DAYS),
}  # fmt: skip
TOLD = {
    "near_repeat_any_band_q": (_bands, "uneven"),
    "near_repeat_one_band_p": (_first_band, "uneven"),
    "interaction_any_test_q": (_interaction, "uneven"),
    "scan_permutation_now": (_scan("permutation", "now"), "uneven"),
    "scan_permutation_ever": (_scan("permutation", "ever"), "uneven"),
    "scan_poisson_now": (_scan("poisson", "now"), "even"),
    "hot_spots_gi_star_any_cell_q": (_spots("gi_star"), "even"),
    "hot_spots_local_moran_any_cell_q": (_spots("local_moran"), "even"),
    "emerging_any_cell_q": (_emerging, "even"),
    "exposure_rates_any_zone_q": (_rates, "even"),
    "feeling_any_zone_q": (_felt, "uneven"),
    "cross_k_shift_whole_curve": (_near("shift"), "even"),
    "cross_k_labels_whole_curve": (_near("labels"), "uneven"),
    "risk_factors_any_shown": (_factors, "even"),
    "network_kde_any_lixel_q": (_network, "streets"),
    "road_safety_any_street_q": (_roads("street"), "streets"),
    "road_safety_any_stretch_q": (_roads("stretch"), "streets"),
}


def same_city() -> None:
    """Let the ground and the spreading along streets be reckoned once: the city stays, facts go."""
    grounds: dict[object, object] = {}
    spread: dict[object, object] = {}
    make_ground, make_kernel = ground.ground_of, network_kernels.network_kernel

    def ground_once(frame: Frame, zoning: str, resolution: int):
        key = (id(frame.zonings[zoning]), resolution)
        if key not in grounds:
            grounds[key] = make_ground(frame, zoning, resolution)
        return grounds[key]

    def kernel_once(network, bandwidth_m: float, split="continuous"):
        ways = (network.lixel_edge.tobytes(), network.lixel_from.tobytes())
        key = (ways, bandwidth_m, split)
        if key not in spread:
            spread[key] = make_kernel(network, bandwidth_m, split)
        return spread[key]

    for module in (hot_spots, emerging_hot_spots, space_time_scan, terrain_ground):
        module.ground_of = ground_once
    network_kde.network_kernel = kernel_once


def share(found: int, of: int) -> dict[str, object]:
    """Return a share with its exact interval."""
    low, high = stats.beta.ppf([0.025, 0.975], [found, found + 1], [of - found + 1, of - found])
    bounds = [round(float(np.nan_to_num(low)), 3), round(1.0 if found == of else float(high), 3)]
    return {"found": f"{found}/{of}", "share": round(found / of, 3), "interval_95": bounds}


class Kept:
    """What each city told, in a file when one is named, so that a run can be taken up again."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        whole = path.read_text("utf-8").rpartition("\n")[0] if path and path.exists() else ""
        if path and whole:
            path.write_text(whole + "\n", "utf-8")  # without a line that a kill cut short
        self.told: dict[tuple[str, int], bool] = {}
        for line in whole.splitlines():
            name, seed, told = json.loads(line)
            self.told[name, seed] = told

    def keep(self, name: str, seed: int, told: bool) -> None:
        """Keep one city's answer."""
        self.told[name, seed] = told
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([name, seed, told]) + "\n")


def null_cities(cities: int, only: frozenset[str], kept: Kept) -> dict[str, object]:
    """Return how often each analysis tells something; ``only`` names some of them."""
    frames = {days: frame_of(days) for days in (DAYS, LONG_DAYS)}
    frame = frames[DAYS]
    names = [name for name in (*TOLD, *SERIES) if not only or name in only]
    grounds: dict[str, Callable[[int], pa.Table]] = {
        "uneven": lambda seed: null_facts(seed, FACTS, DAYS),
        "even": lambda seed: even_facts(seed, FACTS, DAYS, frame),
        "streets": lambda seed: street_facts(seed, FACTS, DAYS, frame),
    }
    for seed in range(cities):
        tables: dict[str, pa.Table] = {}
        for name in names:
            if (name, seed) in kept.told:
                continue
            if name in SERIES:
                asked, drawn, days = SERIES[name]
                told = asked(drawn(seed), frames[days])
            else:
                asked, kind = TOLD[name]
                if kind not in tables:
                    tables[kind] = grounds[kind](seed)
                told = asked(tables[kind], frame)
            kept.keep(name, seed, bool(told))
        if (seed + 1) % 20 == 0:
            print(seed + 1, json.dumps({n: _count(kept, n, seed + 1) for n in names}), flush=True)
    return {name: share(_count(kept, name, cities), cities) for name in names}


def _count(kept: Kept, name: str, cities: int) -> int:
    return sum(kept.told[name, seed] for seed in range(cities))


def planted(cities: int, only: frozenset[str], kept: Kept) -> dict[str, object]:
    """Return in how many cities what is planted is found; ``only`` names some of it."""
    asked = [name for name in PLANTED if not only or name in only]
    for seed in range(cities):
        names = [name for name in asked if (f"planted_{name}", seed) not in kept.told]
        city = City(seed) if names else None
        for name in names:
            kept.keep(f"planted_{name}", seed, bool(PLANTED[name](city)))
        print("planted", seed + 1, flush=True)
    return {name: share(_count(kept, f"planted_{name}", cities), cities) for name in asked}


def main() -> None:
    """Run the cities that are asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cities", type=int, default=200)
    parser.add_argument("--planted", type=int, default=5)
    parser.add_argument("--only", action="append", default=[], choices=[*TOLD, *SERIES, *PLANTED])
    parser.add_argument("--keep", type=Path, help="file of what each city told")
    asked = sized(parser.parse_args(), cities=1, planted=1)
    began = time.monotonic()
    same_city()
    kept, only = Kept(asked.keep), frozenset(asked.only)
    answer = {
        "facts": FACTS,
        "days": DAYS,
        "level": LEVEL,
        "false": null_cities(asked.cities, only, kept) if asked.cities else {},
        "planted": planted(asked.planted, only, kept) if asked.planted else {},
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(answer, indent=1))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
