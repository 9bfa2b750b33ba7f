"""Event files handed out: the report as PDF and the map as SVG.

Both leave the house: they are disclosed, and the line in the audit names who gets them.
"""

from __future__ import annotations

import json
from dataclasses import replace

from vigie.base.clock import now_us
from vigie.base.errors import WrongUsage
from vigie.base.translations import LANGUAGES
from vigie.foresight.dossier.paper import report_of
from vigie.foresight.dossier.sheet import Ground, map_svg
from vigie.foresight.dossier.writer import Back, Paper, Writer
from vigie.privacy.purposes import Verb
from vigie.reports.maps import PAPERS
from vigie.reports.setting import set_pdf
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.tomorrow.event_after import is_over, look_back
from vigie.situation.tomorrow.event_files import Opened, open_file, remarks_on

LAYERS = ("coast", "water", "streets", "metro", "arrondissements")
LONGEST_RECIPIENT = 120


def report_pdf(
    home: Home, caller: Caller, plan_id: str, *, language: str, sheet: str, recipient: str = ""
) -> tuple[bytes, str]:
    """Return the file of a plan as PDF, and the name to keep it by.

    Args:
        home: The home.
        caller: Who asks.
        plan_id: The plan.
        language: ``fr`` or ``en``.
        sheet: Paper of the map, ``A4`` or ``A3``; the text is on A4.
        recipient: Service that gets it, for the audit.

    Raises:
        Forbidden: When the role may not hand out event files.
        NotFound: When there is no such plan.
        WrongUsage: When the language or the paper is unknown.
    """
    _check(language, sheet)
    opened = open_file(
        home, caller, plan_id, Verb.DISCLOSE, recipient=recipient[:LONGEST_RECIPIENT]
    )
    paper = replace(_paper(home, caller, opened), back=_back(home, caller, opened, recipient))
    pdf = set_pdf(report_of(paper, language, sheet))
    return pdf, f"dossier-{plan_id}-v{opened.number}-{language}.pdf"


def map_picture(
    home: Home, caller: Caller, plan_id: str, *, language: str, sheet: str, recipient: str = ""
) -> tuple[str, str]:
    """Return the map of a file as SVG, and the name to keep it by; raises as ``report_pdf``."""
    _check(language, sheet)
    opened = open_file(
        home, caller, plan_id, Verb.DISCLOSE, recipient=recipient[:LONGEST_RECIPIENT]
    )
    paper = _paper(home, caller, opened)
    say = Writer(paper, language)
    svg = map_svg(
        paper.content,
        paper.plan,
        paper.ground,
        version=say.version,
        date=say.date,
        language=language,
        paper=sheet,
    )
    return svg, f"plan-{plan_id}-v{opened.number}-{language}.svg"


def _check(language: str, sheet: str) -> None:
    if language not in LANGUAGES:
        raise WrongUsage(reason=f"lang: {', '.join(LANGUAGES)}", field="lang")
    if sheet not in PAPERS:
        raise WrongUsage(reason=f"size: {', '.join(PAPERS)}", field="size")


def _paper(home: Home, caller: Caller, opened: Opened) -> Paper:
    version = opened.version
    return Paper(
        plan=opened.plan,
        content=opened.content,
        state=opened.state,
        version=opened.number,
        at_us=now_us(home.clock) if version is None else version.at_us,
        why="" if version is None else version.why,
        remarks=remarks_on(home, caller, opened),
        timezone=home.settings.city.timezone,
        ground=ground_of(home),
    )


def _back(home: Home, caller: Caller, opened: Opened, recipient: str) -> Back | None:
    """Return what is looked back on, None before the event is over.

    Counts go with the file where the caller may hand figures out, too; else it says that they
    do not.
    """
    plan, at_us = opened.plan, now_us(home.clock)
    if not is_over(home, plan):
        return None
    if not home.rights.may(caller, "figures", Verb.DISCLOSE):
        return Back(at_us, None)
    view = home.rights.ask(
        caller,
        "figures",
        Verb.DISCLOSE,
        subject={"plan": plan.plan_id, "question": "after_action"},
        recipient=recipient[:LONGEST_RECIPIENT],
    )
    return Back(at_us, look_back(home, caller, opened, view))


def ground_of(home: Home) -> Ground:
    """Return the outline of the home's city."""
    known = {name: home.frame.layer(name) for name in LAYERS if name in home.frame.layers}
    return Ground({name: json.loads(content) for name, content in known.items()})
