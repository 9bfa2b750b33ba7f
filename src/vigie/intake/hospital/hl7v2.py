"""HL7 v2 ADT: of a message, a dozen fields by position; the patient's segment gives an age group.

HL7 v2.3 to 2.8, chapter 3 (ADT); IHE PAM, French extension. The whole message is never parsed: what
is not kept is blanked while it is cut into segments, so no code that maps ever holds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from zoneinfo import ZoneInfo

import hl7  # type: ignore[import-untyped]

from vigie.base.clock import to_us
from vigie.base.translations import Phrase
from vigie.intake.hospital.fields import HL7_REFUSED
from vigie.intake.hospital.passages import (
    HIDDEN,
    SKEW_US,
    HospitalOptions,
    Passage,
    Reading,
    age_group,
    groups_of,
    local_day,
)
from vigie.intake.hospital.rpu import AgeAt
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.rows import Rows
from vigie.intake.tabular.block import FileRefused

COUNTED = frozenset({"A01", "A03", "A04", "A08"})
"""Arrival, discharge, registration, update."""

_OPENING = frozenset({"A01", "A04"})
_KEPT = {
    "MSH": (2, 4, 7, 9, 10, 11, 12),
    "EVN": (2,),
    "PV1": (2, 19, 36, 44),
    "PV2": (38, 40),
}
_ENVELOPE = frozenset({"FHS", "BHS", "BTS", "FTS"})
_HEAD = re.compile(r"MSH([^\w\s])([^\w\s]{3,5})\1")
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_TYPE = re.compile(r"[A-Z]{3}(?:\^[A-Z]\d\d)?")
_CLASS = re.compile(r"[A-Z]")
_MOMENT = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.\d{1,6})?)?)?)?([+-]\d{4})?", re.ASCII
)
_MOST_FIELDS = 46
_HEAD_FIELDS = 12
_EVENT = re.compile(r"[A-Z]\d\d")


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of one message.

    Attributes:
        text: Segments with the kept fields only, as ``hl7`` parses them.
        birth: Birth date, which leaves this object only as an age group.
        dropped: Names of the segments that were refused.
        unknown: Names of segments that nobody listed.
    """

    text: str
    birth: date | None = field(repr=False)
    dropped: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def age_at(self, day: date) -> str:
        """Return the age group on a day."""
        return age_group(self.birth, day)


def decode(data: bytes) -> tuple[str, bool]:
    """Return the text of bytes, and whether they were not UTF-8 but read as Latin-1."""
    try:
        return data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return data.decode("latin-1"), True


def split_messages(content: str) -> tuple[list[list[str]], int]:
    """Return the segments of each message, and how many segments stand before the first one.

    A segment ends in CR on the wire and in LF in files; block characters of MLLP are taken away.
    """
    plain = content.replace("\x0b", "\r").replace("\x1c", "\r")
    parts = plain.split("\r" if re.search(r"\r(?!\n)", plain.strip()) else "\n")
    messages: list[list[str]] = []
    strays = 0
    for part in parts:
        segment = part.strip("\r\n")
        name = segment[:3]
        if not segment.strip() or name in _ENVELOPE:
            continue
        if name == "MSH":
            messages.append([segment])
        elif messages:
            messages[-1].append(segment)
        else:
            strays += 1
    return messages, strays


def cut_message(segments: Sequence[str]) -> Cut:
    """Return what is kept of a message.

    Raises:
        RowRefused: ``unreadable`` when its header names no separators.
    """
    head = _HEAD.match(segments[0])
    if head is None or _repeats(head[1] + (head[2] + "&")[:4]):
        raise RowRefused("unreadable", reason=Phrase("reason_hl7"))
    between, inside = head[1], head[2][0]
    kept: dict[str, str] = {}
    birth: date | None = None
    dropped: list[str] = []
    unknown: list[str] = []
    for segment in segments:
        name, *values = segment.split(between)
        if name == "MSH":
            values.insert(0, between)
        if name in _KEPT and name not in kept:
            chosen = [
                values[number - 1] if number <= len(values) and number in _KEPT[name] else ""
                for number in range(1, _MOST_FIELDS)
            ]
            kept[name] = between.join([name, *(chosen[1:] if name == "MSH" else chosen)])
        elif name not in _KEPT:
            if name == "PID" and len(values) > _BIRTH:
                birth = _birth(values[_BIRTH].split(inside)[0])
            (dropped if name in HL7_REFUSED else unknown).append(
                name if _NAME.fullmatch(name) else HIDDEN
            )
    return Cut("\r".join(kept.values()), birth, tuple(dropped), tuple(unknown))


