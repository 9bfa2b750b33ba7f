"""The public page: plain HTML in French or English, without script, cookie or foreign part."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from vigie.base.clock import from_us
from vigie.civic.informing.board import Shown
from vigie.civic.register.writing import MONTHS
from vigie.foresight.informing import cap
from vigie.foresight.informing.feeds import ALERTS, FEED, PAGE, TITLES
from vigie.foresight.informing.issue import CANCEL, Issue, Speaker

if TYPE_CHECKING:
    from mako.template import Template

ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
WORDS = {
    "fr": {
        "none": "Aucun message en ce moment.",
        "other": "English",
        "until": "Jusqu’au",
        "from": "À partir du",
        "where": "Où",
        "what_to_do": "Que faire",
        "cancelled": "Ce message est annulé : ce qui suit ne vaut plus.",
        "emergency": "En cas d’urgence, appelez le 112 ; le 114 par SMS.",
        "feeds": "Les mêmes messages pour les machines :",
        "follow": "Suivre par un lecteur de flux (GeoRSS)",
        "privacy": "Cette page ne dépose aucun cookie et ne compte personne.",
        "unreal": "Exercice ou essai : rien de ce qui suit n’est réel.",
        "sent": "Publié le",
        "cancelled_on": "Annulé le",
    },
    "en": {
        "none": "No message at this time.",
        "other": "Français",
        "until": "Until",
        "from": "From",
        "where": "Where",
        "what_to_do": "What to do",
        "cancelled": "This message is cancelled: what follows no longer holds.",
        "emergency": "In an emergency, call 112; text 114.",
        "feeds": "The same messages for machines:",
        "follow": "Follow with a feed reader (GeoRSS)",
        "privacy": "This page sets no cookie and counts nobody.",
        "unreal": "Exercise or test: nothing of what follows is real.",
        "sent": "Published",
        "cancelled_on": "Cancelled",
    },
}
OVER = {"fr": ("✕", "Annulé"), "en": ("✕", "Cancelled")}
SEVERITY = {
    "fr": {
        "Extreme": ("▲▲", "Danger extrême"),
        "Severe": ("▲", "Danger grave"),
        "Moderate": ("◆", "Attention"),
        "Minor": ("●", "Information"),
        "Unknown": ("●", "Information"),
    },
    "en": {
        "Extreme": ("▲▲", "Extreme danger"),
        "Severe": ("▲", "Severe danger"),
        "Moderate": ("◆", "Caution"),
        "Minor": ("●", "Information"),
        "Unknown": ("●", "Information"),
    },
}


def _text(name: str) -> str:
    folder = files("vigie.civic.informing") / "templates"
    return folder.joinpath(name).read_text(encoding="utf-8")


@cache
def style() -> str:
    """Return the sheet of the page."""
    return _text("style.mako")


@cache
def content_security_policy() -> str:
    """Return the policy of the page: its own sheet, no script, no image, no form, no frame."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


@cache
def _template() -> Template:
    from mako.template import Template  # noqa: PLC0415 - late: slow to load

    return Template(_text("messages.mako"), default_filters=["h"], strict_undefined=True)  # noqa: S702 - every expression is escaped


def spoken(us: int, timezone: str, language: str) -> str:
    """Return an instant in words of a language, on the city's clock."""
    at = from_us(us).astimezone(ZoneInfo(timezone))
    if language == "fr":
        day = "1er" if at.day == 1 else str(at.day)
        return f"{day} {MONTHS[at.month - 1]} {at.year} à {at.hour} h {at.minute:02d}"
    return f"{at.day} {ENGLISH_MONTHS[at.month - 1]} {at.year}, {at.hour:02d}:{at.minute:02d}"


def page(shown: Shown, speaker: Speaker, language: str) -> bytes:
    """Return the page of what is public."""
    cards = [_card(one, speaker, language) for one in shown.issues]
    text: str = _template().render(
        language=language,
        other="en" if language == "fr" else "fr",
        title=TITLES[language],
        city=speaker.name,
        real=speaker.real,
        cards=cards,
        words=WORDS[language],
        style=style(),
        address=PAGE,
        feed=f"{FEED}?lang={language}",
    )
    return text.encode("utf-8")


def _card(issue: Issue, speaker: Speaker, language: str) -> dict[str, object]:
    message = issue.message
    over = issue.type == CANCEL
    sign, level = OVER[language] if over else SEVERITY[language][message.severity]
    return {
        "id": issue.identifier,
        "over": over,
        "sign": sign,
        "level": level,
        "severity": "over" if over else message.severity.lower(),
        "title": cap.headline(issue, speaker, language),
        "text": getattr(message, f"text_{language}"),
        "advice": "" if over else getattr(message, f"advice_{language}"),
        "place": message.place,
        "begins": ""
        if message.onset_us <= issue.sent_us
        else spoken(message.onset_us, speaker.timezone, language),
        "ends": spoken(message.expires_us, speaker.timezone, language),
        "sent": spoken(issue.sent_us, speaker.timezone, language),
        "cap": f"{ALERTS}{issue.identifier}/cap",
    }
