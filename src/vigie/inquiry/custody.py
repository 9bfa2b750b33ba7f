"""The custody sheet: who asked, who approved, what was handed over, in French, for signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from vigie.base.clock import from_us
from vigie.inquiry.articles import ARTICLES
from vigie.inquiry.requisitions import Warrant
from vigie.inquiry.verify_evidence import Told
from vigie.reports.document import Block, Checks, Facts, Heading, Paragraph, Report, Table
from vigie.reports.setting import set_pdf

WORDS = {"by": "par", "page": "Page", "of": "sur", "contents": "Sommaire"}
STORES = {
    "facts": "Faits",
    "narratives": "Récits expurgés",
    "originals": "Textes d’origine",
    "measures": "Mesures",
    "plans": "Usages prévus",
    "video": "Segments vidéo",
}
SIDES = {"custodian": "Dépositaire", "controller": "Contrôleur"}
TIMES = {
    "stamped": "horodatage RFC 3161 joint (manifest.tsr)",
    "not_configured": "aucun serveur d’horodatage réglé ; la demande est jointe (manifest.tsq)",
    "unreachable": "serveur d’horodatage injoignable ; la demande est jointe (manifest.tsq)",
    "refused": "horodatage refusé par le serveur ; la demande est jointe (manifest.tsq)",
}


def local_text(at_us: int, zone: ZoneInfo) -> str:
    """Return an instant as it is read in the city, to the second, with its offset."""
    at: datetime = from_us(at_us).astimezone(zone)
    return f"{at:%d/%m/%Y %H:%M:%S} (UTC{at:%z})"


def custody_sheet(
    warrant: Warrant,
    counts: Mapping[str, int],
    files: Sequence[Told],
    *,
    zone: ZoneInfo,
    key: str,
    tool: str,
) -> bytes:
    """Return the sheet as PDF: equal packages have equal sheets.

    Args:
        warrant: What was used.
        counts: Records by store.
        files: Files of the package but this one, with size and SHA-256.
        zone: The city's.
        key: Public key that verifies the seal.
        tool: Name and version of the program.
    """
    blocks: list[Block] = [
        *_asked(warrant, zone, tool),
        _approvals(warrant, zone),
        _counts(warrant, counts),
        Table(
            "Fichiers",
            ("Fichier", "Octets", "SHA-256"),
            [(told.name, str(told.size), told.sha256) for told in files],
            ("left", "right", "left"),
            widths=(3, 1, 5),
            note="Le manifeste du dossier donne en plus l’empreinte de cette fiche.",
        ),
        *_handed_on(key),
    ]
    return set_pdf(
        Report(
            title="Fiche de traçabilité",
            subtitle=f"Dossier de preuves {warrant.package_id}",
            version=warrant.package_id,
            date=from_us(warrant.at_us).date().isoformat(),
            language="fr",
            words=WORDS,
            blocks=blocks,
        )
    )


def _asked(warrant: Warrant, zone: ZoneInfo, tool: str) -> list[Block]:
    """Return what was asked for: the case, the act, the exact query."""
    case, one = warrant.case.content, warrant.requisition
    article = ARTICLES[one.content["article"]]
    return [
        Heading("Affaire et réquisition"),
        Facts(
            (
                ("Référence de l’affaire", case["reference"]),
                ("Autorité", one.content["authority"]),
                ("Réquisition", f"n° {one.content['number']}, article {article.number} du CPP"),
                ("Cadre", article.fr),
                ("Acte écrit (SHA-256)", one.content["document"]["sha256"] or "à venir (urgence)"),
                ("Dépositaire", case["custodian_login"]),
                ("Programme", tool),
            )
        ),
        Heading("Requête exacte"),
        Facts(
            (
                ("Du", local_text(warrant.query.from_us, zone)),
                ("Au (exclu)", local_text(warrant.query.to_us, zone)),
                ("Zone", " ; ".join(f"{x:.7f}, {y:.7f}" for x, y in warrant.query.ring)),
                ("Sources", ", ".join(warrant.query.sources) or "toutes"),
                ("Empreinte de la requête", warrant.sha256),
            )
        ),
    ]


def _handed_on(key: str) -> list[Block]:
    """Return how to verify the package, and who gave it to whom."""
    return [
        Heading("Vérifier"),
        Paragraph(
            "Sur toute machine avec Python 3.11, sans réseau et sans Vigie :\n"
            f"python3 -I verify_evidence.py DOSSIER.zip {key}"
        ),
        Heading("Remise"),
        Checks(
            (
                (False, "Remis par (nom, qualité, signature) :"),
                (False, "Reçu par (nom, qualité, service, signature) :"),
                (False, "Date, heure et support :"),
            )
        ),
    ]


def _approvals(warrant: Warrant, zone: ZoneInfo) -> Table:
    rows: list[tuple[str, str, str]] = [
        (SIDES[a.side], a.who, local_text(a.at_us, zone)) for a in warrant.requisition.approvals
    ]
    used = local_text(warrant.at_us, zone)
    members: Mapping[str, Any] = warrant.case.members
    who = members.get(warrant.requisition.bound_by, "")
    return Table(
        "Personnes",
        ("À quel titre", "Compte", "Quand"),
        [*rows, ("Demandeur, ouverture du coffre", who, used)],
        ("left", "left", "left"),
        note="Deux personnes autres que le demandeur, sur cette requête exacte, une fois, 24 h.",
    )


def _counts(warrant: Warrant, counts: Mapping[str, int]) -> Table:
    rows = [
        (STORES[store], str(counts[store]) if store in counts else "absent de cette installation")
        for store in warrant.query.stores
    ]
    return Table("Contenu", ("Nature", "Nombre"), rows, ("left", "right"))
