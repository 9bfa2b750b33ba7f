"""A line of the audit is told to another system once it is on disk: who did what, never why."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime

from vigie.audit.line import Line
from vigie.base.clock import FixedClock
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.home import init_home, open_home


def test_an_audit_line_is_told_elsewhere_without_reason_case_or_subject(tmp_path):
    path = tmp_path / "log"
    init_home(tmp_path / "home", {"log": {"syslog": f"unix:{path}"}})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(path))
        listener.settimeout(20)
        with open_home(
            tmp_path / "home", clock=FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
        ) as home:
            index = home.audit.append(
                Line(
                    at_us=1_772_323_200_000_000,
                    verb=Verb.CONSULT,
                    who="amina",
                    role="operator",
                    purpose=Purpose.OVERSIGHT,
                    dataset="facts",
                    subject={"fact": "fact-1", "act": "look"},
                    outcome="refused",
                    reason="un motif que personne d'autre ne lit",
                    case="2026/17",
                )
            )
            told = listener.recv(9_000)
    body = json.loads(told.partition(b" - ")[2])

    assert told.startswith(b"<108>1 2026-03-01T00:00:00")
    assert body == {
        "line": index,
        "verb": "consult",
        "who": "amina",
        "role": "operator",
        "purpose": "oversight",
        "dataset": "facts",
        "act": "look",
        "outcome": "refused",
    }
