"""A message as an alert of the Common Alerting Protocol (OASIS CAP 1.2), one ``info`` a language.

Source: OASIS Standard CAP-V1.2, 1 July 2010, section 3.2 (elements, their order and their bounds).
An exercise or test says so in ``status``, in ``note`` and in its headline: who only reads headlines
is told too.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from vigie.base.clock import from_us
from vigie.foresight.informing.issue import CANCEL, Issue, Speaker
from vigie.foresight.informing.message import Ring

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA = "application/cap+xml"
_PREFIXES: Any = {None: NAMESPACE}
LANGUAGES = {"fr": "fr-FR", "en": "en-GB"}
MARK = {"fr": "EXERCICE", "en": "EXERCISE"}
TEST_MARK = {"fr": "ESSAI", "en": "TEST"}
NOTE = "Exercice ou essai : rien de ceci n’est réel. / Exercise or test: nothing of this is real."
CANCELLED = {"fr": "Annulé : ", "en": "Cancelled: "}


def instant(us: int, timezone: str) -> str:
    """Return an instant as CAP writes it: whole seconds and a numeric offset, never ``Z``."""
    told = from_us(us).astimezone(ZoneInfo(timezone)).replace(microsecond=0).isoformat()
    return told.replace("+00:00", "-00:00")


def polygon(ring: Ring) -> str:
    """Return a ring as CAP writes it: ``lat,lon`` pairs parted by blanks, closed."""
    return " ".join(f"{lat:.5f},{lon:.5f}" for lon, lat in ring)


def references(issue: Issue, speaker: Speaker) -> str:
    """Return the earlier messages as CAP names them: ``sender,identifier,sent``."""
    return " ".join(
        f"{speaker.sender},{name},{instant(sent, speaker.timezone)}"
        for name, sent in issue.references
    )


def headline(issue: Issue, speaker: Speaker, language: str) -> str:
    """Return the title of an issue, marked where it is none in earnest or taken back."""
    title: str = getattr(issue.message, f"title_{language}")
    if issue.type == CANCEL:
        title = CANCELLED[language] + title
    if speaker.real:
        return title
    marks = TEST_MARK if speaker.status == "Test" else MARK
    return f"[{marks[language]}] {title}"


def alert(issue: Issue, speaker: Speaker) -> bytes:
    """Return an issue as a CAP 1.2 document in UTF-8."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap=_PREFIXES)
    _add(root, "identifier", issue.identifier)
    _add(root, "sender", speaker.sender)
    _add(root, "sent", instant(issue.sent_us, speaker.timezone))
    _add(root, "status", speaker.status)
    _add(root, "msgType", issue.type)
    _add(root, "scope", "Public")
    if not speaker.real:
        _add(root, "note", NOTE)
    if issue.references:
        _add(root, "references", references(issue, speaker))
    for language in LANGUAGES:
        _info(root, issue, speaker, language)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document


def _info(root: etree._Element, issue: Issue, speaker: Speaker, language: str) -> None:
    message, over = issue.message, issue.type == CANCEL
    info = etree.SubElement(root, f"{{{NAMESPACE}}}info")
    _add(info, "language", LANGUAGES[language])
    _add(info, "category", message.category)
    _add(info, "event", getattr(message, f"title_{language}"))
    _add(info, "responseType", "AllClear" if over else message.response)
    _add(info, "urgency", "Past" if over else message.urgency)
    _add(info, "severity", message.severity)
    _add(info, "certainty", message.certainty)
    _add(info, "effective", instant(issue.sent_us, speaker.timezone))
    _add(info, "onset", instant(message.onset_us, speaker.timezone))
    _add(info, "expires", instant(message.expires_us, speaker.timezone))
    _add(info, "senderName", speaker.name)
    _add(info, "headline", headline(issue, speaker, language))
    _add(info, "description", getattr(message, f"text_{language}"))
    advice = getattr(message, f"advice_{language}")
    if advice and not over:
        _add(info, "instruction", advice)
    if speaker.address:
        _add(info, "web", f"{speaker.address}/public/messages?lang={language}")
    area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
    _add(area, "areaDesc", message.place)
    for ring in message.rings:
        _add(area, "polygon", polygon(ring))
    if ":" in message.zone:
        name, _, zone_id = message.zone.partition(":")
        code = etree.SubElement(area, f"{{{NAMESPACE}}}geocode")
        _add(code, "valueName", name)
        _add(code, "value", zone_id)


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text
