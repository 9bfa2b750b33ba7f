"""The assessment of the impact on fundamental rights, signed before a public body's use (AIA-4).

The text is a file of the home (``fria.toml``), read strictly; beside it stands who signed which
bytes of it, when, and until when it holds. Where an authority uses forecasts or detectors, they
open only under a text that is whole, unchanged since it was signed, in its period and not due for
its review (regulation 2024/1689, article 27). A signature is a line of the audit.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic import model_validator as _model_validator

from vigie.base.clock import to_rfc3339
from vigie.base.settings import Settings
from vigie.model.times import at_local
from vigie.situation.connections import is_this_machine

FILE: Final = "fria.toml"
SIGNATURE: Final = "fria.signed.json"
UNFINISHED: Final = "À COMPLÉTER"
"""What a draft leaves to the city; a text that still says so is none."""
MOST_BYTES: Final = 200_000
LONGEST_DAYS: Final = 366
"""A signature holds for a year at most."""

Use = Literal["forecasts", "detection"]
Short = Annotated[str, StringConstraints(min_length=2, max_length=300, strip_whitespace=True)]
Long = Annotated[str, StringConstraints(min_length=40, max_length=6_000, strip_whitespace=True)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(_Part):
    """From when to when, and how often."""

    first: date
    last: date
    frequency: Short


class Group(_Part):
    """Persons that the use is likely to affect, and how."""

    name: Short
    affected: Short


class Risk(_Part):
    """A harm to a right, for whom, and what is done against it."""

    right: Short
    harm: Short
    groups: Annotated[tuple[Short, ...], Field(min_length=1)]
    measures: Short


class Oversight(_Part):
    """Who watches the system at work, and how they can set it aside."""

    who: Short
    how: Long


class Remedies(_Part):
    """What is done when a risk comes true, who answers for it, where one complains."""

    governance: Long
    complaints: Long
    contact: Short


class Document(_Part):
    """What article 27(1), points a to f, asks for."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    demonstration: bool = False
    deployer: Short
    uses: Annotated[tuple[Use, ...], Field(min_length=1)]
    process: Long
    period: Period
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    risks: Annotated[tuple[Risk, ...], Field(min_length=1)]
    oversight: Oversight
    remedies: Remedies

    @_model_validator(mode="after")
    def _coherent(self) -> Self:
        names = {one.name for one in self.groups}
        feared = {name for one in self.risks for name in one.groups}
        if self.period.first > self.period.last:
            msg = "period: it ends before it begins"
            raise ValueError(msg)
        if feared - names:
            msg = f"risks: {min(feared - names)[:80]} is no group"
            raise ValueError(msg)
        if names - feared:
            msg = f"groups: no risk for {min(names - feared)[:80]}"
            raise ValueError(msg)
        return self


class Signature(_Part):
    """Who signed which text, when, until when it holds, and the line of the audit that says so."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    signed_by: Short
    function: Short
    account: str
    signed_us: int
    review_by: date
    line: int


@dataclass(frozen=True, slots=True)
class Assessed:
    """How a home stands towards its assessment.

    Attributes:
        required: Whether forecasts and detectors wait for it.
        state: ``signed``, or why it is not: ``absent``, ``invalid``, ``unsigned``, ``changed``
            (since it was signed), ``demonstration`` (of a demo, in a home that is none),
            ``to_come``, ``ended`` (its period), ``review_due``.
        reason: What is wrong with the text; empty unless ``invalid``.
        sha256: Hash of the text's bytes; empty without one.
        document: The text.
        signature: The newest signature, of this text or of an older one.
    """

    required: bool
    state: str
    reason: str = ""
    sha256: str = ""
    document: Document | None = None
    signature: Signature | None = None

    def opens(self, use: Use) -> bool:
        """Say whether a use may go on."""
        return not self.required or self.why_closed(use) == ""

    def why_closed(self, use: Use) -> str:
        """Return the state that closes a use; empty when the signed text covers it."""
        if self.state != "signed":
            return self.state
        return "" if self.document is not None and use in self.document.uses else "not_covered"

    def as_json(self) -> dict[str, Any]:
        """Return it as the public register tells it."""
        document, signed = self.document, self.signature
        return {
            "required": self.required,
            "state": self.state,
            "reason": self.reason,
            "sha256": self.sha256,
            "document": None if document is None else document.model_dump(mode="json"),
            "signature": None
            if signed is None
            else {
                "sha256": signed.sha256,
                "signed_by": signed.signed_by,
                "function": signed.function,
                "signed_at": to_rfc3339(signed.signed_us),
                "review_by": signed.review_by.isoformat(),
                "line": signed.line,
            },
        }


def is_required(settings: Settings) -> bool:
    """Say whether a public authority uses the home, by what its settings say or make likely.

    Nobody else than this machine reaches an address that is loopback without a public one.
    """
    if settings.rights.use:
        return settings.rights.use == "authority"
    server = settings.server
    reached = bool(server.public_url) or not is_this_machine(server.host)
    return reached and not settings.demo


def read_document(text: bytes) -> Document:
    """Return an assessment from its file.

    Raises:
        ValueError: Saying where it is not what article 27 asks for.
    """
    if len(text) > MOST_BYTES:
        msg = f"more than {MOST_BYTES} bytes"
        raise ValueError(msg)
    written = text.decode("utf-8")
    if UNFINISHED in written:
        line = next(n for n, one in enumerate(written.splitlines(), 1) if UNFINISHED in one)
        msg = f"line {line}: {UNFINISHED}"
        raise ValueError(msg)
    try:
        return Document.model_validate(tomllib.loads(written))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        msg = f"{where}: {first['msg']}" if where else first["msg"]
        raise ValueError(msg) from error


def assessed(path: Path, settings: Settings, at_us: int) -> Assessed:
    """Return how a home stands at an instant; its files are read anew each time."""
    needed = is_required(settings)
    try:
        text = (path / FILE).read_bytes()
    except FileNotFoundError:
        return Assessed(needed, "absent")
    except OSError as error:
        return Assessed(needed, "invalid", str(error))
    sha256 = hashlib.sha256(text).hexdigest()
    try:
        document = read_document(text)
    except ValueError as error:  # tomllib's and the decoder's are such too
        return Assessed(needed, "invalid", str(error), sha256)
    signed = _signature(path)
    state = _state((document, sha256), signed, settings, at_us)
    return Assessed(needed, state, "", sha256, document, signed)


def _state(
    found: tuple[Document, str], signed: Signature | None, settings: Settings, at_us: int
) -> str:
    document, sha256 = found
    today = at_local(at_us, settings.city.timezone).date()
    if document.demonstration and (not settings.demo or settings.rights.use == "authority"):
        return "demonstration"
    if signed is None:
        return "unsigned"
    if signed.sha256 != sha256:
        return "changed"
    if today < document.period.first or at_us < signed.signed_us:
        return "to_come"
    if today > document.period.last:
        return "ended"
    return "review_due" if today > signed.review_by else "signed"


def _signature(path: Path) -> Signature | None:
    """Return what was signed; None where nothing can be read as a signature."""
    try:
        return Signature.model_validate_json((path / SIGNATURE).read_bytes())
    except (OSError, ValidationError):
        return None
