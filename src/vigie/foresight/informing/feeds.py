"""Messages as GeoJSON (RFC 7946), as GeoRSS in Atom (RFC 4287, OGC 17-002r1), as panel text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from vigie.base.clock import to_rfc3339
from vigie.foresight.informing import cap
from vigie.foresight.informing.issue import CANCEL, Issue, Speaker

ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"
XML = "http://www.w3.org/XML/1998/namespace"
_PREFIXES: Any = {None: ATOM, "georss": GEORSS}
ATOM_MEDIA = "application/atom+xml"
PAGE = "/public/messages"
FEED = "/api/public/messages.atom"
ALERTS = "/api/public/messages/"
TITLES = {"fr": "Informations de la ville", "en": "Information from the city"}


def geojson(issues: Sequence[Issue], speaker: Speaker) -> dict[str, Any]:
    """Return issues as a feature collection; what is only told in words has a null geometry."""
    return {
        "type": "FeatureCollection",
        "status": speaker.status,
        "features": [_feature(one, speaker) for one in issues],
    }


def _feature(issue: Issue, speaker: Speaker) -> dict[str, Any]:
    message = issue.message
    return {
        "type": "Feature",
        "id": issue.identifier,
        "geometry": message.geometry(),
        "properties": {
            "type": issue.type,
            "status": speaker.status,
            "sent": to_rfc3339(issue.sent_us),
            "onset": to_rfc3339(message.onset_us),
            "expires": to_rfc3339(message.expires_us),
            "title": {name: cap.headline(issue, speaker, name) for name in cap.LANGUAGES},
            "text": {"fr": message.text_fr, "en": message.text_en},
            "advice": {"fr": message.advice_fr, "en": message.advice_en},
            "panel": [] if issue.type == CANCEL else list(message.panel),
            "category": message.category,
            "response": "AllClear" if issue.type == CANCEL else message.response,
            "urgency": "Past" if issue.type == CANCEL else message.urgency,
            "severity": message.severity,
            "certainty": message.certainty,
            "place": message.place,
            "references": [name for name, _ in issue.references],
            "cap": f"{speaker.address}{ALERTS}{issue.identifier}/cap",
        },
    }


def atom(issues: Sequence[Issue], speaker: Speaker, language: str, changed_us: int) -> bytes:
    """Return issues as a GeoRSS feed in Atom, each with a link to its CAP document.

    Args:
        issues: What is told, in order.
        speaker: Who tells it.
        language: fr or en.
        changed_us: When something was last published or withdrawn, epoch µs.
    """
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_PREFIXES)
    root.set(f"{{{XML}}}lang", language)
    _add(root, "id", f"tag:{_host(speaker)},2026:public/{language}")
    _add(root, "title", f"{TITLES[language]} ({speaker.name})")
    _add(root, "updated", to_rfc3339(changed_us))
    author = etree.SubElement(root, f"{{{ATOM}}}author")
    _add(author, "name", speaker.name)
    _link(root, "self", f"{speaker.address}{FEED}?lang={language}", ATOM_MEDIA)
    _link(root, "alternate", f"{speaker.address}{PAGE}?lang={language}", "text/html")
    for one in issues:
        _entry(root, one, speaker, language)
    document: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document


def _entry(root: etree._Element, issue: Issue, speaker: Speaker, language: str) -> None:
    message = issue.message
    entry = etree.SubElement(root, f"{{{ATOM}}}entry")
    _add(entry, "id", f"tag:{_host(speaker)},2026:{issue.identifier}")
    _add(entry, "title", cap.headline(issue, speaker, language))
    _add(entry, "updated", to_rfc3339(issue.sent_us))
    _add(entry, "published", to_rfc3339(issue.sent_us))
    link = f"{speaker.address}{ALERTS}{issue.identifier}/cap"
    _link(entry, "alternate", link, cap.MEDIA)
    category = etree.SubElement(entry, f"{{{ATOM}}}category")
    category.set("term", message.category)
    parts = [getattr(message, f"text_{language}")]
    if issue.type != CANCEL:
        parts.append(getattr(message, f"advice_{language}"))
    _add(entry, "summary", " ".join(one for one in (*parts, f"({message.place})") if one))
    for ring in message.rings[:1]:  # GeoRSS Simple: one geometry an entry, the largest
        shape = etree.SubElement(entry, f"{{{GEORSS}}}polygon")
        shape.text = " ".join(f"{lat:.5f} {lon:.5f}" for lon, lat in ring)


def panels(issues: Sequence[Issue], speaker: Speaker) -> str:
    """Return the texts of street panels: one message a paragraph, one line of the panel a line.

    What is taken back is not among them. An exercise or test is never sent to a street: the text
    then holds one comment line alone, beginning with ``#``.
    """
    if not speaker.real:
        return f"# {speaker.status}\n"
    told = [one.message.panel for one in issues if one.type != CANCEL and one.message.panel]
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in told)


def _host(speaker: Speaker) -> str:
    return speaker.address.partition("://")[2].partition(":")[0] or "vigie.invalid"


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _link(parent: etree._Element, rel: str, href: str, media: str) -> None:
    link = etree.SubElement(parent, f"{{{ATOM}}}link")
    link.set("rel", rel)
    link.set("href", href)
    link.set("type", media)
