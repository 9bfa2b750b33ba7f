"""The roles of the first form (requirements 2.3) and what each may do; deny by default.

The full model of rights (purpose x dataset x field x precision x zone) comes with the charter; here
a role is a set of permissions, and a route names the permission it needs.
"""

from __future__ import annotations

from typing import Final

from vigie.base.errors import Forbidden

READ_FIGURES: Final = "read_figures"
READ_FACTS: Final = "read_facts"
READ_NARRATIVES: Final = "read_narratives"
READ_MEANS: Final = "read_means"
READ_PLANS: Final = "read_plans"
READ_SOURCES: Final = "read_sources"
READ_QUARANTINE: Final = "read_quarantine"
MANAGE_SOURCES: Final = "manage_sources"
EXPORT: Final = "export"
RUN_ANALYSES: Final = "run_analyses"
MANAGE_ACCOUNTS: Final = "manage_accounts"

_EVERYBODY = frozenset({READ_FIGURES, READ_PLANS})
_SERVICES = _EVERYBODY | {READ_FACTS, READ_MEANS, READ_SOURCES}

ROLES: Final[dict[str, frozenset[str]]] = {
    "operator": _SERVICES | {READ_NARRATIVES},
    "shift_head": _SERVICES | {READ_NARRATIVES, READ_QUARANTINE, MANAGE_SOURCES, RUN_ANALYSES},
    "planner": _SERVICES | {RUN_ANALYSES, EXPORT},
    "analyst": _SERVICES | {RUN_ANALYSES, EXPORT},
    "partner": _EVERYBODY | {READ_FACTS},
    "dpo": _EVERYBODY | {READ_SOURCES, READ_QUARANTINE},
    "elected": _EVERYBODY,
    "admin": _SERVICES | {READ_QUARANTINE, MANAGE_SOURCES, MANAGE_ACCOUNTS},
}

ROLE_TITLES: Final[dict[str, dict[str, str]]] = {
    "operator": {"fr": "Opérateur CSU", "en": "Control room operator"},
    "shift_head": {"fr": "Chef de salle", "en": "Shift head"},
    "planner": {"fr": "Chargé d'événements", "en": "Event planner"},
    "analyst": {"fr": "Analyste", "en": "Analyst"},
    "partner": {"fr": "Partenaire", "en": "Partner"},
    "dpo": {"fr": "Délégué à la protection des données", "en": "Data protection officer"},
    "elected": {"fr": "Élu", "en": "Elected official"},
    "admin": {"fr": "Administrateur", "en": "Administrator"},
}


def may(role: str, permission: str) -> bool:
    """Return whether a role holds a permission; an unknown role holds none."""
    return permission in ROLES.get(role, frozenset())


def require(role: str, permission: str) -> None:
    """Raise ``Forbidden`` unless the role holds the permission."""
    if not may(role, permission):
        raise Forbidden(permission=permission)
