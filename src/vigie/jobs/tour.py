"""``vigie demo --tour``: a newcomer is walked through a running demonstration.

Everything is done over HTTP, as the console does it, by the accounts of the demonstration; the one
second investigator is made as ``vigie user add`` makes one. No browser is opened.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from vigie.base.clock import from_us, to_rfc3339
from vigie.base.errors import Conflict, WrongUsage
from vigie.jobs.staging import Staged, can_stage, stage
from vigie.jobs.tour_words import WORDS
from vigie.situation import people
from vigie.situation.caller import Caller
from vigie.situation.demonstration import DEMO_PASSWORD
from vigie.situation.home import open_home

KEEPER: Final = "visite-gardien"
TOUR_PASSWORD: Final = "visite-guidee-de-vigie"  # noqa: S105 - of a demonstration, and told
FEEDS: Final = 4
"""Police, rescue, a citizen, a density signal."""
BACK_US: Final = 300_000_000
PAST_DAYS, WEEK = 60, 7
TRIES, AGAIN_S = 90, 1.0
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
        self._language = language
        self._say, self._wait, self._password = say, wait, password
        said = {"Accept-Language": language}
        self._client = httpx.Client(base_url=address, timeout=120, headers=said)

    def walk(self) -> dict[str, Any]:
        """Walk every step; returns what the package's own verifier found."""
        with self._client:
            self._tell("hello", address=self.address, password=self._password)
            self._tomorrow()
            self._today()
            case_id, requisition_id, sha256 = self._case()
            self._approvals(case_id, requisition_id, sha256)
            found = self._package(case_id, requisition_id, sha256)
            self._liberties(case_id)
            self._week_later()
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

    def _tomorrow(self) -> None:
        """Before: what the agenda warned of, first about a match."""
        self._enter("planner")
        found = self._ask("GET", "/api/clashes")["items"]
        agenda = self._ask("GET", "/api/agenda?days=60&kind=event.sport.match&once=true")["plans"]
        matches = {one["plan_id"] for one in agenda}
        mine = [one for one in found if matches & set(one["plans"])] or found
        if not mine:
            self._tell("quiet")
            return
        first = mine[0]
        event = next(iter(matches & set(first["plans"])), first["plans"][0])
        told = {"n": len(found), "first": first["explanation"][self._language]}
        self._tell("tomorrow", clash=first["clash_id"], event=event, **told)

    def _today(self) -> None:
        """Live: a brawl is staged, and one situation holds what four feeds tell of it."""
        self._enter("operator")
        self._enter("shift_head")
        near = self._ask("GET", "/api/city")["center"]
        with open_home(self._home) as opened:
            if not can_stage(opened):
                self._tell("today")
                self._tell("dark")
                return
            staged = stage(opened, self.address, near, ("operator", "shift_head"))
        alert, around = self._situation(staged)
        (told,) = [one for one in around["incidents"] if len(one["sources"]) == FEEDS][:1]
        about = f"alert:{alert['alert_id']}"
        self._tell(
            "situation",
            about=about,
            alert=alert["explanation"][self._language],
            percent=round(100 * told["probability"]),
            sources=", ".join(told["sources"]),
            means=len(around["means"]),
        )
        if staged.film:
            since = from_us(staged.at_us - BACK_US).strftime("%Y-%m-%dT%H:%M:%SZ")
            self._tell("camera", camera=staged.camera, since=since, about=about)
        else:
            self._tell("dark")

    def _situation(self, staged: Staged) -> tuple[dict[str, Any], dict[str, Any]]:
        """Wait until the alert rings and its situation holds the four feeds."""
        at, told = to_rfc3339(staged.at_us), None
        for _ in range(TRIES):
            alerts = self._ask("GET", "/api/alerts")["items"]
            mine = [one for one in alerts if one["at"] == at and one["lon"] is not None]
            for told in mine:
                place = f"/api/situation?about=alert:{told['alert_id']}"
                around = self._ask("GET", place)
                if any(len(one["sources"]) == FEEDS for one in around["incidents"]):
                    return told, around
            time.sleep(AGAIN_S)
        raise WrongUsage(reason="the brawl that was staged rang nowhere", field="tour")

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

    def _week_later(self) -> None:
        """Set the forecast of the latest match that is a week old beside what happened."""
        self._enter("planner")
        now = datetime.fromisoformat(self._ask("GET", "/api/city")["now"])
        asked = {"from": (now - timedelta(days=PAST_DAYS)).isoformat(), "days": PAST_DAYS - WEEK}
        query = urlencode({**asked, "kind": "event.sport.match", "once": "true"})
        plans = self._ask("GET", f"/api/agenda?{query}")["plans"]
        for one in sorted(plans, key=lambda plan: plan["starts_at"], reverse=True):
            told = self._ask("GET", f"/api/event-files/{one['plan_id']}/after-action")["foreseen"]
            found = told and told["figures"]
            if one["state"] == "cancelled" or not found or found["observed"] is None:
                continue
            values: dict[str, Any] = {
                name: f"{found['total'][name]:.0f}" for name in ("mean", "low80", "high80")
            }
            values |= {name: found[name] for name in ("observed", "events")}
            reading = self._words[found["beyond"]]
            self._tell("later", event=one["plan_id"], title=one["title"], reading=reading, **values)
            return
        self._tell("no_later")
