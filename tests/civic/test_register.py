"""The register tells what runs, all of it, and is not built on a risk that nothing answers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from vigie.base.clock import FixedClock, SystemClock
from vigie.base.errors import VigieError
from vigie.civic.register import gathering, writing
from vigie.civic.register.calculations import false_alarms
from vigie.civic.register.gathering import RiskWithoutProof, gather, risks, words
from vigie.civic.register.writing import PAGES, count, day, duration, term_in_words, write_register
from vigie.desk.alerts import Alert
from vigie.desk.case_acts import Archived
from vigie.privacy.charter import PLANES
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.home import init_home, open_home

CONSOLE = Path(__file__).resolve().parents[2] / "console" / "src"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    path = tmp_path_factory.mktemp("register") / "home"
    init_home(path, {"demo": True, "city": {"name": "Ville <b>d'essai</b>"}})
    with open_home(path, clock=SystemClock()) as opened:
        opened.intake.register(
            "bruit_du_port", "sensors_mqtt", title={"fr": "Bruit & port", "en": "Noise & port"}
        )
        yield opened


@pytest.fixture(scope="module")
def register(home):
    return gather(home, home.rights.charter, home.retention.rulebook.rules)


@pytest.fixture(scope="module")
def pages(home, register, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    files = write_register(register, folder, timezone="Europe/Paris")
    return {path.name: path.read_text("utf-8") for path in files}


class _Tags(HTMLParser):
    """Checks that every tag is closed in order, and keeps what is linked and identified."""

    VOID = frozenset({"meta", "br", "link", "img"})

    def __init__(self):
        super().__init__()
        self.open, self.links, self.ids = [], [], set()

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.links += [said["href"]] if "href" in said else []
        self.ids |= {said["id"]} if "id" in said else set()
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_whole_links_to_its_neighbours_and_asks_nothing_of_a_network(pages, page):
    """Requirement: AIA-6."""
    text = pages[f"{page}.html"]
    tags = _Tags()
    tags.feed(text)

    assert tags.open == []
    assert {link for link in tags.links if not link.startswith("#")} <= set(pages)
    assert not re.search(r"https?://", text)
    assert "<b>d'essai" not in text
    assert "Ville &lt;b&gt;" in text


def test_the_public_page_tells_every_source_calculation_term_and_role(home, register, pages):
    """Requirement: AIA-6."""
    text = pages["index.html"]
    calculations = [*home.analyses, *home.rules, "forecast", "linkage", "allocation", "density"]

    assert "Bruit &amp; port" in text
    assert [name for name in calculations if f"<code>{name}</code>" not in text] == []
    told = [one["dropped"] for one in register["sources"]]
    assert all(len(set(dropped)) == len(dropped) for dropped in told)
    assert any(told)
    assert len(register["terms"]) == len(home.retention.rulebook.rules)
    assert {cell["role"] for cell in register["rights"]} <= set(home.rights.charter.roles)
    cells = sum(len(cell["verbs"]) for cell in register["rights"])
    assert cells == len(home.rights.charter.cells)


def test_the_console_can_look_for_lines_of_every_dataset():
    """A control asks who looked at the recordings as it asks who looked at the facts."""
    journal = (CONSOLE / "features" / "liberties" / "Journal.tsx").read_text("utf-8")
    offered = re.search(r"const DATASETS = \[(.*?)\] as const", journal, re.DOTALL)
    assert offered is not None
    assert set(re.findall(r'"(\w+)"', offered[1])) == set(PLANES)
    for language in ("fr", "en"):
        said = json.loads((CONSOLE / "i18n" / f"{language}.json").read_text("utf-8"))["dataset"]
        assert set(PLANES) <= set(said)


def test_the_false_alarms_of_a_rule_are_public_from_eleven_verdicts_on(home):
    """Requirement: AIA-6."""
    few, enough = sorted(home.rules)[:2]
    for rule, judged in ((few, 10), (enough, 11)):
        told = [Alert(f"{rule}{i}", rule, 3, 1, 2, {"fr": "x", "en": "x"}) for i in range(14)]
        home.desk.alerts.raise_all(told)
        for at, alert in enumerate(told[:judged]):
            verdict = "false" if at < 4 else "true"
            home.desk.alert_acts.append(
                alert.alert_id, "verdict", role="operator", who="o", verdict=verdict
            )
        last = told[-1].alert_id
        home.desk.alert_acts.append(last, "verdict", role="operator", who="o", verdict="unknown")
    assert false_alarms(home) == [
        {
            "what": home.rules[enough].title,
            "measure": {"fr": "fausses alertes", "en": "false alarms"},
            "value": {"fr": "36 % (15 à 65)", "en": "36 % (15 to 65)"},
            "base": {
                "fr": "11 alertes jugées par un agent, 14 levées",
                "en": "11 alerts judged by an agent, 14 raised",
            },
        }
    ]


def test_requisitions_of_ended_months_are_public_and_a_few_are_not_told(tmp_path):
    """Requirement: REQ-6."""
    clock = FixedClock(datetime(2026, 3, 20, tzinfo=UTC))
    init_home(tmp_path / "home")
    with open_home(tmp_path / "home", clock=clock) as opened:
        for month, article, n in (
            ("2026-01", "60-1", 10),
            ("2026-02", "60-1", 11),
            ("2026-03", "99-3", 40),
        ):
            kept = Archived(month, article, emergency=False, used=True, counts={})
            opened.desk.case_acts.append(archives=(kept,) * n)
        told = gather(opened, opened.rights.charter, opened.retention.rulebook.rules)
    assert told["requisitions"] == [
        {"month": "2026-01", "article": "60-1", "n": None},
        {"month": "2026-02", "article": "60-1", "n": 11},
    ]


def test_every_word_of_purposes_verbs_datasets_and_precisions_is_there(home):
    assert set(words("purposes")) == set(Purpose)
    assert set(words("verbs")) == set(Verb)
    assert set(words("datasets")) == set(PLANES)
    assert {one.plane for one in home.retention.rulebook.rules.values()} <= set(words("planes"))


def test_each_risk_points_to_what_answers_it_and_to_a_test(pages):
    """Requirement: AIA-5."""
    for risk in risks():
        proofs = [proof for one in risk["answers"] for proof in one["proofs"]]
        assert proofs
        assert risk["gravity"][1] <= risk["gravity"][0]
        assert risk["likelihood"][1] <= risk["likelihood"][0]
        for one in risk["answers"]:
            assert f"<strong>{one['id']}</strong>" in pages["aipd.html"]


def test_a_risk_that_nothing_proves_an_answer_to_stops_the_register(home, monkeypatch):
    """Requirement: AIA-5."""
    table = gathering._table

    def without(name):
        return {"proofs": {}} if name == "proofs.toml" else table(name)

    monkeypatch.setattr(gathering, "_table", without)
    with pytest.raises(RiskWithoutProof) as caught:
        gather(home, home.rights.charter, home.retention.rulebook.rules)
    assert isinstance(caught.value, VigieError)
    assert caught.value.params["risk"] == "illegitimate_access"


def test_the_data_are_the_register_itself(pages, register):
    assert json.loads(pages[writing.DATA]) == json.loads(json.dumps(register))


def test_the_command_writes_the_register(tmp_path):
    path = tmp_path / "home"
    init_home(path)
    command = [sys.executable, "-m", "vigie", "register", "build", "--home", str(path), "--json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(answer.stdout.splitlines()[-1])

    assert sorted(told["files"]) == sorted(one.name for one in (path / "register").iterdir())
    assert 0 < told["proved"] <= told["requirements"]


def test_french_numbers_days_and_terms():
    assert day("2026-03-01") == "1er mars 2026"
    assert count(1_234_567) == "1\u202f234\u202f567"
    assert [duration(s) for s in (30, 60, 5_400, 7_200, 604_800)] == [
        "30 s", "1 min", "90 min", "2 h", "7 j",
    ]  # fmt: skip
    assert [term_in_words(t) for t in ("1 year", "12 months", "30 days", "3 years")] == [
        "1 an", "12 mois", "30 jours", "3 ans",
    ]  # fmt: skip