_BIRTH = 6


def _repeats(separators: str) -> bool:
    """Say whether two separators are the same: nothing can be told apart then."""
    return len(set(separators)) < len(separators)


def _birth(shown: str) -> date | None:
    try:
        return datetime.strptime(shown[:8], "%Y%m%d").date()  # noqa: DTZ007 -- a day has no zone
    except ValueError:
        return None


def header_fields(content: bytes) -> dict[str, str]:
    """Return what an acknowledgement repeats of a header, as it stands; empty when there is none.

    ``between`` and ``encoding`` (MSH-1, MSH-2), ``component`` (first of MSH-2), ``application``,
    ``facility``, ``event`` (MSH-9.2), ``control`` (MSH-10), ``processing``, ``version``.
    """
    messages, _ = split_messages(decode(content)[0])
    head = _HEAD.match(messages[0][0]) if messages else None
    if head is None:
        return {}
    values = messages[0][0].split(head[1])
    values += [""] * (_HEAD_FIELDS - len(values))
    kind = values[8].split(head[2][0])
    return {
        "between": head[1],
        "encoding": head[2],
        "component": head[2][0],
        "application": values[2],
        "facility": values[3],
        "event": kind[1] if len(kind) > 1 and _EVENT.fullmatch(kind[1]) else "",
        "control": values[9],
        "processing": values[10].split(head[2][0])[0],
        "version": values[11].split(head[2][0])[0],
    }


def message_type(segments: Sequence[str]) -> str:
    """Return MSH-9.1.

    Raises:
        RowRefused: ``unreadable`` when the header names no separators.
    """
    return Fields(cut_message(segments)).get("MSH", 9)


class Fields:
    """The kept fields of one message, unescaped."""

    def __init__(self, cut: Cut) -> None:
        self._message = hl7.parse(cut.text)
        self._names = {line[:3] for line in cut.text.split("\r")}

    def get(self, segment: str, number: int, component: int = 1) -> str:
        """Return a component of a field's first repetition, or nothing."""
        if segment not in self._names:
            return ""
        try:
            found = self._message.extract_field(segment, 1, number, 1, component, 1)
        except LookupError:
            return ""
        return str(found).strip()


def read_message(
    segments: Sequence[str], now_us: int, options: HospitalOptions, rows: Rows
) -> Passage | None:
    """Return the arrival that a message tells of, or None with a remark saying why there is none.

    Raises:
        RowRefused: When it should tell of one and cannot.
    """
    cut = cut_message(segments)
    for name in cut.dropped:
        rows.remark("dropped_personal", column=name)
    fields = Fields(cut)
    kind, event = fields.get("MSH", 9), fields.get("MSH", 9, 2)
    said = f"{kind}^{event}" if event else kind
    if not kind:
        raise RowRefused("missing_required", column="MSH-9")
    if kind != "ADT" or event not in COUNTED:
        rows.remark("not_used", what=said if _TYPE.fullmatch(said) else HIDDEN)
        return None
    version = fields.get("MSH", 12)
    if not re.fullmatch(r"2(?:\.\d){1,3}", version, re.ASCII):
        raise RowRefused("unknown_version", value=HIDDEN if version else "")
    mode = fields.get("MSH", 11)
    if mode in {"T", "D"}:
        rows.remark("not_actual", mode=mode)
        return None
    patient_class = fields.get("PV1", 2)
    if patient_class != "E":
        shown = patient_class if _CLASS.fullmatch(patient_class) else HIDDEN
        rows.remark("not_used", what=f"{said} PV1-2 = {shown if patient_class else ''}".strip())
        return None
    for name in cut.unknown:
        rows.remark("unmapped_column", column=name)
    passage = _passage(fields, cut.age_at, now_us, options, rows)
    return replace(passage, opens=event in _OPENING)


