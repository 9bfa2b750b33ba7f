"""Mapping files: every mistake is refused under the key where it stands."""

# ruff: noqa: E501 -- tables of cases, one a line

from __future__ import annotations

import pytest

from vigie.base.errors import MappingInvalid
from vigie.base.translations import Phrase, translate
from vigie.intake.tabular.mapping import compile_mapping, load_mapping, parse_mapping, target_types

GOOD = {
    "source": "reports",
    "kind": "facts",
    "columns": {"kind": {"value": "road"}, "earliest_at": "date"},
}
MEASURES = {
    "source": "s",
    "kind": "measures",
    "columns": {"from_at": "a", "to_at": "b"},
    "measures": [{"value": "v", "metric": "noise.laeq", "unit": "dB"}],
}


def changed(base, **changes):
    return {**base, **changes}


def column(**columns):
    return changed(GOOD, columns={**GOOD["columns"], **columns})


WRONG = {
    "no source": ({**GOOD, "source": ""}, "source"),
    "source of another type": ({**GOOD, "source": 3}, "source"),
    "source with a path": ({**GOOD, "source": "../x"}, "source"),
    "unknown kind of record": ({**GOOD, "kind": "events"}, "kind"),
    "unknown key": ({**GOOD, "colums": {}}, "colums"),
    "title in one language": ({**GOOD, "title": {"fr": "x"}}, "title.en"),
    "unknown zone": ({**GOOD, "timezone": "Europe/Marseille"}, "timezone"),
    "zone that is a path": ({**GOOD, "timezone": "../../etc/passwd"}, "timezone"),
    "unknown format": ({**GOOD, "file": {"format": "xml"}}, "file.format"),
    "unknown file key": ({**GOOD, "file": {"delimiter": ";"}}, "file.delimiter"),
    "long separator": ({**GOOD, "file": {"separator": ";;"}}, "file.separator"),
    "unknown encoding": ({**GOOD, "file": {"encoding": "klingon"}}, "file.encoding"),
    "unknown reference system": ({**GOOD, "file": {"crs": "EPSG:1"}}, "file.crs"),
    "unknown decimal": ({**GOOD, "file": {"decimal": "'"}}, "file.decimal"),
    "negative skip": ({**GOOD, "file": {"skip": -1}}, "file.skip"),
    "unknown duplicates": ({**GOOD, "file": {"duplicates": "drop"}}, "file.duplicates"),
    "period of another type": ({**GOOD, "period_s": "day"}, "period_s"),
    "no time": ({**GOOD, "columns": {"kind": {"value": "road"}}}, "columns.earliest_at"),
    "unknown column": (column(colour="c"), "columns.colour"),
    "derived column": (column(cell="c"), "columns.cell"),
    "unknown part of a column": (column(lon={"column": "x", "unit": "m"}), "columns.lon.unit"),
    "column without origin": (column(lon={"scale": 2}), "columns.lon"),
    "two origins": (column(address={"column": "x", "join": ["y"]}), "columns.address"),
    "joined number": (column(lon={"join": ["x", "y"]}), "columns.lon.join"),
    "unknown time format": (column(reported_at={"column": "x", "format": "JJ/MM"}), "columns.reported_at.format"),
    "kind that is none": (column(kind={"value": "crime"}), "columns.kind"),
    "map to no kind": (column(kind={"column": "x", "map": {"a": "crime"}}), "columns.kind"),
    "map of another type": (column(kind={"column": "x", "map": {"a": 1}}), "columns.kind.map.a"),
    "map of a number": (column(lon={"column": "x", "map": {"a": "1"}}), "columns.lon.map"),
    "prefix without map": (column(kind={"column": "x", "prefix": True}), "columns.kind.prefix"),
    "status that is none": (column(status={"value": "done"}), "columns.status"),
    "constant time": (column(reported_at={"value": "2026"}), "columns.reported_at.value"),
    "default that is no time": (column(latest_at={"default": "lon"}), "columns.latest_at.default"),
    "default that is not filled": (
        column(latest_at={"default": "reported_at"}), "columns.latest_at.default",
    ),
    "seconds added to a number": (column(lon={"column": "x", "plus_s": 3}), "columns.lon.plus_s"),
    "end of a month": (column(reported_at={"column": "x", "end_of": "month"}), "columns.reported_at.end_of"),
    "places of something else": (column(address={"column": "x", "places": "p"}), "columns.address.places"),
    "kept and refused": (
        {**GOOD, "drop": {"columns": ["date"]}}, "drop.columns",
    ),
    "means of a fact": ({**GOOD, "means": {"agents": "n"}}, "means"),
    "wide facts": ({**GOOD, "measures": []}, "measures"),
    "attributes of a measure": ({**MEASURES, "attributes": {"a": "b"}}, "attributes"),
    "free text of a measure": ({**MEASURES, "free_text": {"columns": ["a"]}}, "free_text"),
    "unknown metric": ({**MEASURES, "measures": [{"value": "v", "metric": "x"}]}, "measures.1.metric"),
    "unknown unit": (
        {**MEASURES, "measures": [{"value": "v", "metric": "noise.laeq", "unit": "ells"}]},
        "measures.1.unit",
    ),
    "measure without value": ({**MEASURES, "measures": []}, "columns.metric"),
    "list of another type": ({**GOOD, "drop": {"columns": "date"}}, "drop.columns"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_refused_under_its_key(name):
    mapping, key = WRONG[name]

    with pytest.raises(MappingInvalid) as refused:
        compile_mapping(mapping)

    assert refused.value.params["key"] == key
    assert isinstance(refused.value.params["reason"], Phrase)
    french, english = (
        translate("mapping_invalid", lang, **refused.value.params) for lang in ("fr", "en")
    )
    assert french != english
    assert "{" not in french + english


@pytest.mark.parametrize("mapping", [GOOD, MEASURES])
def test_a_good_mapping_is_compiled_and_kept(mapping):
    assert compile_mapping(mapping) is compile_mapping(dict(mapping))


@pytest.mark.parametrize("content", [b"source = ", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_what_is_not_toml_is_refused(content):
    with pytest.raises(MappingInvalid):
        parse_mapping(content)


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    path = tmp_path / "m.toml"
    path.write_bytes(
        b'\xef\xbb\xbfsource = "a"\nkind = "places"\n[columns]\nkind = { value = "place.bar" }\nlabel = "n"\n'
    )

    assert load_mapping(path)["source"] == "a"


@pytest.mark.parametrize("kind", ["facts", "measures", "plans", "places", "means"])
def test_a_mapping_fills_what_is_given_and_nothing_derived(kind):
    types = target_types(kind)

    assert "source_ref" in types
    assert not {"cell", "local_day", "batch_id", "part", "received_at"} & set(types)


def test_the_examples_and_the_city_s_mappings_compile(repo_root):
    found = [
        *(repo_root / "examples").glob("*.toml"),
        *(repo_root / "src").glob("vigie/city/mappings/*.toml"),
    ]

    assert len(found) >= 2
    for path in found:
        load_mapping(path)
