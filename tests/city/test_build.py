from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest
from tests.city.built_city import BuiltCity

from vigie.base.errors import Conflict, NotFound
from vigie.city import build, geography, read_manifest
from vigie.city.kinds import kinds


def digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_same_seed_gives_the_same_bytes(autumn: BuiltCity, tmp_path: Path) -> None:
    of = autumn.manifest
    again = tmp_path / "again"
    build(again, seed=of.seed, days=of.days, scale=of.scale, now=of.now)
    assert digests(again) == digests(autumn.folder)


def test_another_seed_gives_other_bytes(autumn: BuiltCity, spring: BuiltCity) -> None:
    one, two = digests(autumn.folder), digests(spring.folder)
    assert one["cameras/registre_cameras.csv"] != two["cameras/registre_cameras.csv"]
    assert one["places/lieux.geojson"] == two["places/lieux.geojson"]
    mappings = {name for name in one if name.startswith("mappings/")}
    assert mappings
    assert all(one[name] == two[name] for name in mappings)


def test_the_manifest_says_what_lies_there(city: BuiltCity) -> None:
    read = read_manifest(city.folder)
    assert read == city.manifest
    named = {path for feed in read.feeds for path in feed.paths} | set(read.truth)
    named |= {feed.mapping for feed in read.feeds if feed.mapping} | {"manifest.json"}
    assert named == set(digests(city.folder))
    assert not any(path.startswith("truth/") for feed in read.feeds for path in feed.paths)


def test_a_folder_in_use_is_refused(autumn: BuiltCity) -> None:
    of = autumn.manifest
    with pytest.raises(Conflict):
        build(autumn.folder, seed=1, days=2, scale=0.1, now=of.now)


def test_a_folder_without_a_city_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_manifest(tmp_path)


def test_progress_names_each_feed(tmp_path: Path, autumn: BuiltCity) -> None:
    said: list[str] = []
    made = build(
        tmp_path / "city", seed=1, days=1, scale=0.05, now=autumn.manifest.now, progress=said.append
    )
    assert said == [feed.source for feed in made.feeds]


def test_tellings_point_to_incidents_that_have_happened(city: BuiltCity) -> None:
    incidents = city.parquet("incidents")
    told = city.parquet("tellings")
    assert pc.max(told["incident"]).as_py() < incidents.num_rows
    past = told.filter(told["past"])
    happened = pc.take(incidents["at"], past["incident"])
    assert pc.max(happened).as_py() <= city.manifest.now
    assert 0 < past.num_rows < told.num_rows
    refs = pc.binary_join_element_wise(told["source"], told["source_ref"], "|")
    assert pc.count_distinct(refs).as_py() == told.num_rows


def test_the_same_incident_is_told_by_several_sources(city: BuiltCity) -> None:
    told = city.parquet("tellings").to_pandas()
    sources = told[told.role != "double"].groupby("incident").source.nunique()
    assert (sources >= 2).sum() > 50
    doubles = told[told.role == "double"]
    assert len(doubles) > 5
    firsts = set(told[(told.source == "main_courante") & (told.role != "double")].incident)
    assert set(doubles.incident) <= firsts


def test_a_source_tells_only_kinds_it_knows(city: BuiltCity) -> None:
    can = {(k.code, source) for k in kinds() for source in k.tells}
    incidents = city.parquet("incidents")["kind"].to_pylist()
    told = city.parquet("tellings").to_pylist()
    assert {(incidents[t["incident"]], t["source"]) for t in told} <= can


def test_written_rates_are_those_of_the_kinds(city: BuiltCity) -> None:
    rates = city.parquet("rates").to_pandas()
    for zoning in ("arrondissement", "maille"):
        per_kind = rates[rates.zoning == zoning].groupby("kind").per_day.sum()
        for kind in kinds():
            daily = kind.yearly * (1 - kind.branching) * city.manifest.scale / 365.25
            assert per_kind[kind.code] == pytest.approx(daily, rel=1e-4)


def test_zones_of_incidents_are_zones_of_the_geography(city: BuiltCity) -> None:
    table = city.parquet("incidents")
    zonings = geography.zonings()
    assert set(pc.unique(table["maille"]).to_pylist()) <= set(zonings["maille"].ids)
    assert set(pc.unique(table["secteur_police"]).to_pylist()) == set(zonings["secteur_police"].ids)
    numbers = pc.unique(table["arrondissement"]).to_pylist()
    assert sorted(numbers) == list(range(1, 17))


def test_true_plans_count_what_they_brought(city: BuiltCity) -> None:
    plans = city.parquet("plans")
    brought = pc.sum(pc.is_valid(city.parquet("incidents")["plan"])).as_py()
    assert pc.sum(plans["incidents"]).as_py() == brought
    assert np.array_equal(plans["ref"].to_pylist(), [p.ref for p in city.truth.plans])
