"""A small home with a brawl in a square, its neighbours in place and time, and four accounts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.lake.samples import complete
from tests.situation.retention.homes import PARIS, facts, us

from vigie.base.clock import FixedClock, from_us
from vigie.inquiry import cases, requisitions
from vigie.inquiry.query import Query, make_query
from vigie.inquiry.requisitions import Document, Paper
from vigie.lake.sealed import ORIGINALS
from vigie.model.contracts import NARRATIVES
from vigie.situation.caller import Caller
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.own_door import OwnDoor
from vigie.watch.recording.sheet import CameraSheet

PASSWORD = "Une phrase de passe 4 l'enquete!"
START = datetime(2026, 3, 20, 12, 0, tzinfo=PARIS)
FROM, TO = us(2026, 3, 19, 18), us(2026, 3, 19, 23)
SQUARE = ((5.36, 43.29), (5.38, 43.29), (5.38, 43.31), (5.36, 43.31))
INSIDE, OUTSIDE, EARLIER = us(2026, 3, 19, 20), us(2026, 3, 19, 21), us(2026, 3, 19, 12)
WRITTEN = "Rixe signalée par M. Durand, 06 12 34 56 78"
ROLES = {"ines": "investigator", "karim": "investigator", "lea": "investigator", "dpo": "dpo"}


def paper(**changes: Any) -> Paper:
    """A whole requisition over the square and the evening."""
    given: dict[str, Any] = {
        "article": "60-1",
        "number": "2026/0417",
        "authority": "Commissariat central",
        "act": query(),
        "document": Document("requisition.pdf", "a" * 64),
        "emergency": False,
    }
    return Paper(**given | changes)


def query(**changes: Any) -> Query:
    """The evening in the square."""
    given: dict[str, Any] = {"from_us": FROM, "to_us": TO, "ring": SQUARE}
    return make_query(**given | changes)


class Scene:
    """A home and its people."""

    def __init__(self, path: Path, **settings: Any) -> None:
        self.clock = FixedClock(START)
        init_home(path, {"sealed": {"keep": True}, "demo": True, **settings})
        self.home: Home = open_home(path, clock=self.clock)
        self.facts = pa.concat_tables(
            [
                facts([INSIDE], prefix="IN"),
                facts([OUTSIDE], prefix="OUT", lon=[5.45]),
                facts([EARLIER], prefix="EARLY"),
            ]
        )
        self.home.lake.commit("facts", self.facts)
        self.ids = self.facts["fact_id"].to_pylist()
        self._texts()
        self.callers = {}
        for login, role in ROLES.items():
            account = self.home.desk.accounts.create(
                login, name=login, role=role, password=PASSWORD, must_change_password=False
            )
            self.callers[login] = Caller(login, role, account.account_id)

    def _texts(self) -> None:
        n = len(self.ids)
        days = [day.isoformat() for day in self.facts["local_day"].to_pylist()]
        shared = {"fact_id": self.ids, "source": ["police"] * n, "part": days}
        zeros = pa.array([0] * n, pa.int64())
        told = {
            "text": [f"récit {i}" for i in range(n)],
            "redactions": pa.array([0] * n, pa.int32()),
        }
        live = pa.table(shared | told | {"revision": zeros})
        self.home.lake.commit_narratives(live.select(NARRATIVES.names).cast(NARRATIVES))
        said = {"source_ref": ["MC-1"] * n, "text": [f"{WRITTEN} ({i})" for i in range(n)]}
        sealed = pa.table(shared | said | {"revision": zeros})
        self.home.lake.commit_originals(sealed.select(ORIGINALS.names).cast(ORIGINALS))

    def door(self, login: str) -> OwnDoor:
        """The door of one of the people."""
        return OwnDoor(self.home.rights, self.callers[login])

    def case(self) -> str:
        """A new case: Inès asks, Karim keeps."""
        told = cases.open_case(
            self.home,
            self.door("ines"),
            reference="26/01234",
            authority="Parquet, tribunal judiciaire",
            offence="offence.person.brawl",
            custodian="karim",
        )
        return str(told["case_id"])

    def requisition(self, case_id: str, **changes: Any) -> str:
        """A requisition of a case."""
        told = requisitions.enter(self.home, self.door("ines"), case_id, paper(**changes))
        return str(told["requisition_list"][-1]["requisition_id"])

    def approved(self, case_id: str, requisition_id: str, asked: Query | None = None) -> str:
        """Bind a query and have it approved by both; returns its hash."""
        asked = asked or query()
        sha = asked.sha256(requisition_id)
        requisitions.bind(self.home, self.door("ines"), case_id, requisition_id, asked)
        for login in ("karim", "dpo"):
            requisitions.approve(self.home, self.door(login), case_id, requisition_id, sha)
        return sha


def put_camera(scene: Scene, number: str, lon: float) -> None:
    """Put a camera into the register of places, and let it record."""
    row = {"place_id": f"place-{number}", "source_ref": number, "kind": "place.camera.dome",
           "label": number, "lon": lon, "lat": 43.30, "valid_from": from_us(FROM)}  # fmt: skip
    scene.home.lake.commit("places", complete("places", [row | {"valid_from_us": FROM}]))
    scene.home.video.index.put_camera(
        CameraSheet(
            camera_id=number,
            label=number,
            authorisation="13-2026-1",
            authorised_until_us=TO + 400 * 86_400_000_000,
            purposes=(1,),
            retention_days=30,
            masks="not_needed",
            service="CSU",
            stream="sealed",
        )
    )
