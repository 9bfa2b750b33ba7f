"""The demonstration's assessment of the impact on fundamental rights: invented, and marked so."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from vigie.base.clock import now_us
from vigie.civic.register import assessing
from vigie.model.times import at_local
from vigie.situation.assessed_use import sign
from vigie.situation.assessment import FILE, LONGEST_DAYS, Assessed
from vigie.situation.caller import Caller
from vigie.situation.home import Home

OFFICER: Final = Caller("dpo", "dpo")
_MARK: Final = "Démonstration (inventé)"


def make_demo_assessment(home: Home) -> Assessed:
    """Write and sign the demonstration's text; it opens nothing in a home that is no demo."""
    city = home.settings.city
    today = at_local(now_us(home.clock), city.timezone).date()
    values = assessing.draft(city.name, today, blank=_MARK)
    values |= {
        "demonstration": True,
        "deployer": f"{city.name}, ville de démonstration : rien n'est réel",
    }
    (home.path / FILE).write_text(assessing.write(values), encoding="utf-8")
    review_by = min(today + timedelta(days=LONGEST_DAYS), values["period"]["last"])
    return sign(
        home,
        OFFICER,
        who="Personne inventée",
        function="délégué à la protection des données, démonstration",
        review_by=review_by,
    )
