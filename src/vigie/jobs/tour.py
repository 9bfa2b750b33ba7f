"""``vigie demo --tour``: a newcomer is walked through a running demonstration.

Everything is done over HTTP, as the console does it, by the accounts of the demonstration; the one
second investigator is made as ``vigie user add`` makes one. No browser is opened.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from vigie.base.errors import Conflict, WrongUsage
from vigie.jobs.tour_words import WORDS
from vigie.situation import people
from vigie.situation.caller import Caller
from vigie.situation.demonstration import DEMO_PASSWORD
from vigie.situation.home import open_home

KEEPER: Final = "visite-gardien"
TOUR_PASSWORD: Final = "visite-guidee-de-vigie"  # noqa: S105 - of a demonstration, and told
_HALF: Final = 0.02
_OK = 300
VERIFIER = "verify_evidence.py"

Say = Callable[[str], None]


class Tour:
    """One walk.

    Args:
        address: Of the running demonstration.
        home: Its folder, where the second investigator is made.
        language: ``fr`` or ``en``.
        say: Shows a text.
        wait: Waits until the person goes on.
        password: What the demonstration's accounts have, or get, as password.
    """

    def __init__(
        self,
        address: str,
        home: Path,
        *,
        language: str,
        say: Say,
        wait: Callable[[], None],
        password: str = TOUR_PASSWORD,
    ) -> None:
        self.address, self._home, self._words = address, home, WORDS[language]
        self._say, self._wait, self._password = say, wait, password
        said = {"Accept-Language": language}
        self._client = httpx.Client(base_url=address, timeout=120, headers=said)

    def walk(self) -> dict[str, Any]:
        """Walk every step; returns what the package's own verifier found."""
        with self._client:
            self._tell("hello", address=self.address, password=self._password)
            self._today()
            self._tomorrow()
            case_id, requisition_id, sha256 = self._case()
            self._approvals(case_id, requisition_id, sha256)
            found = self._package(case_id, requisition_id, sha256)
            self._liberties(case_id)
            self._tell("end", rest=False)
        return found

    def _tell(self, step: str, *, rest: bool = True, **values: object) -> None:
        text = self._words[step]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        self._say(text.replace("{url}", self.address))
        if rest:
            self._wait()

    def _ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = self._client.request(method, path, json=body, headers=headers)
        if answer.status_code >= _OK:
            raise WrongUsage(reason=f"{path}: {answer.status_code} {answer.text[:200]}")
        return answer.json() if answer.content else None

    @staticmethod
    def _refusal(problem: dict[str, Any]) -> str:
        """Return what a refused step answers, in words."""
        if "code" not in problem:
            raise WrongUsage(reason="a step that must be refused was not", field="tour")
        return str(problem.get("detail") or problem["title"])

    def _enter(self, login: str, *firsts: str) -> None:
        """Sign in with the tour's password, or with a first one that is changed to it."""
        for given in (self._password, *firsts, DEMO_PASSWORD):
            said = {"login": login, "password": given}
            answer = self._client.post("/api/session", json=said)
            if answer.status_code >= _OK:
                continue
            self._client.headers["X-CSRF-Token"] = answer.json()["csrf"]
            if answer.json()["account"]["must_change_password"]:
                change = {"current": given, "new": self._password}
                self._ask("POST", "/api/session/password", change)
                self._enter(login)
            return
        raise WrongUsage(reason=f"{login}: --tour-password", field="tour-password")

    def _today(self) -> None:
        self._enter("shift_head")
        facts = self._ask("GET", "/api/facts?limit=1")["items"]
        self._tell("today")
        if facts:
            about = f"fact:{facts[0]['fact_id']}"
            around = self._ask("GET", f"/api/situation?about={about}")
            counts: dict[str, Any] = {
                name: len(around[name]) for name in ("facts", "incidents", "plans", "means")
            }
            self._tell("situation", about=about, **counts)

    def _tomorrow(self) -> None:
        self._enter("planner")
        found = self._ask("GET", "/api/clashes")["items"]
        lang = "fr" if self._words is WORDS["fr"] else "en"
        first = found[0]["explanation"][lang] if found else "–"
        self._tell("tomorrow", n=len(found), first=first)

    def _keeper(self) -> str:
        """Make the second investigator; returns a first password, empty where there is one."""
        with open_home(self._home) as opened:
            try:
                role = "investigator"
                return people.create(
                    opened, Caller("tour", "system"), KEEPER, name=KEEPER, role=role
                )
            except Conflict:
                return ""

    def _query(self, hours: int) -> dict[str, Any]:
        city = self._ask("GET", "/api/city")
        end = datetime.fromisoformat(city["now"]).replace(second=0, microsecond=0)
        lon, lat = city["center"]
        corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        return {
            "from": (end - timedelta(hours=hours)).isoformat(),
            "to": end.isoformat(),
            "ring": [[lon + _HALF * x, lat + _HALF * y] for x, y in corners],
        }

    def _case(self) -> tuple[str, str, str]:
        self._enter(KEEPER, self._keeper())
        self._enter("investigator")
        case = self._ask(
            "POST",
            "/api/cases",
            {
                "reference": "VISITE/1",
                "authority": "Parquet (visite)",
                "offence": "offence.person.brawl",
                "custodian": KEEPER,
            },
        )["case_id"]
        self._tell("case", case=case)
        act = self._query(12)
        paper = {
            "article": "60-1",
            "number": "VISITE-1",
            "authority": "Commissariat (visite)",
            "act": act,
            "document": {"name": "acte-de-visite.pdf", "sha256": "0" * 64},
        }
        told = self._ask("POST", f"/api/cases/{case}/requisitions", paper)
        requisition = told["requisition_list"][-1]["requisition_id"]
        place = f"/api/cases/{case}/requisitions/{requisition}/query"
        wider = act | {"from": self._query(13)["from"]}
        refused = self._client.post(place, json=wider).json()
        self._tell("wider", case=case, requisition=requisition, said=self._refusal(refused))
        bound = self._ask("POST", place, act)["requisition_list"][-1]
        return case, requisition, bound["query_sha256"]

    def _approvals(self, case: str, requisition: str, sha256: str) -> None:
        place = f"/api/cases/{case}/requisitions/{requisition}/approve"
        body = {"query_sha256": sha256}
        refused = self._client.post(place, json=body).json()
        for login in (KEEPER, "dpo"):
            self._enter(login)
            self._ask("POST", place, body)
        self._tell("approvals", case=case, requisition=requisition, said=self._refusal(refused))

    def _package(self, case: str, requisition: str, sha256: str) -> dict[str, Any]:
        self._enter("investigator")
        body = {"query_sha256": sha256}
        place = f"/api/cases/{case}/requisitions/{requisition}/run"
        made = self._ask("POST", place, body)
        again = self._client.post(place, json=body).json()
        folder = Path(tempfile.mkdtemp(prefix="vigie-visite-"))
        path = folder / f"{made['package_id']}.zip"
        path.write_bytes(self._client.get(f"/api/cases/{case}/packages/{path.stem}").content)
        with zipfile.ZipFile(path) as package:
            program = package.extract(VERIFIER, folder)
        done = subprocess.run(
            [sys.executable, "-S", "-I", program, str(path)],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        counts = json.dumps(made["counts"])
        said: dict[str, Any] = {"counts": counts, "path": path, "found": done.stdout.strip()}
        self._tell(
            "package", case=case, requisition=requisition, again=self._refusal(again), **said
        )
        return {"path": str(path), "said": done.stdout, "counts": made["counts"]}

    def _liberties(self, case: str) -> None:
        self._ask("POST", f"/api/cases/{case}/close")
        self._enter("dpo")
        reason = {"X-Vigie-Reason": f"Visite guidee, dossier {case[-12:]}"}
        lines = self._ask("GET", "/api/audit?dataset=vault&limit=20", **reason)["items"]
        self._tell("liberties", n=len(lines), case=case)
