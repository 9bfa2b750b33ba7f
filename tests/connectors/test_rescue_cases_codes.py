"""Codes of the 15-18 hub, hostile values, and the public messages."""

from __future__ import annotations

import csv
import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.hub import NAME, only

from vigie.connectors.rescue_cases import KINDS, TABLE
from vigie.model.contracts import MEANS_STATUSES, STATUSES
from vigie.model.taxonomy import TAXONOMY

# --- Codes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["categories", "vehicles", "call_signs", "domains"])
def test_every_kind_of_the_tables_is_in_the_taxonomy(table):
    assert [kind for kind in TABLE[table].values() if kind not in TAXONOMY] == []


def test_every_code_of_a_case_has_one_kind_of_the_taxonomy():
    codes = [code for told in TABLE["facts"].values() for code in told.split()]

    assert len(codes) == len(set(codes)) == len(KINDS)
    assert [kind for kind in KINDS.values() if kind not in TAXONOMY] == []


def test_every_status_of_the_tables_is_one_of_ours():
    assert set(TABLE["status"].values()) <= set(STATUSES)
    assert set(TABLE["means_status"].values()) <= set(MEANS_STATUSES)


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("facts", "HubSante.fait"),
        ("categories", "EMSI-EVENT.ETYPE.CATEGORY"),
        ("means_status", "HubSante.statutVecteur"),
        ("accuracy_m", "HubSante.precision"),
        ("status", "EMSI-EVENT.STATUS"),
        ("vehicles", "HubSante.typeVecteur"),
    ],
)
def test_every_code_of_the_public_lists_is_understood(lab, cases, shared_dir, table, name):
    path = shared_dir / "data" / "fr_emergency_nomenclatures" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        codes = [line["code"] for line in csv.DictReader(file)]
    known = KINDS if table == "facts" else TABLE[table]
    missing = []
    for code in codes:
        short = code
        while table == "facts" and short.endswith(".00"):
            short = short.removesuffix(".00")
        if table == "vehicles":
            short = short.split(".")[0]
            known = {**TABLE[table], "LIB": "a person"}
        if short not in known and code != "INCONNUE":
            missing.append(code)

    assert codes
    assert missing == []


def test_an_unknown_code_falls_back_on_its_group_and_says_so(lab, cases):
    outcome = lab.run(NAME, cases.case(qualification__whatsHappen__code="C01.99.01"))

    assert only(outcome)["kind"] == "road.accident"
    assert [n.params for n in outcome.notices if n.code == "unknown_code"] == [
        {"value": "C01.99.01", "column": "qualification.whatsHappen.code"}
    ]


@given(code=st.text(max_size=60))
def test_any_text_as_a_code_is_a_kind_or_a_refusal(lab, cases, code):
    outcome = lab.run(NAME, cases.case(qualification__whatsHappen__code=code))

    assert len(outcome.rejects) + len(outcome.records["facts"]) == 1
    assert set(outcome.rejected) <= {"unknown_code", "missing_required"}
    for fact in outcome.records["facts"]:
        assert fact["kind"] in TAXONOMY


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=30)
    | st.sampled_from(["2026-11-23T09:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])
)
TREES = (
    LEAVES
    | st.lists(LEAVES, max_size=3)
    | st.dictionaries(st.sampled_from(["#", "code", "x"]), LEAVES, max_size=3)
)


@given(data=st.data())
def test_any_value_anywhere_gives_records_or_named_refusals(lab, cases, data):
    """Some places of a good message hold whatever JSON can hold."""
    good = {
        "createCase": cases.CASE,
        "emsi": cases.EMSI,
        "resourcesInfoCisu": cases.RESOURCES,
        "geoPositionsUpdate": {"position": [cases.POSITION]},
    }
    name = data.draw(st.sampled_from(sorted(good)), label="message")
    tree = json.loads(json.dumps(good[name]))
    places = list(_places(tree))
    for index in data.draw(st.sets(st.integers(0, len(places) - 1), min_size=1, max_size=4)):
        node, step = places[index]
        node[step] = data.draw(TREES, label=str(step))

    outcome = lab.run(NAME, cases.dump({name: tree}))

    assert outcome.counts or outcome.rejects or outcome.notices
    for record in outcome.rejects:
        assert lab.run(NAME, record.raw).rejects


def _places(node):
    """Yield each container beneath a tree with each of its keys."""
    for step in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, step
        if isinstance(node[step], dict | list):
            yield from _places(node[step])


# --- The public samples --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def public(repo_root):
    text = (repo_root / "tests" / "connectors" / "public" / f"{NAME}.toml").read_text("utf-8")
    return tomllib.loads(text)


def test_every_public_message_gives_what_is_said_of_it(lab, public, shared_dir):
    root = shared_dir / "data" / "messages"
    files = {
        path.relative_to(root).as_posix(): path
        for path in (root / "samu_hub_cisu_emsi_edxl").rglob("*")
        if path.is_file()
    }

    assert set(files) == set(public)
    for name, expected in public.items():
        outcome = lab.run(NAME, files[name].read_bytes())
        left = "refused" if outcome.rejects else "not_used"
        found = "records" if outcome.counts else left
        assert (name, found) == (name, expected["outcome"])
        assert outcome.counts == expected.get("records", {}), name
        if found == "records":
            assert outcome.rejected == {}, name


def test_every_public_envelope_that_is_wrong_is_refused(public):
    wrong = [one["outcome"] for name, one in public.items() if "/failing/EDXL-DE/" in name]

    assert len(wrong) == 14
    assert set(wrong) == {"refused"}


def test_a_public_message_says_the_same_in_json_and_in_xml(lab, public, shared_dir):
    root = shared_dir / "data" / "messages"
    pairs = 0
    for name in public:
        if (
            name.endswith(".json")
            and name.replace(".json", ".xml") in public
            and "failing" not in name
        ):
            first, second = (
                lab.run(NAME, (root / one).read_bytes())
                for one in (name, name.replace(".json", ".xml"))
            )
            assert str(first.records) == str(second.records), name
            assert first.texts == second.texts, name
            pairs += 1

    assert pairs > 80