def _passage(
    fields: Fields,
    age_at: AgeAt,
    now_us: int,
    options: HospitalOptions,
    rows: Rows,
) -> Passage:
    site = options.site_of(fields.get("MSH", 4))
    if site is None:
        raise RowRefused("missing_required", column="MSH-4")
    arrival = _instant(fields, "PV1", 44, options)
    told = arrival or _instant(fields, "EVN", 2, options) or _instant(fields, "MSH", 7, options)
    if told is None:
        raise RowRefused("missing_required", column="PV1-44")
    if told > now_us + SKEW_US:
        raise RowRefused("time_in_future", value=HIDDEN)
    if told < 0:
        raise RowRefused("time_too_old", value=HIDDEN)
    said = {
        "severity": fields.get("PV2", 40),
        "mode": fields.get("PV2", 38),
        "outcome": fields.get("PV1", 36),
    }
    groups = groups_of("hl7", dict(said), options, rows)
    if age := age_at(local_day(told, options.timezone)):
        groups["age"] = age
    visit, control = fields.get("PV1", 19), fields.get("MSH", 10)
    if not (visit or control):
        raise RowRefused("missing_required", column="PV1-19")
    return Passage(
        site,
        told,
        groups,
        visit=f"PV1-19 {visit}" if visit else f"MSH-10 {control}",
        dated=arrival is not None and bool(visit),
    )


def _instant(fields: Fields, segment: str, number: int, options: HospitalOptions) -> int | None:
    """Return epoch µs of a field, None when it is empty or names no hour."""
    shown = fields.get(segment, number)
    if not shown:
        return None
    found = _MOMENT.fullmatch(shown)
    if found is None:
        raise RowRefused("bad_time", value=HIDDEN, column=f"{segment}-{number}")
    try:
        zone = _zone(found[7]) if found[7] else ZoneInfo(options.timezone)
        parts = [int(part or 0) for part in found.groups()[:6]]
        at = datetime(*parts[:6], tzinfo=zone).astimezone(UTC)  # type: ignore[misc,arg-type]
    except (ValueError, OverflowError) as error:
        raise RowRefused("bad_time", value=HIDDEN, column=f"{segment}-{number}") from error
    return to_us(at) if found[4] else None


def _zone(shown: str) -> timezone:
    minutes = int(shown[1:3]) * 60 + int(shown[3:5])
    return timezone(timedelta(minutes=-minutes if shown[0] == "-" else minutes))


def read_hl7(data: bytes, now_us: int, options: HospitalOptions, rows: Rows) -> Reading:
    """Return the passages of a file of messages.

    Args:
        data: One or several messages, framed or not.
        now_us: Instant of receipt.
        options: Zone, site, codes.
        rows: Where each message is a row.

    Raises:
        FileRefused: ``unknown_message`` when there is no message in it.
    """
    content, was_latin = decode(data)
    messages, strays = split_messages(content)
    if not messages:
        raise FileRefused("unknown_message", value=HIDDEN)
    if was_latin:
        rows.remark("wrong_encoding", found="ISO 8859-1")
    if strays:
        rows.remark("not_used", what="segment before MSH", count=strays)
    passages = []
    for segments in messages:
        with rows.row(partial(raw_message, segments)):
            passage = read_message(segments, now_us, options, rows)
            if passage is not None:
                passages.append(passage)
    return Reading(passages, now_us)


def raw_message(segments: Sequence[str]) -> bytes:
    """Return a message with what is read of it and nothing else, to be tried again."""
    try:
        return cut_message(segments).text.encode() + b"\r"
    except RowRefused:
        return b"MSH\r"


def iterate(data: bytes) -> Iterator[list[str]]:
    """Yield the segments of each message in some bytes."""
    yield from split_messages(decode(data)[0])[0]
