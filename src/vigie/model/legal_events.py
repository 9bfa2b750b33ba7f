"""The eight events of décret 2023-828, and no ninth: what software may look for in images.

The list is closed in code here and in a check of the desk's database (law, ALG-2).
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class LegalEvent(StrEnum):
    """What an analysis of images may draw attention to (décret 2023-828, article 3)."""

    ABANDONED_OBJECT = "abandoned_object"
    WEAPON = "weapon"
    WRONG_WAY = "wrong_way"
    FORBIDDEN_ZONE = "forbidden_zone"
    FALL = "fall"
    CROWD_MOVEMENT = "crowd_movement"
    DENSITY = "density"
    FIRE = "fire"


TITLES = MappingProxyType(
    {
        LegalEvent.ABANDONED_OBJECT: {"fr": "Objet abandonné", "en": "Abandoned object"},
        LegalEvent.WEAPON: {"fr": "Présence ou utilisation d'une arme", "en": "Weapon"},
        LegalEvent.WRONG_WAY: {
            "fr": "Non-respect du sens de circulation",
            "en": "Movement against the direction of traffic",
        },
        LegalEvent.FORBIDDEN_ZONE: {
            "fr": "Franchissement ou présence en zone interdite ou sensible",
            "en": "Crossing into, or presence in, a forbidden or sensitive zone",
        },
        LegalEvent.FALL: {"fr": "Personne au sol à la suite d'une chute", "en": "Fall"},
        LegalEvent.CROWD_MOVEMENT: {"fr": "Mouvement de foule", "en": "Crowd movement"},
        LegalEvent.DENSITY: {
            "fr": "Densité trop importante de personnes",
            "en": "Too high a density of people",
        },
        LegalEvent.FIRE: {"fr": "Départ de feu", "en": "Outbreak of fire"},
    }
)
"""Their names, French (as in the decree) and English."""

LEGAL_STATE = MappingProxyType(
    {
        "fr": "L'expérimentation de la loi n° 2023-380 (article 10) a pris fin le 31 mars 2025 ;"
        " sa prolongation a été censurée le 24 avril 2025. Aucun texte postérieur n'est tenu pour"
        " promulgué ici : chaque autorisation porte la référence de sa propre base légale, que la"
        " collectivité vérifie. Une alerte appelle l'attention d'une personne, rien de plus.",
        "en": "The experiment of law 2023-380 (article 10) ended on 31 March 2025; its extension"
        " was struck down on 24 April 2025. No later text is taken as promulgated here: every grant"
        " bears the reference of its own legal basis, which the authority checks. A signal calls a"
        " person's attention, nothing more.",
    }
)
"""What is said wherever grants or detections are shown (law, 0.1; to be checked before use)."""
