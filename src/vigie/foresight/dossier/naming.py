"""No person in an event file: what is refused, what is taken out, what is to be looked at.

Contacts are those of services: a function and a telephone of the service. What may name a person
there is refused. Texts written after the event are scrubbed. Elsewhere the shapes that are hardly
ever anything else (plates, e-mails, account and identity numbers, dates of birth) are refused, and
a passage that reads like a name is told, not taken away: posts bear the names of places, and places
those of persons (« tribune Jean Bouin »).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten
from typing import Any, Final

from pydantic import BaseModel

from vigie.foresight.dossier.model import Content
from vigie.scrub import LateScrubber

_ALL: Final = LateScrubber()
_NAMES: Final = LateScrubber(("name",))
_HARD: Final = LateScrubber(
    ("plate", "email", "nir", "iban", "card", "document", "birth_date", "handle", "code")
)
_OF_SERVICES: Final = re.compile(
    r"(?:1[578]|11[0-9]|112|11[46]|3[0-9]{3}|1[01][0-9]{2}|0[1-589](?: ?[0-9]{2}){4}"
    r"|\+33 ?[1-589](?: ?[0-9]{2}){4})"
)
"""Emergency, short and fixed numbers (French numbering plan, ARCEP 2022-1583); no 06, no 07."""
LONGEST_PASSAGE: Final = 80
_SKIPPED: Final = frozenset({"id", "sha256", "type", "post", "kind", "plan_id"})


@dataclass(frozen=True, slots=True)
class Doubt:
    """A passage that may tell of a person.

    Attributes:
        path: Where it stands (``posts.nord.mission``).
        kind: Class of passage (``name``).
        refused: Whether the file cannot be kept with it.
        passage: How the text it stands in begins, to show beside the doubt; empty where refused.
    """

    path: str
    kind: str
    refused: bool
    passage: str = ""


def texts_of(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every free text of a content with its path; items by id, not by number."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            if name not in _SKIPPED:
                yield from texts_of(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        for at, item in enumerate(value):
            yield from texts_of(item, f"{path}.{getattr(item, 'id', at)}")
    elif type(value) is str and value:
        yield path, value


def is_of_service(telephone: str) -> bool:
    """Say whether a telephone is one of a service: short, emergency or fixed."""
    plain = re.sub(r"[ .\-\u00a0\u202f]+", " ", telephone.strip())
    return _OF_SERVICES.fullmatch(plain) is not None


def doubts_of(content: Content) -> list[Doubt]:
    """Return what may tell of a person, what is refused first."""
    found = []
    for path, text in texts_of(content):
        part, _, rest = path.partition(".")
        if part == "after":
            continue
        if part == "contacts":
            if rest.endswith(".telephone"):
                if not is_of_service(text):
                    found.append(Doubt(path, "phone", refused=True))
                continue
            found += [Doubt(path, kind, refused=True) for kind in _ALL.scrub(text).redactions]
            continue
        found += [Doubt(path, kind, refused=True) for kind in _HARD.scrub(text).redactions]
        begins = shorten(text, LONGEST_PASSAGE, placeholder=" …")
        found += [
            Doubt(path, kind, refused=False, passage=begins)
            for kind in _NAMES.scrub(text).redactions
        ]
    return sorted(found, key=lambda doubt: (not doubt.refused, doubt.path, doubt.kind))


def scrub_after(content: Content) -> tuple[Content, int]:
    """Return the content with the texts of its after-action scrubbed, and how many passages left.

    The numbers of services are taken out with the others: nobody needs them in a lesson.
    """
    total = 0

    def cleaned(text: str) -> str:
        nonlocal total
        done = _ALL.scrub(text)
        total += done.total
        return done.text

    after = content.after
    after = after.model_copy(
        update={
            "lessons": cleaned(after.lessons),
            "attendance_source": cleaned(after.attendance_source),
            "timeline": tuple(
                one.model_copy(update={"text": cleaned(one.text)}) for one in after.timeline
            ),
            "used": tuple(
                one.model_copy(update={"what": cleaned(one.what), "note": cleaned(one.note)})
                for one in after.used
            ),
            "clashes": tuple(
                one.model_copy(update={"what": cleaned(one.what), "note": cleaned(one.note)})
                for one in after.clashes
            ),
        }
    )
    return content.model_copy(update={"after": after}), total


def scrub_reason(text: str) -> str:
    """Return why a version was made, without personal data, on one line."""
    return _ALL.scrub(" ".join(text.split())).text
