"""Every public message of public transport gives what is written down, or fails as it should."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

FOLDERS = {"gbfs": "gbfs", "gtfs": "gtfs_static", "gtfs_realtime": "gtfs_rt", "siri": "siri"}
"""By connector, the folder of public messages in its format."""


def _written(name):
    path = Path(__file__).parent / "public" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _outcome(found):
    if found.counts:
        return "records"
    return "refused" if found.rejects else "not_used"


@pytest.mark.parametrize(("name", "folder"), FOLDERS.items())
def test_every_public_message_is_listed_and_there(shared_dir, name, folder):
    root = shared_dir / "data" / "messages"
    files = {
        path.relative_to(root).as_posix() for path in (root / folder).rglob("*") if path.is_file()
    }

    assert files == set(_written(name))


@pytest.mark.parametrize("name", FOLDERS)
def test_every_public_message_gives_what_is_written_down(lab, shared_dir, name):
    wrong = {}
    for path, expected in _written(name).items():
        found = lab.run(name, (shared_dir / "data" / "messages" / path).read_bytes())
        if (_outcome(found), found.counts) != (expected["outcome"], expected.get("records", {})):
            wrong[path] = (_outcome(found), found.counts, found.rejected)

    assert wrong == {}


@pytest.mark.parametrize("name", FOLDERS)
def test_every_outcome_has_its_reason(name):
    mute = [path for path, expected in _written(name).items() if not expected.get("reason")]

    assert mute == []


@pytest.mark.parametrize("name", FOLDERS)
def test_what_gives_nothing_says_so(lab, shared_dir, name):
    """A message that is not used leaves a remark with its name."""
    silent = [
        path
        for path, expected in _written(name).items()
        if expected["outcome"] == "not_used"
        and "not_used" not in lab.run(
            name, (shared_dir / "data" / "messages" / path).read_bytes()
        ).noticed
    ]  # fmt: skip

    assert silent == []
