"""What holds for every connector that is registered, by its samples."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st
from tests.rows import for_each

import vigie.connectors
from vigie.base.translations import codes
from vigie.intake.connector import discover

SAMPLES = Path(__file__).parent / "samples"
NAMES = sorted(discover(vigie.connectors))
ALL = {
    name: [
        path.relative_to(SAMPLES / name).as_posix()
        for part in ("valid", "invalid")
        for path in sorted((SAMPLES / name / part).glob("*"))
    ]
    for name in NAMES
}
VALID = {name: [one for one in some if one.startswith("valid/")] for name, some in ALL.items()}


def _unpacked(content: bytes) -> bytes:
    """Return a sample as its connector can read it: an archive's members in a row."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def _load(path: Path):
    spec = importlib.util.spec_from_file_location(f"loaded_{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_there_are_enough_samples_of_both_sorts(name):
    folder = SAMPLES / name

    assert len(list((folder / "valid").glob("*"))) >= 5, f"add valid samples to {folder.name}"
    assert len(list((folder / "invalid").glob("*"))) >= 20, f"add invalid samples to {folder.name}"


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_files_are_those_of_the_cases(name):
    make = _load(SAMPLES / "make.py")
    cases = _load(SAMPLES / name / "cases.py")
    files = {
        path.relative_to(SAMPLES / name).as_posix()
        for part in ("valid", "invalid")
        for path in (SAMPLES / name / part).glob("*")
    }

    assert files == set(cases.CASES), "run tests/connectors/samples/make.py"
    for sample, case in cases.CASES.items():
        if sample not in getattr(cases, "UNSTABLE", ()):
            assert (SAMPLES / name / sample).read_bytes() == case["content"], sample
    written = (SAMPLES / name / "expected.toml").read_text("utf-8")
    assert written.endswith(tomli_w.dumps(make.expected_of(cases)))


@pytest.mark.parametrize("name", NAMES)
@for_each("sample", ALL.__getitem__, "name")
def test_a_sample_gives_what_is_expected(lab, name, sample):
    expected = lab.expected(name)[sample]

    outcome = lab.sample(name, sample)

    assert outcome.rejected == expected.get("rejects", {})
    assert outcome.noticed == expected.get("notices", {})
    assert outcome.counts == expected.get("records", {})
    assert outcome.read == expected.get("read", 0)


@pytest.mark.parametrize("name", NAMES)
@for_each("sample", ALL.__getitem__, "name")
def test_parsing_twice_gives_the_same(lab, name, sample):
    first, second = lab.sample(name, sample), lab.sample_again(name, sample)

    assert [str(row) for rows in first.records.values() for row in rows] == [
        str(row) for rows in second.records.values() for row in rows
    ]
    assert first.notices == second.notices
    assert first.rejects == second.rejects


@pytest.mark.parametrize("name", NAMES)
@for_each("sample", ALL.__getitem__, "name")
def test_every_code_has_a_text_in_both_languages(lab, name, sample):
    outcome = lab.sample(name, sample)

    for remark in [*outcome.notices, *outcome.rejects]:
        assert remark.code in codes()
        for language in ("fr", "en"):
            assert "{" not in remark.text(language), remark


@pytest.mark.parametrize("name", NAMES)
@for_each("sample", VALID.__getitem__, "name")
def test_references_are_there_and_unique_but_for_revisions(lab, name, sample):
    outcome = lab.sample(name, sample)

    for rows in outcome.records.values():
        keys = [(row["source_ref"], row["revision"]) for row in rows]
        assert all(reference for reference, _ in keys)
        if "duplicate" not in sample:
            assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", NAMES)
@for_each("sample", ALL.__getitem__, "name")
def test_a_refused_row_can_be_tried_again(lab, name, sample):
    """Its raw bytes are a payload of the same format, and are refused again for the same reason."""
    context = lab.context(name, sample)

    for reject in lab.sample(name, sample).rejects:
        if reject.row is None or reject.code in {"line_too_long", "truncated_file"}:
            continue
        assert reject.raw
        again = lab.run(name, reject.raw, **context)
        assert reject.code in again.rejected or again.rejected, (reject, again.rejected)
        assert again.counts == {}


@pytest.mark.parametrize("name", NAMES)
@for_each("sample", VALID.__getitem__, "name")
def test_a_good_row_read_again_from_its_raw_form_is_the_same(lab, name, sample):
    """The kit quarantines rows that its own checks refuse by what `raw` gives."""
    context = lab.context(name, sample)
    volatile = {"revision"} if name == "gtfs" else set()

    for chunk in lab.sample(name, sample).chunks:
        if chunk.raw is None:
            continue
        rows = chunk.table.to_pylist()
        for index in range(0, len(rows), max(1, len(rows) // 3)):
            again = lab.run(name, chunk.raw(index), **context)
            found = again.records[chunk.kind]
            kept = [_without(row, volatile) for row in found]
            assert _without(rows[index], volatile) in kept, (rows[index], kept)


def _without(row, names):
    # A stop read alone does not know the routes that serve it, nor its operator.
    loose = {"attributes", "owner", "kind"} if names else set()
    return {key: str(value) for key, value in row.items() if key not in names | loose}


@pytest.mark.parametrize("name", NAMES)
def test_personal_values_of_the_samples_go_nowhere(lab, name):
    planted = _load(SAMPLES / name / "cases.py").PERSONAL
    found = set()

    for sample in lab.expected(name):
        content = (SAMPLES / name / sample).read_bytes()
        found |= {value for value in planted if value.encode() in _unpacked(content)}
        outcome = lab.sample(name, sample)
        said = str(outcome.records) + str(outcome.notices) + str(outcome.texts)
        said += str([reject.params for reject in outcome.rejects])
        assert [value for value in planted if value in said] == []

    assert found == set(planted), "each planted value must stand in some sample"


@pytest.mark.parametrize("name", NAMES)
def test_the_allow_list_names_what_the_valid_samples_hold(lab, name):
    connector = lab.connectors[name]
    if connector.needs_mapping:
        assert connector.fields == ()
        return

    for sample in lab.expected(name):
        if sample.startswith("valid/"):
            assert "unmapped_column" not in lab.sample(name, sample).noticed


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_payload_is_refused_by_name(lab, name):
    sample = next(iter(lab.expected(name)))

    outcome = lab.run(name, b"", **lab.context(name, sample))

    assert outcome.counts == {}
    assert outcome.rejected == {"empty_file": 1}


@pytest.mark.parametrize("name", NAMES)
def test_a_connector_is_named_after_its_module_and_titled_twice(lab, name):
    connector = lab.connectors[name]

    assert connector.name == name
    assert connector.parse.__module__ == f"vigie.connectors.{name}"
    assert set(connector.title) >= {"fr", "en"}
    assert connector.reference


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_no_mutant_of_a_sample_escapes(lab, name, data):
    """Cut, flip, insert, repeat, drop: what comes out is records, notices and rejects."""
    sample = data.draw(st.sampled_from(VALID[name]), label="sample")
    content = bytearray((SAMPLES / name / sample).read_bytes())
    for _ in range(data.draw(st.integers(1, 4), label="mutations")):
        _mutate(content, data)

    outcome = lab.run(name, bytes(content), **lab.context(name, sample))

    for remark in [*outcome.notices, *outcome.rejects]:
        assert remark.code in codes()


def _mutate(content, data):
    at = data.draw(st.integers(0, len(content)), label="at")
    kind = data.draw(st.sampled_from(("cut", "flip", "insert", "repeat", "drop")), label="kind")
    if kind == "cut":
        del content[at:]
    elif kind == "flip" and at < len(content):
        content[at] = data.draw(st.integers(0, 255), label="byte")
    elif kind == "insert":
        hostile = st.sampled_from(
            (
                b'"',
                b"\x00",
                b"\n",
                b"\r",
                b";",
                b",",
                b"{",
                b"]",
                b"\xff\xfe",
                b"\xc3",
                b"\xed\xa0\x80",
                b"99999999999999999999",
                b"-1e308",
                b"=cmd()",
                b"null",
                b"\\ud800",
            )
        )
        content[at:at] = data.draw(st.one_of(hostile, st.binary(max_size=6)), label="bytes")
    elif kind == "repeat":
        content[at:at] = content[at : at + data.draw(st.integers(1, 200), label="length")]
    else:
        del content[at : at + data.draw(st.integers(1, 40), label="length")]
