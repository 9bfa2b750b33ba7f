"""Identifiers: the same everywhere, for ever."""

from hypothesis import given
from hypothesis import strategies as st

from vigie.base.ids import ID_LENGTH, content_id, new_id, new_secret, record_id, record_ids

TEXT = st.text(max_size=60)


def test_a_record_id_never_changes() -> None:
    assert record_id("main_courante", "2026-0001234") == "yvj5xvasy5iqrpazdmwwdcjs"


@given(TEXT, st.lists(TEXT, max_size=20))
def test_columns_and_single_values_agree(source: str, refs: list[str]) -> None:
    assert record_ids(source, refs) == [record_id(source, ref) for ref in refs]


@given(st.lists(st.tuples(TEXT, TEXT), unique=True, max_size=40))
def test_two_records_never_share_an_id(pairs: list[tuple[str, str]]) -> None:
    short = [(source[:16], ref) for source, ref in pairs]
    ids = {record_id(source, ref) for source, ref in short}

    assert len(ids) == len(set(short))
    assert all(len(each) == ID_LENGTH and each == each.lower() for each in ids)


def test_random_ids_and_secrets_differ() -> None:
    assert new_id("batch").startswith("batch-")
    assert len({new_id() for _ in range(1000)}) == 1000
    assert len(new_secret()) >= 43


def test_content_is_named_by_its_sha256() -> None:
    assert content_id(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
