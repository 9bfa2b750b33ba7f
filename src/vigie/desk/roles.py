"""The roles in words, and what the console asks about a role: permissions, drawn from the charter.

A permission is the name of one cell column of the charter (a verb on a dataset, whatever the
purpose). Nothing is decided by it: ``situation.rights`` decides, by the charter itself.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from vigie.privacy.charter import Charter, shipped_charter
from vigie.privacy.purposes import Verb

PERMISSIONS: Final = MappingProxyType(
    {
        "read_figures": (Verb.CONSULT, "figures"),
        "read_facts": (Verb.CONSULT, "facts"),
        "enter_facts": (Verb.COLLECT, "facts"),
        "read_narratives": (Verb.CONSULT, "narratives"),
        "read_means": (Verb.CONSULT, "means"),
        "read_shift": (Verb.CONSULT, "shift"),
        "read_messages": (Verb.CONSULT, "public_messages"),
        "read_plans": (Verb.CONSULT, "plans"),
        "enter_plans": (Verb.COLLECT, "plans"),
        "amend_plans": (Verb.ALTER, "plans"),
        "decide_plans": (Verb.ALTER, "authorisations"),
        "read_sources": (Verb.CONSULT, "sources"),
        "read_quarantine": (Verb.CONSULT, "quarantine"),
        "manage_sources": (Verb.ALTER, "sources"),
        "export": (Verb.DISCLOSE, "facts"),
        "run_analyses": (Verb.COMBINE, "figures"),
        "read_forecasts": (Verb.CONSULT, "forecasts"),
        "run_forecasts": (Verb.COMBINE, "forecasts"),
        "override_forecasts": (Verb.ALTER, "forecasts"),
        "manage_accounts": (Verb.ALTER, "accounts"),
        "read_audit": (Verb.CONSULT, "audit"),
        "read_retention": (Verb.CONSULT, "retention"),
        "keep_fields": (Verb.ALTER, "retention"),
        "break_glass": (Verb.COLLECT, "breakglass"),
        "answer_rights": (Verb.DISCLOSE, "rights_requests"),
        "review_glass": (Verb.ALTER, "breakglass"),
        "read_cases": (Verb.CONSULT, "cases"),
        "read_cameras": (Verb.CONSULT, "cameras"),
        "read_grants": (Verb.CONSULT, "detection_grants"),
        "delegate": (Verb.COLLECT, "delegations"),
        "read_delegations": (Verb.CONSULT, "delegations"),
    }
)

ROLE_TITLES: Final[dict[str, dict[str, str]]] = {
    "operator": {"fr": "Opérateur CSU", "en": "Control room operator"},
    "shift_head": {"fr": "Chef de salle", "en": "Shift head"},
    "planner": {"fr": "Chargé d'événements", "en": "Event planner"},
    "analyst": {"fr": "Analyste", "en": "Analyst"},
    "partner": {"fr": "Partenaire", "en": "Partner"},
    "dpo": {"fr": "Délégué à la protection des données", "en": "Data protection officer"},
    "elected": {"fr": "Élu", "en": "Elected official"},
    "admin": {"fr": "Administrateur", "en": "Administrator"},
    "investigator": {"fr": "Enquêteur", "en": "Investigator"},
}


def permissions_of(charter: Charter, role: str, purpose: str = "") -> frozenset[str]:
    """Return what a role may do for a purpose, or for one or another of its own when none is named.

    An unknown role may do nothing.
    """
    return frozenset(
        name
        for name, (verb, dataset) in PERMISSIONS.items()
        for purposes in (charter.who_may(verb, dataset).get(role, ()),)
        if (purpose in purposes if purpose else purposes)
    )


ROLES: Final = {role: permissions_of(shipped_charter(), role) for role in ROLE_TITLES}
"""Every role there is, with its permissions by the charter that comes with Vigie."""
