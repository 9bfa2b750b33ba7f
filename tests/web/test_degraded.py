"""What is lost is seen and takes nothing with it: connector, geocoder, charter, witness (R-13)."""

from __future__ import annotations

import shutil
import socket
import tomllib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import tomli_w

from vigie.base.clock import FixedClock
from vigie.base.errors import SettingsInvalid
from vigie.jobs.witnessing import RULE, show_heads
from vigie.situation.home import Home, open_home
from vigie.situation.rights import CHARTER_FILE
from vigie.web.server import Server

HEAD = (
    "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;ADRESSE;LONGITUDE;LATITUDE;GRAVITE;ETAT\r\n"
)


@dataclass
class Town:
    home: Home
    client: httpx.Client
    witness: Path
    rows: int = 0

    def entry(self, *, where: str = ";5,37;43,29") -> bytes:
        self.rows += 1
        return f"{HEAD}\r\n2026-8{self.rows:04d};30/03/2026;09:05;TN;;{where};2;VERT\r\n".encode()

    def push(self, **told: str) -> None:
        self.home.intake.accept("log", "pushed.csv", self.entry(**told), "text/csv")

    def source(self, name: str) -> dict[str, Any]:
        answer = self.client.get("/api/sources")
        assert answer.status_code == 200, answer.text
        return next(one for one in answer.json()["items"] if one["source"] == name)

    def ready(self) -> int:
        return self.client.get("/readyz").status_code


@pytest.fixture(scope="module")
def town(
    template: Path,
    sample: ModuleType,
    serve_home: Callable[[Home], AbstractContextManager[Server]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """A served home with a witness, and a geocoder that nobody answers for."""
    folder = tmp_path_factory.mktemp("degraded")
    shutil.copytree(template, folder / "home")
    witness = folder / "dpo"
    witness.mkdir()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and not listened at
        told = tomllib.loads((folder / "home" / "vigie.toml").read_text("utf-8"))
        told["intake"] = {"geocoder_url": f"http://127.0.0.1:{nobody.getsockname()[1]}"}
        told["audit"] = {"witnesses": [{"name": "dpo", "folder": str(witness)}]}
        (folder / "home" / "vigie.toml").write_text(tomli_w.dumps(told), "utf-8")
        clock = FixedClock(sample.NOW)
        with open_home(folder / "home", clock=clock) as home, serve_home(home) as server:
            address = f"http://127.0.0.1:{server.port}"
            with httpx.Client(base_url=address, timeout=60) as client:
                account = {"login": "shift_head", "password": sample.PASSWORD}
                assert client.post("/api/session", json=account).status_code == 200
                yield Town(home, client, witness)


def test_without_any_one_connector_its_feed_waits_and_the_others_go_on(town: Town) -> None:
    """Acknowledged stays acknowledged; the feed says why it waits; back, it is read."""
    home, connectors = town.home, town.home.connectors
    assert isinstance(connectors, dict)
    for name in sorted(connectors):
        if connectors[name].needs_mapping:
            continue  # the same door; a mapping would be tried with the connector that is gone
        lost = "log" if name == "main_courante" else f"of_{name}"
        other = "log" if lost != "log" else "of_siri"
        for feed, of in ((lost, name), (other, "main_courante" if other == "log" else "siri")):
            if feed != "log":
                home.intake.register(feed, of)
        before = home.lake.count("facts")
        kept = connectors.pop(name)
        home.intake.accept(lost, "lost", town.entry() if lost == "log" else b"lost")
        home.intake.accept(other, "other", town.entry() if other == "log" else b"other")
        home.intake.drain()
        found = {one.source: one for one in home.intake.health(0)}
        assert (found[lost].backlog, found[lost].last_error) == (1, "not_found"), name
        assert (found[other].backlog, found[other].last_error) == (0, ""), name
        assert home.lake.count("facts") == before + (other == "log")
        if lost == "log":
            assert town.source(lost)["last_error"] == "not_found"
            assert town.ready() == 200
        connectors[name] = kept
        home.intake.drain()
        again = {one.source: one for one in home.intake.health(0)}[lost]
        assert (again.backlog, again.last_error) == (0, ""), name
    assert home.lake.count("facts") > 0


def test_without_the_geocoder_facts_come_in_unplaced_and_say_so(town: Town) -> None:
    before = town.home.lake.count("facts")
    unplaced = town.source("log")["notices"].get("unplaced", 0)
    town.push(where="3 rue que nul ne connaît;;")
    town.push()
    town.home.intake.drain()
    assert town.home.lake.count("facts") == before + 2
    assert town.source("log")["notices"]["unplaced"] == unplaced + 1
    assert town.source("log")["backlog"] == 0
    assert town.ready() == 200


def test_a_charter_that_is_spoilt_stops_no_server_and_starts_none(town: Town) -> None:
    """What is served goes on under the charter that it read; nothing is opened by half a file."""
    path = town.home.path / CHARTER_FILE
    path.write_text("half a file", "utf-8")
    try:
        assert town.client.get("/api/facts").status_code == 200
        with pytest.raises(SettingsInvalid) as refused:
            open_home(town.home.path, clock=town.home.clock)
        assert CHARTER_FILE in refused.value.params["key"]
    finally:
        path.unlink()


def test_without_its_witness_vigie_works_and_an_alert_says_so(town: Town) -> None:
    assert show_heads(town.home) == []
    town.witness.rename(town.witness.with_name("away"))
    (alarm,) = show_heads(town.home)
    assert alarm.params == {"witness": "dpo"}
    town.push()
    town.home.intake.drain()
    assert town.client.get("/api/facts").status_code == 200
    assert town.ready() == 200
    (raised,) = town.home.desk.alerts.list_all(state="raised", only=RULE)
    assert raised.severity == 5
    shown = [one for one in town.client.get("/api/alerts").json()["items"] if one["rule"] == RULE]
    assert len(shown) == 1
    town.witness.with_name("away").rename(town.witness)
    assert show_heads(town.home) == []
