"""Free text of logs and reports, in French, with planted personal data whose place is known."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from vigie.city import people

PLANTED_SHARE = 0.14

# How a sentence carries a personal value: before, kind of value, after.
_CARRIERS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("Requérant : M. ", "name"), (", joignable au ", "phone")),
    (("Mis en cause identifié : ", "name"), (", né le ", "birth_date")),
    (("Véhicule immatriculé ", "plate"),),
    (("Propriétaire du véhicule ", "plate"), (" : ", "name")),
    (("Rappeler le ", "phone"),),
    (("Courriel du plaignant : ", "email"),),
    (("Victime : Mme ", "name"), (", domiciliée ", "address")),
    (("Témoin ", "name"), (", tél. ", "phone")),
    (("Contact gardien ", "phone"), (" ou ", "email")),
    (("Domicile vérifié au ", "address"),),
)

_OPENINGS = {
    "APPEL": (
        "Appel d'un riverain.",
        "Appel au standard.",
        "Signalement téléphonique.",
        "Appel du 17.",
    ),
    "PATROUILLE": (
        "En patrouille pédestre.",
        "Au cours de la ronde.",
        "Sur place, constatons.",
        "Vu en passant.",
    ),
    "CSU": ("Constat vidéo par l'opérateur.", "Levée de doute caméra.", "Vu à l'écran."),
    "PARTENAIRE": (
        "Information transmise par la RTM.",
        "Demande du bailleur.",
        "Signalé par le BMPM.",
    ),
    "CAPTEUR": ("Alerte capteur.", "Déclenchement automatique."),
    "": ("Bonjour,", "Je signale un problème :", "Pour information,", "Encore une fois :"),
}

_BODIES: dict[str, tuple[str, ...]] = {
    "VV": (
        "Vol d'un scooter stationné.",
        "Véhicule dérobé pendant la nuit.",
        "Plainte à venir pour vol de voiture.",
    ),
    "VR": (
        "Vitre brisée, sac emporté.",
        "Portière forcée, GPS volé.",
        "Vol dans véhicule en stationnement.",
    ),
    "VA": ("Collier arraché, fuite à pied.", "Téléphone arraché des mains, fuite à trottinette."),
    "VS": ("Vol de portefeuille.", "Vol à l'étalage, auteur parti.", "Sac dérobé en terrasse."),
    "CB": ("Porte fracturée, fouille complète.", "Cambriolage en l'absence des occupants."),
    "CBV": (
        "Coups échangés, une victime au sol.",
        "Agression, plaie au visage.",
        "Violences en réunion.",
    ),
    "RX": (
        "Rixe entre plusieurs individus.",
        "Bagarre à la sortie d'un bar, dispersion à notre arrivée.",
    ),
    "MEN": ("Menaces verbales répétées.", "Menacé avec un objet, auteur parti."),
    "DEG": ("Abribus brisé.", "Vitrine étoilée.", "Rétroviseurs cassés en série."),
    "TAG": ("Tags sur façade.", "Graffiti injurieux sur le rideau métallique."),
    "STUP": ("Point de vente signalé en pied d'immeuble.", "Guetteurs présents, dispersion."),
    "VAL": ("Vendeurs à la sauvette, marchandise au sol.", "Cigarettes de contrebande, saisie."),
    "TN": (
        "Musique forte, fenêtres ouvertes.",
        "Soirée bruyante, rappel à l'ordre.",
        "Enceinte portable en pleine nuit.",
    ),
    "TD": ("Travaux bruyants.", "Aboiements continus en journée."),
    "NVP": ("Jets de bouteilles.", "Déjections et nuisances.", "Groupe qui gêne les passants."),
    "IPM": ("Individu en état d'ivresse manifeste.", "Personne ivre allongée sur le trottoir."),
    "REG": (
        "Regroupement dans le hall.",
        "Une dizaine de personnes, éviction.",
        "Attroupement gênant le passage.",
    ),
    "OCC": (
        "Terrasse au-delà de l'emprise autorisée.",
        "Installation sans titre sur le domaine public.",
    ),
    "MAR": ("Forain hors emplacement.", "Déballage non réglé."),
    "DEC": ("Dépôt d'encombrants.", "Gravats déversés.", "Sacs et matelas sur le trottoir."),
    "CHI": ("Chien catégorisé sans muselière.", "Chien divagant."),
    "STA": (
        "Stationnement gênant sur trottoir.",
        "Double file.",
        "Accès livraison bloqué.",
        "Sortie de garage obstruée.",
    ),
    "STD": ("Stationnement dangereux en virage.", "Passage piéton masqué."),
    "ROD": ("Rodéo motorisé, roue arrière.", "Quads et motos, allers-retours répétés."),
    "AVP": (
        "Collision entre deux véhicules.",
        "Scooter renversé, blessé léger.",
        "Accrochage, constat en cours.",
    ),
    "CIR": ("Panne sur voie, circulation difficile.", "Feu en panne, régulation manuelle."),
    "EPA": ("Véhicule sans roues.", "Épave signalée, enlèvement demandé."),
    "PER": ("Personne désorientée.", "Personne âgée en détresse."),
    "ASP": ("Assistance à personne tombée.", "Malaise, pompiers avisés."),
    "DIS": ("Mineur non rentré.", "Disparition inquiétante signalée."),
    "INC": ("Feu de poubelle.", "Fumée visible, BMPM avisé."),
    "COL": ("Bagage abandonné, périmètre établi.", "Colis suspect, levée de doute."),
    "MAN": ("Cortège en progression.", "Rassemblement statique."),
    "SUR": ("Rien à signaler.", "Passage de sécurisation effectué."),
    "ECO": ("Sécurisation de la sortie d'école, rien à signaler.", "Traversée assurée."),
    "SAP": (
        "Prise en charge et transport.",
        "Bilan stable, laissé sur place.",
        "Transporté sous surveillance.",
    ),
    "FEU": (
        "Feu éteint au moyen d'une lance.",
        "Reconnaissance négative.",
        "Extinction en cours à l'arrivée.",
    ),
    "DIV": ("Intervention terminée, remis aux services.", "Levée de doute effectuée."),
    "REP": (
        "c'est dangereux pour les piétons.",
        "cela dure depuis plusieurs jours.",
        "merci d'intervenir rapidement.",
        "personne ne passe.",
    ),
}
_CLOSINGS = (
    "",
    "",
    " Rien d'autre à signaler.",
    " Situation réglée.",
    " À suivre.",
    " Équipe repartie.",
)


@dataclass
class Planted:
    """Planted personal values: which text, what kind, where.

    Attributes:
        text: Position of the text in the batch.
        kind: name, phone, plate, email, birth_date or address.
        value: The value.
        start: First character in the text.
    """

    text: list[int] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    value: list[str] = field(default_factory=list)
    start: list[int] = field(default_factory=list)


def body_codes() -> frozenset[str]:
    """Return the codes that have sentences of their own."""
    return frozenset(_BODIES)


def sentences() -> frozenset[str]:
    """Return every sentence that names nobody."""
    return frozenset(
        text for part in (_OPENINGS, _BODIES) for texts in part.values() for text in texts
    )


def _rescue_family(code: str) -> str:
    head = code.partition("-")[0]
    if head == "SAP":
        return "SAP"
    return "FEU" if head == "INC" and "-" in code else "DIV"


def write(
    codes: list[str], origins: list[str], chance: np.random.Generator, share: float = PLANTED_SHARE
) -> tuple[list[str], Planted]:
    """Return one free text per record and the personal values planted in them.

    Args:
        codes: The source's own code of each record.
        origins: Log origin of each record; empty for citizens.
        chance: Seeded generator.
        share: Share of texts that carry personal data.
    """
    n = len(codes)
    picks = chance.integers(0, 1 << 30, (n, 3)).tolist()
    carries = chance.random(n) < share
    raw = people.draws(chance, n * 2).reshape(n, 2)
    texts: list[str] = []
    planted = Planted()
    for index, (code, origin) in enumerate(zip(codes, origins, strict=True)):
        a, b, c = picks[index]
        opening = _OPENINGS.get(origin) or _OPENINGS["PATROUILLE"]
        body = _BODIES.get(code) or _BODIES["REP" if not origin else _rescue_family(code)]
        text = f"{opening[a % len(opening)]} {body[b % len(body)]}{_CLOSINGS[c % len(_CLOSINGS)]}"
        if carries[index]:
            text = _plant(text, index, _CARRIERS[c % len(_CARRIERS)], raw[index], planted)
        texts.append(text)
    return texts, planted


def _plant(
    text: str,
    index: int,
    carrier: tuple[tuple[str, str], ...],
    draws: np.ndarray,
    planted: Planted,
) -> str:
    """Return the text with a carrier's values at its end, and record where they stand."""
    text += " "
    for position, (before, kind) in enumerate(carrier):
        value = people.MAKERS[kind](draws[position : position + 1])[0]
        text += before
        planted.text.append(index)
        planted.kind.append(kind)
        planted.value.append(value)
        planted.start.append(len(text))
        text += value
    return text + "."
