"""What stands in the live room: its home, accounts and feeds, and alert rules that ring."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from _listening import Delays

from vigie.situation.home import Home, init_home, open_home

SOURCES = {1: "rescue-log", 2: "police-log", 3: "sensor-log"}
LOGIN = "room"
PASSWORD = "correct-horse-battery"
WATCHED = "watched place"
BACK_MIN = 120
"""Facts that happened longer ago ring no more."""
STEP = 1 / 500
LON, LAT = 5.30, 43.22
COLUMNS, ROWS = 97, 89
SIDE = 7
"""The watched place holds so many by so many of the points that messages name."""


def _ring(column: int, row: int, side: int) -> list[list[float]]:
    west, south = LON + (column - 0.5) * STEP, LAT + (row - 0.5) * STEP
    east, north = west + side * STEP, south + side * STEP
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def rings(number: int) -> bool:
    """Say whether the message of a number tells of the watched place, of the last two hours."""
    return number % COLUMNS < SIDE and number % ROWS < SIDE and number % 600 < BACK_MIN - 1


RULES: tuple[tuple[str, dict[str, Any], dict[str, Any], int], ...] = (
    ("inside_zone", {"quiet_min": 0}, {"ring": _ring(0, 0, SIDE)}, 5),
    *(
        ("inside_zone", {"kind": kind}, {"ring": _ring(10 * n, 8 * n, 12)}, 3)
        for n, kind in enumerate(("offence", "offence.property", "road", "rescue") * 2)
    ),
    *(
        ("count_high", {"kind": kind, "on": on, "off": on // 2}, {}, 3)
        for kind, on in (("", 20_000), ("offence", 10_000), ("road", 5_000), ("rescue", 500))
    ),
    *(
        (
            "followed_by",
            {"first_kind": first, "then_kind": then, "within_m": 200, "within_min": 15},
            {"ring": _ring(20 * n, 10 * n, 15)},
            2,
        )
        for n, (first, then) in enumerate(
            (("offence", "road"), ("rescue", "offence"), ("road", "rescue"))
        )
    ),
    *(
        ("inside_zone", {"severity_min": 5, "quiet_min": 60}, {"ring": _ring(15 * n, 60, 10)}, 3)
        for n in range(4)
    ),
)
"""Twenty instances: a place where each fact rings, zones, limits, sequences."""


def stand(home: Home) -> None:
    """Set the room's rules."""
    for number, (family, parameters, scope, severity) in enumerate(RULES):
        name = f"rule {number}" if number else WATCHED
        home.desk.alert_rules.put(
            "", after=0, family=family, name=name, parameters=parameters, scope=scope,
            severity=severity, state="on", who="bench", why="",
        )  # fmt: skip


def heard(home: Home, ringing: dict[str, float], rung: dict[str, list[float]]) -> dict[str, Any]:
    """Return how long it took from a message's answer to its alert at every subscriber.

    Of the watched place only: each alert there is of one fact, so of one message. An alert that was
    heard before its message was answered is heard at once.

    Args:
        home: The home, when everything was processed.
        ringing: When messages of that place were answered, by fact.
        rung: When each alert was heard, once for each subscriber.
    """
    (watched,) = (one for one in home.desk.alert_rules.list_all() if one.name == WATCHED)
    delays, told = Delays(), 0
    alerts = {
        str(one.numbers["subjects"][0]): one.alert_id
        for one in home.desk.alerts.since(watched.rule_id, 0)
    }
    for fact_id in alerts.keys() & ringing.keys():
        at = rung.get(alerts[fact_id], [])
        told += bool(at)
        delays.add_all(np.maximum(np.array(at, np.float64) - ringing[fact_id], 0))
    counted = {"rules": len(RULES), "raised": len(alerts.keys() & ringing.keys()), "told": told}
    return {**counted, "in_all": home.desk.alerts.count(), **delays.figures()}


def make_home(
    folder: Path, listeners: int, analysts: int = 0, *, reader: bool = False
) -> tuple[str, list[str], list[str]]:
    """Return, of a new home, the token that may push, those that may listen and analysts'."""
    priorities = {name: number for number, name in SOURCES.items()}
    told = {
        "log_level": "WARNING",
        "intake": {"priorities": priorities},
        "server": {"require_second_factor": [], "reader": reader},
    }
    init_home(folder, told)
    with open_home(folder) as home:
        home.desk.accounts.create(
            LOGIN, name="Operator", role="operator", password=PASSWORD, must_change_password=False
        )
        for source in SOURCES.values():
            home.intake.register(source, "main_courante")
        stand(home)
        push, _ = home.desk.tokens.issue("bench", "ingest", sources=tuple(SOURCES.values()))
        listen = [_reader(home, "operator", number) for number in range(listeners)]
        ask = [_reader(home, "analyst", number) for number in range(analysts)]
    return push, listen, ask


def _reader(home: Home, role: str, number: int) -> str:
    """Return a token that reads as an account of its own of this role."""
    name = f"{role}{number}"
    account = home.desk.accounts.create_without_password(name, name=name, role=role)
    secret, _ = home.desk.tokens.issue(name, "read", account_id=account.account_id)
    return secret
