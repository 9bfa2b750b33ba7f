"""A file in a watched folder is taken once, when it stands still, whatever happens in between."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vigie.base.settings import Settings, WatchedFolder
from vigie.intake.service import Intake
from vigie.intake.watching import FolderWatcher
from vigie.lake.store import Lake

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    one = tmp_path / "watched"
    one.mkdir()
    return one


@pytest.fixture
def watcher(intake: Intake, folder: Path, connectors: Any, clock: Any) -> FolderWatcher:
    return FolderWatcher(
        folder,
        "log",
        connectors["probe"],
        intake._journal,
        clock,
        refuse=intake._transports.refuse_file,
    )


def test_a_file_is_taken_once_it_stands_still(
    watcher: FolderWatcher, folder: Path, intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    path = folder / "a.jsonl"
    path.write_bytes(lines(fact("1")))
    assert watcher.look() == []
    path.write_bytes(lines(fact("1"), fact("2")))  # still being written
    assert watcher.look() == []
    assert watcher.look() == ["a.jsonl"]
    assert watcher.look() == []
    intake.drain()
    assert lake.count("facts") == 2


def test_the_same_content_is_not_taken_again_but_a_changed_one_is(
    watcher: FolderWatcher, folder: Path, intake: Intake, fact: Fact, lines: Lines
) -> None:
    path = folder / "a.jsonl"
    path.write_bytes(lines(fact("1")))
    watcher.look()
    assert watcher.look() == ["a.jsonl"]
    os.utime(path, (1, 1))  # touched, not changed
    assert [watcher.look() for _ in range(3)] == [[], [], []]
    path.write_bytes(lines(fact("1"), fact("2")))
    assert [watcher.look() for _ in range(3)] == [[], ["a.jsonl"], []]


def test_a_restart_takes_nothing_twice(
    watcher: FolderWatcher,
    folder: Path,
    open_intake: Callable[..., Intake],
    intake: Intake,
    connectors: Any,
    clock: Any,
    fact: Fact,
    lines: Lines,
) -> None:
    (folder / "a.jsonl").write_bytes(lines(fact("1")))
    watcher.look()
    watcher.look()
    intake.close()
    again = open_intake()
    other = FolderWatcher(
        folder,
        "log",
        connectors["probe"],
        again._journal,
        clock,
        refuse=again._transports.refuse_file,
    )
    assert [other.look() for _ in range(3)] == [[], [], []]
    assert again.drain() == 1


def test_a_link_is_refused_once_and_other_files_are_left_alone(
    watcher: FolderWatcher, folder: Path, intake: Intake, tmp_path: Path
) -> None:
    (tmp_path / "secret.jsonl").write_bytes(b"{}")
    (folder / "link.jsonl").symlink_to(tmp_path / "secret.jsonl")
    (folder / "notes.txt").write_bytes(b"x")
    for _ in range(3):
        assert watcher.look() == []
    (entry,) = intake.quarantine_list()
    assert (entry.code, entry.file) == ("symbolic_link", "link.jsonl")
    assert intake.health(0)[0].quarantined == 1


def test_a_missing_folder_is_waited_for(
    watcher: FolderWatcher, folder: Path, fact: Fact, lines: Lines
) -> None:
    folder.rmdir()
    assert watcher.look() == []
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(lines(fact("1")))
    watcher.look()
    assert watcher.look() == ["a.jsonl"]


def test_the_running_intake_watches_the_folders_of_its_settings(
    folder: Path, open_intake: Callable[..., Intake], lake: Lake, fact: Fact, lines: Lines
) -> None:
    watched = WatchedFolder(
        path=str(folder), connector="probe", source="log", options={"extra": 1}, period_s=1
    )
    assert Settings().intake.watch == ()
    intake = open_intake(watch=(watched,), linger_ms=10)
    intake.start()
    try:
        (folder / "a.jsonl").write_bytes(lines(fact("1")))
        until = time.monotonic() + 30
        while lake.count("facts") == 0 and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        intake.stop()
    assert lake.count("facts") == 1
    assert [(one.source, one.options) for one in intake.sources()] == [("log", {"extra": 1})]
