"""Heads shown to a folder and to a real tlog-witness: what does not fit is an alarm."""

from __future__ import annotations

import base64
import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vigie.audit.line import Line
from vigie.base.clock import FixedClock
from vigie.base.settings import SETTINGS_FILE
from vigie.cli.main import run
from vigie.jobs.schedule import Schedule
from vigie.jobs.witnessing import EVENT_TYPE, RULE, show_heads
from vigie.privacy.checkpoint import WITNESS, PublicKey, parse, parse_key, public_of, sign, signers
from vigie.privacy.merkle import EMPTY, verify_consistency
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.home import Home, init_home, open_home

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


class RealWitness:
    """C2SP tlog-witness: keeps the last checkpoint of one log, takes only what grew from it."""

    name = "temoin.example"

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.log: PublicKey | None = None
        self.size, self.root = 0, EMPTY
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                status, text = outer.answer(body) if self.path == "/add-checkpoint" else (404, "")
                self.send_response(status)
                self.send_header("content-length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, body: str) -> tuple[int, str]:
        head, _, note = body.partition("\n\n")
        old, *proof = head.split("\n")
        if self.log is None or not signers(note, [self.log]):
            return 403, ""
        point = parse(note)
        if int(old.removeprefix("old ")) != self.size:
            return 409, f"{self.size}\n"
        if point.size == self.size:
            same = point.root == self.root
            return (200, self.cosign(point.text())) if same else (409, f"{self.size}\n")
        hashes = [base64.b64decode(one) for one in proof]
        grew = verify_consistency(self.size, point.size, self.root, point.root, hashes)
        if not (grew or (self.size == 0 and not hashes)):
            return 422, ""
        self.size, self.root = point.size, point.root
        return 200, self.cosign(point.text())

    def cosign(self, text: str) -> str:
        return sign(text, self.private, self.name, time_s=1_800_000_000)


@pytest.fixture
def real() -> Iterator[RealWitness]:
    witness = RealWitness()
    yield witness
    witness.server.shutdown()
    witness.server.server_close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "dpo"
    folder.mkdir()
    return folder


def prepared(home: Path, *witnesses: dict[str, object]) -> Path:
    init_home(home)
    text = tomli_w.dumps({"audit": {"witnesses": list(witnesses)}})
    (home / SETTINGS_FILE).write_text(text, "utf-8")
    return home


def tell(home: Home, n: int) -> None:
    for number in range(n):
        home.audit.append(
            Line(number, Verb.CONSULT, "amelie", "operator", Purpose.LIVE_RESPONSE, "facts")
        )


def codes(home: Home) -> list[str]:
    return [alarm.code for alarm in show_heads(home)]


def test_a_folder_is_given_each_head_and_compared_with_the_log(home, kept, clock):
    """Requirement: P-LOG-3."""
    prepared(home, {"name": "DPD", "folder": str(kept)})
    with open_home(home, clock=clock) as opened:
        for _ in range(3):
            tell(opened, 5)
            assert codes(opened) == []
        key = opened.audit.public_key
    (file,) = kept.iterdir()
    notes = file.read_text("utf-8").split("\n\n")
    assert [int(text.split("\n")[1]) for text in notes[:-1:2]] == [5, 10, 15]
    assert signers(notes[-3] + "\n\n" + notes[-2] + "\n", [key]) == [key]


def test_a_log_put_back_to_an_older_copy_is_an_alarm_within_the_hour(home, kept, clock):
    """Requirement: P-LOG-3."""
    prepared(home, {"name": "DPD", "folder": str(kept)})
    with open_home(home, clock=clock) as opened:
        tell(opened, 5)
        show_heads(opened)
    shutil.copytree(home / "audit", home / "older")
    with open_home(home, clock=clock) as opened:
        tell(opened, 5)
        show_heads(opened)
    evidence = next(kept.iterdir()).read_bytes()
    shutil.rmtree(home / "audit")
    (home / "older").rename(home / "audit")
    with open_home(home, clock=clock) as opened:
        schedule = Schedule(opened)
        clock.advance(timedelta(hours=1))
        schedule.run_due()
        (alert,) = (one for one in opened.desk.alerts.list_all() if one.rule == RULE)
        assert alert.numbers["code"] == "audit_rewound"
        tell(opened, 6)  # grown past the witness, but another story
        assert codes(opened) == ["audit_forked"]
    assert next(kept.iterdir()).read_bytes() == evidence


def test_a_witness_that_forgot_or_holds_something_else_is_an_alarm(home, kept, clock):
    """Requirement: P-LOG-3."""
    prepared(home, {"name": "DPD", "folder": str(kept)})
    with open_home(home, clock=clock) as opened:
        tell(opened, 5)
        show_heads(opened)
        (file,) = kept.iterdir()
        before = file.read_bytes()
        tell(opened, 5)
        show_heads(opened)
        file.write_bytes(before)
        assert codes(opened) == ["audit_witness_rewound"]
        file.write_bytes(before.replace(b"\n5\n", b"\n4\n"))
        assert codes(opened) == ["audit_witness_unreadable"]
        shutil.rmtree(kept)
        assert codes(opened) == ["audit_witness_unreachable"]


def test_a_tlog_witness_signs_what_grew(home, real, clock):
    """Requirement: P-LOG-3, P-LOG-7."""
    witness_key = public_of(real.private, real.name, WITNESS)
    prepared(
        home,
        {"name": "ville", "url": real.url, "private": True, "key": str(witness_key)},
    )
    with open_home(home, clock=clock) as opened:
        real.log = opened.audit.public_key
        for n in (3, 4):
            tell(opened, n)
            assert codes(opened) == []
        assert real.size == 7
        cosigned = (home / "audit" / "cosigned" / "ville.checkpoint").read_text("utf-8")
        both = [opened.audit.public_key, parse_key(str(witness_key))]
        assert signers(cosigned, both) == both
        (home / "audit" / "witnesses.json").unlink()  # what it was shown is asked of it
        tell(opened, 1)
        assert codes(opened) == []
        assert real.size == 8


def test_a_tlog_witness_finds_another_story_and_an_older_copy(home, real, clock):
    """Requirement: P-LOG-3."""
    prepared(home, {"name": "ville", "url": real.url, "private": True})
    with open_home(home, clock=clock) as opened:
        real.log = opened.audit.public_key
        tell(opened, 5)
        show_heads(opened)
        assert codes(opened) == []
        real.root = bytes(32)
        assert codes(opened) == ["audit_forked"]
        tell(opened, 1)
        assert codes(opened) == ["audit_forked"]
        real.size = 100
        assert codes(opened) == ["audit_rewound"]
        real.log = None
        assert codes(opened) == ["audit_witness_refused"]
        real.server.shutdown()
        real.server.server_close()
        assert codes(opened) == ["audit_witness_unreachable"]


def test_a_cosignature_by_another_key_is_none(home, real, clock):
    other = public_of(Ed25519PrivateKey.generate(), real.name, WITNESS)
    prepared(home, {"name": "ville", "url": real.url, "private": True, "key": str(other)})
    with open_home(home, clock=clock) as opened:
        real.log = opened.audit.public_key
        tell(opened, 1)
        assert codes(opened) == ["audit_witness_unreadable"]


def test_an_alarm_is_told_once_a_day_and_the_command_fails(home, kept, clock, capsys):
    prepared(home, {"name": "DPD", "folder": str(kept)})
    kept.rmdir()
    with open_home(home, clock=clock) as opened:
        for _ in range(2):
            assert codes(opened) == ["audit_witness_unreachable"]
        events = [one for one in opened.intake.events.since(0) if one.type == EVENT_TYPE]
        assert len(events) == 1
    assert run(["audit", "witness", "--home", str(home), "--json"]) == 1
    assert "DPD" in capsys.readouterr().out
    kept.mkdir()
    assert run(["audit", "witness", "--home", str(home)]) == 0
