"""The first draft of an assessment of fundamental rights, from the register's own risks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import tomli_w

from vigie.civic.register.gathering import risks, words

HEAD: Final = """\
# Analyse d'impact sur les droits fondamentaux, règlement (UE) 2024/1689, article 27.
# Proposée par Vigie d'après les risques du registre : à relire et à compléter par la ville, puis à
# signer (vigie assessment sign). Le texte signé est publié au registre ; tout changement se signe.
"""
_DAYS: Final = 365
_AFFECTED: Final = "Faits d'un lieu où ces personnes vivent, passent ou travaillent."


def draft(city: str, today: date, *, blank: str) -> dict[str, Any]:
    """Return the draft of a city's assessment, as the file's values.

    Args:
        city: Name of the city.
        today: First day of its period of a year.
        blank: What stands where only the city can say it.
    """
    feared = risks()
    purposes = words("purposes")
    return {
        "version": "1",
        "demonstration": False,
        "deployer": f"Ville de {city}",
        "uses": ["forecasts", "detection"],
        "process": (
            f"{purposes['analysis']['fr']} ; {purposes['event_planning']['fr'].lower()} ;"
            f" {purposes['live_response']['fr'].lower()}. {blank} : services et décisions."
        ),
        "period": {
            "first": today,
            "last": today + timedelta(days=_DAYS),
            "frequency": "Prévisions chaque jour ; détecteurs aux heures d'une autorisation.",
        },
        "groups": [
            {"name": name, "affected": _AFFECTED}
            for name in sorted({risk["who"] for risk in feared})
        ],
        "risks": [
            {
                "right": _RIGHTS.get(risk["name"], "Vie privée et protection des données"),
                "harm": risk["fr"],
                "groups": [risk["who"]],
                "measures": risk["measures"],
            }
            for risk in feared
        ],
        "oversight": {
            "who": f"{blank} : fonctions désignées et formées",
            "how": (
                "Un signal attire l'attention : rien ne se décide ni ne s'engage sans qu'une"
                " personne le confirme et que son nom soit écrit. Une personne dit ce qu'elle"
                " attend à la place d'une prévision, avec sa raison ; les deux sont jugées."
            ),
        },
        "remedies": {
            "governance": (
                "Le délégué lit le journal d'audit, suspend un usage en retirant fria.signed.json"
                " et rend compte au conseil municipal ; les taux d'erreur sont publiés."
            ),
            "complaints": (
                "Toute personne peut lire le registre public, vérifier le journal, demander"
                " l'accès ou l'effacement, et saisir le délégué de la ville ou la CNIL."
            ),
            "contact": f"{blank} : adresse du délégué",
        },
    }


_RIGHTS: Final = {
    "profiling": "Non-discrimination et présomption d'innocence",
    "demonstrations": "Liberté d'expression, de réunion et d'opinion",
    "sound": "Vie privée et liberté d'expression",
    "unwatched_watchers": "Recours effectif",
    "unavailable": "Droit à la vie et à l'intégrité",
}


def write(values: dict[str, Any]) -> str:
    """Return the text of an assessment's file."""
    return HEAD + "\n" + tomli_w.dumps(values, multiline_strings=False)
