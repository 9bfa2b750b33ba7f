"""The product is whole without the sealed plane: kept, absent, or taken away while it runs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
import tomli_w
from tests.web.conftest import running, sample_home, sign_in

from vigie.base.clock import FixedClock
from vigie.base.ids import record_id
from vigie.base.settings import SETTINGS_FILE
from vigie.jobs.copies.putting_back import put_back
from vigie.jobs.copies.shelf import Shelf
from vigie.jobs.copies.taking import take_copy
from vigie.jobs.doctor.examination import examine
from vigie.lake.erasure import find_bytes
from vigie.lake.sealed import SealedPlane
from vigie.model.contracts import CONTRACTS
from vigie.situation.caller import Caller
from vigie.situation.home import Home, open_home
from vigie.situation.rights_requests import answer_request

CANARY = "Zéphyrine Quillebœuf"
HEADER = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT;OBSERVATIONS\r\n"  # noqa: E501
ENTRY = (
    "{n};30/03/2026;10:{n:02};TN;Tapage nocturne;5,3700;43,2960;2;VERT;"
    f"Mme {CANARY}, 06 12 34 56 78\r\n"
)
DPO = Caller("dpo", "dpo", reason="Demande reçue au guichet, identité vérifiée")
VIEW = {"bbox": "5,43,6,44", "zoom": "15"}


def entries(first: int, n: int) -> bytes:
    return (HEADER + "".join(ENTRY.format(n=i) for i in range(first, first + n))).encode()


def walk(home: Home, client: httpx.Client, first: int) -> list[Any]:
    """Ingest, then look at the map, a situation, an analysis, an export; return the answers."""
    home.intake.accept("log", "more.csv", entries(first, 5), "text/csv")
    assert home.intake.drain() == 1
    sign_in(client, "shift_head", sample_home.PASSWORD)
    answers = [
        client.get("/api/map", params=VIEW),
        client.get("/api/near", params={"lon": "5.37", "lat": "43.296", "radius_m": "400"}),
        client.get("/api/situation", params={"lon": "5.37", "lat": "43.296", "radius_m": "400"}),
        client.get(f"/api/facts/{record_id('log', str(first))}"),
    ]
    assert answers[-1].json()["narrative"] is not None
    sign_in(client, "analyst", sample_home.PASSWORD)
    answers += [
        client.post("/api/analyses/week_profile", json={"params": {}}),
        client.get("/api/export", params={"format": "csv"}),
    ]
    assert [answer.status_code for answer in answers] == [200] * len(answers), answers
    assert CANARY not in "".join(answer.text for answer in answers)
    return [len(answers[0].content), answers[1].json()["facts"], answers[-1].text.count("\n")]


@pytest.mark.parametrize("sealed", ["absent", "kept", "taken away"])
def test_everything_works_without_the_sealed_plane(
    template: Path, tmp_path: Path, sealed: str
) -> None:
    folder = tmp_path / "home"
    shutil.copytree(template, folder)
    settings = {"demo": True, "sealed": {"keep": sealed != "absent", "offences": ["log"]}}
    (folder / SETTINGS_FILE).write_text(tomli_w.dumps(settings), encoding="utf-8")
    with open_home(folder, clock=FixedClock(sample_home.NOW)) as home, running(home) as server:
        client = httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30)
        with client:
            first = walk(home, client, 10)
            if sealed == "taken away":
                shutil.rmtree(folder / "sealed")
            second = walk(home, client, 30)
            assert len(second[1]) >= len(first[1])
            assert second[2] == first[2] + 5
        plane = SealedPlane(folder / "sealed", home.keys, ["log"])
        kept = {"absent": 0, "kept": 10, "taken away": 0}[sealed]
        assert plane.counts() == {"offences": kept, "missions": 0}
        assert (folder / "sealed").exists() == (sealed == "kept")
        if sealed == "kept":
            original = plane.peek("offences", record_id("log", "10"))
            assert original is not None
            assert CANARY in original.text
        for kind in CONTRACTS:
            assert CANARY not in str(home.lake.scan(kind).to_pydict())
    assert find_bytes(folder, [CANARY, CANARY.split(maxsplit=1)[0]]) == []


def test_a_home_whose_sealed_plane_was_taken_away_is_kept_opened_and_brought_back(
    template: Path, tmp_path: Path
) -> None:
    """After the plane is gone: terms, rights of a person, a copy, a start, a home put back."""
    folder, clock = tmp_path / "home", FixedClock(sample_home.NOW)
    shutil.copytree(template, folder)
    settings = {"demo": True, "sealed": {"keep": True, "offences": ["log"]}}
    (folder / SETTINGS_FILE).write_text(tomli_w.dumps(settings), encoding="utf-8")
    with open_home(folder, clock=clock) as home:
        home.intake.accept("log", "more.csv", entries(10, 5), "text/csv")
        home.intake.drain()
        facts = home.lake.count("facts")
        shutil.rmtree(folder / "sealed")
        home.retention.run(by=DPO)
        asked = {"act": "access", "identifiers": [("phone", "06 12 34 56 78")], "beat_s": 0}
        assert answer_request(home, DPO, **asked)["records"] == 0
        take_copy(home, tmp_path / "copies", who="os:test", keys_to=tmp_path / "keys")
    shelf = Shelf(tmp_path / "copies")
    assert shelf.broken(shelf.manifest()) == []
    put_back(shelf, tmp_path / "new", clock, who="os:test", keys=tmp_path / "keys")
    for place in (folder, tmp_path / "new"):
        broken = {one.name for one in examine(place, clock) if one.state == "broken"}
        assert broken <= {"clock", "disk"}, broken  # of the machine, not of the home
        with open_home(place, clock=clock) as home:
            assert home.lake.count("facts") == facts
            assert home.lake.narrative(record_id("log", "10")) is not None
