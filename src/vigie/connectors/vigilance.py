"""Weather warnings as plans: Météo-France's vigilance, and alerts in CAP 1.1 or 1.2.

A warning occupies a place for an interval, so it is a plan of a kind under ``environment``.

*Vigilance* (JSON, the light form and the official product): one plan per domain, phenomenon and
six-hour part of the local day, revised by the bulletin's time of update. A part that turns green is
cancelled; the parts before a bulletin keep what was said of them.

*CAP*: one plan per message that is in force, and each message that an *Update* or *Cancel* names is
over. Both are revisions by ``sent``, so that any order of arrival, a cancellation before its alert
included, ends in the same state: the messages that no other has ended. Texts, senders and contacts
are not kept; a title is made of codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain, pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import shapely

from vigie.base.clock import from_us, to_us
from vigie.base.translations import Phrase
from vigie.geo.addresses import fold
from vigie.intake.connector import Connector, Context, Parsed, Payload
from vigie.intake.messages import cap, codes
from vigie.intake.messages.allowed import AllowList
from vigie.intake.messages.documents import raw_json, read_documents
from vigie.intake.messages.reading import RowRefused, first, many, need_instant, need_text, text
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.shapes import Footprint, footprint
from vigie.intake.messages.tables import fields_of, read_tables
from vigie.intake.messages.tree import Tree
from vigie.intake.tabular.block import FileRefused
from vigie.model.taxonomy import TAXONOMY
from vigie.model.times import SECOND_US

SKEW_S = 300
HOUR_US = 3_600 * SECOND_US
PART_HOURS = 6
MAX_DAYS = 10
"""No bulletin speaks of more: it would be a broken clock."""
NO_END_H = 24
DOMAINS = ("13", "1310")
_GREEN = 1
_TABLES = read_tables("vigie.connectors", "vigilance")
_PHENOMENA: dict[str, dict[str, str]] = _TABLES["phenomena"]
_COLOURS: dict[str, dict[str, Any]] = _TABLES["colours"]
_EPOCH = re.compile(r"\d{9,11}", re.ASCII)
_LEADING_NUMBER = re.compile(r"\s*(\d{1,2})\b", re.ASCII)


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one bulletin of vigilance, or one document of CAP alerts, into plans.

    Options of the feed: ``domains``, the vigilance domains to keep (``["13", "1310"]``, a
    département and its coast); ``footprint = "city"`` to give vigilance the city's box for a
    footprint (none otherwise: it would overlap whatever is planned there); ``chain = "first"`` to
    keep a CAP alert under the oldest message it refers to, for senders whose updates always name
    the whole chain or only its first message.
    """
    yield from read_documents(payload, context, ("plans",), xml=_document, item=_json_item)


def _json_item(item: Tree, rows: Rows, context: Context) -> None:
    if isinstance(item, dict) and "alert" in item:
        for alert in many(item, "alert") or [None]:
            _alert(alert, rows, context)
        return
    stripped = _ALLOWED.strip(item)
    rows.remarks(stripped.notices())
    kept = stripped.tree
    if isinstance(item, dict) and "product" in item:
        _bulletin(first(kept, "product"), rows, context)
    elif isinstance(item, dict) and "timelaps" in item:
        domain = {"domain_id": kept.get("domain_id"), "phenomenon_items": many(kept, "timelaps")}
        period = {
            "end_validity_time": kept.get("end_validity_time"),
            "timelaps": {"domain_ids": [domain]},
        }
        _bulletin({"update_time": kept.get("update_time"), "periods": [period]}, rows, context)
    else:
        with rows.row(raw_json([item if isinstance(item, dict | list) else {}])):
            raise RowRefused("unknown_message", value="JSON")


class _Slot(NamedTuple):
    begins_us: int
    ends_us: int
    colour: int


def _bulletin(product: Tree, rows: Rows, context: Context) -> None:
    """Read a product; each domain and phenomenon is a row, over all its periods."""
    listed = context.options.get("domains")
    wanted = {str(one) for one in (listed if isinstance(listed, list | tuple) else DOMAINS)}
    entries: dict[tuple[str, str], list[Tree]] = {}
    for period in many(product, "periods"):
        for domain in many(period, "timelaps.domain_ids"):
            name = text(domain, "domain_id", 20) or ""
            if name and name not in wanted:
                rows.remark("not_used", what="domain_id")
                continue
            for item in many(domain, "phenomenon_items"):
                alone = {
                    "end_validity_time": first(period, "end_validity_time"),
                    "timelaps": {"domain_ids": [{"domain_id": name, "phenomenon_items": [item]}]},
                }
                entries.setdefault((name, text(item, "phenomenon_id", 20) or ""), []).append(alone)
    updated = first(product, "update_time")
    if not entries:
        with rows.row(raw_json({"product": {"update_time": updated}})):
            _when(product, "update_time", context)
    for (domain, phenomenon), periods in entries.items():
        alone = {"update_time": updated, "periods": periods}
        with rows.row(raw_json({"product": alone})):
            _warning(alone, domain, phenomenon, rows, context)


def _when(tree: Tree, path: str, context: Context) -> int:
    """Return an instant that vigilance writes: Unix seconds, or ISO 8601 with its offset."""
    shown = need_text(tree, path, 80)
    if _EPOCH.fullmatch(shown):
        return int(shown) * SECOND_US
    return need_instant(tree, path, context.timezone, zoned=True)


def _check_clock(at_us: int, rows: Rows, context: Context) -> None:
    ahead = (at_us - to_us(context.now)) // SECOND_US
    if ahead > SKEW_S:
        rows.remark("clock_skew", seconds=ahead)


def _warning(product: Tree, domain: str, phenomenon: str, rows: Rows, context: Context) -> None:
    """Read one phenomenon of one domain."""
    if not domain or not phenomenon:
        raise RowRefused("missing_required", column="phenomenon_id" if domain else "domain_id")
    if phenomenon not in _PHENOMENA:
        raise RowRefused("unknown_code", value=codes.shown(phenomenon), column="phenomenon_id")
    updated_us = _when(product, "update_time", context)
    _check_clock(updated_us, rows, context)
    slots = sorted(chain.from_iterable(_slots(one, context) for one in many(product, "periods")))
    if not slots:
        raise RowRefused("missing_required", column="timelaps_items")
    low, high = slots[0].begins_us, max(slot.ends_us for slot in slots)
    if high - low > MAX_DAYS * 24 * HOUR_US:
        hours = (high - low) // HOUR_US
        raise RowRefused("out_of_range", value=f"{hours} h", column="end_validity_time")
    where = Footprint()
    if context.options.get("footprint") == "city":
        where = footprint([shapely.box(*context.bbox)])
    for starts_us, ends_us in _parts(low, high, context.timezone):
        plan = _part(slots, max(starts_us, low), min(ends_us, high), phenomenon)
        plan["attributes"] |= {"domain": domain, "phenomenon": phenomenon}
        plan |= {"geometry": where.wkb, "revision": updated_us // SECOND_US}
        rows.add("plans", {"source_ref": f"{domain}/{phenomenon}/{starts_us // SECOND_US}"} | plan)


def _slots(period: Tree, context: Context) -> list[_Slot]:
    """Return what a period says of its one phenomenon: each colour lasts until the next one."""
    items = many(period, "timelaps.domain_ids.phenomenon_items.timelaps_items")
    items = sorted(items, key=lambda one: (_when(one, "begin_time", context), _colour(one)))
    begins = [_when(one, "begin_time", context) for one in items]
    if not items:
        return []
    closing = first(items[-1], "end_time") or first(period, "end_validity_time")
    last = _when({"end_validity_time": closing}, "end_validity_time", context)
    ends = [*begins[1:], last]
    slots = [_Slot(b, e, _colour(i)) for b, e, i in zip(begins, ends, items, strict=True)]
    if slots[-1].ends_us <= slots[-1].begins_us:
        raise RowRefused("time_reversed")
    return [slot for slot in slots if slot.ends_us > slot.begins_us]


def _colour(item: Tree) -> int:
    shown = need_text(item, "color_id", 20)
    if shown not in _COLOURS:
        raise RowRefused("unknown_code", value=codes.shown(shown), column="color_id")
    return int(shown)


def _parts(begins_us: int, ends_at_us: int, timezone: str) -> Iterator[tuple[int, int]]:
    """Yield the six-hour parts of local days that an interval touches (epoch µs)."""
    zone = ZoneInfo(timezone)
    local = from_us(begins_us).astimezone(zone)
    day = datetime(local.year, local.month, local.day)  # noqa: DTZ001 -- a wall clock's reading
    while True:
        marks = [day + timedelta(hours=hours) for hours in range(0, 25, PART_HOURS)]
        edges = [to_us(mark.replace(tzinfo=zone)) for mark in marks]
        for starts_us, ends_us in pairwise(edges):
            if starts_us < ends_at_us and ends_us > begins_us:
                yield starts_us, ends_us
        if edges[-1] >= ends_at_us:
            return
        day = marks[-1]


def _part(slots: Iterable[_Slot], low: int, high: int, phenomenon: str) -> dict[str, Any]:
    """Return the plan of a part of a day: its strongest colour, from first to last above green."""
    here = [
        _Slot(max(slot.begins_us, low), min(slot.ends_us, high), slot.colour)
        for slot in slots
        if slot.begins_us < high and slot.ends_us > low
    ]
    warned = [slot for slot in here if slot.colour > _GREEN]
    colour = _COLOURS[str(max((slot.colour for slot in warned), default=_GREEN))]
    of = _PHENOMENA[phenomenon]
    return {
        "kind": of["kind"],
        "title": f"Vigilance {colour['fr']} : {of['fr']}",
        "starts_at": min((slot.begins_us for slot in warned), default=low),
        "ends_at": max((slot.ends_us for slot in warned), default=high),
        "state": "authorised" if warned else "cancelled",
        "attributes": {"colour": colour["code"], "severity": colour["severity"]},
    }


def _document(root: str, tree: Tree, rows: Rows, context: Context) -> None:
    """Read an XML document: an alert, or what holds or lists some."""
    try:
        found = cap.contained(root, tree)
    except RowRefused as refusal:
        raise FileRefused(refusal.code, **refusal.params) from refusal
    if found is None:
        raise FileRefused("unknown_message", value=root[:40])
    alerts, others = found
    if others:
        rows.remark("not_used", what=f"{root} without alert", count=others)
    elif not alerts:
        rows.remark("not_used", what=root)
    for alert in alerts:
        _alert(alert, rows, context)


def _alert(tree: Tree, rows: Rows, context: Context) -> None:
    stripped = _ALLOWED.strip({"alert": tree})
    rows.remarks(stripped.notices())
    kept = stripped.tree.get("alert")
    with rows.row(raw_json({"alert": kept})):
        if not isinstance(kept, dict):
            raise RowRefused("bad_row", reason=Phrase("reason_not_object"))
        alert = cap.read_alert(kept, context.timezone)
        _check_clock(alert.sent_us, rows, context)
        if cap.signed(kept):
            rows.remark("not_used", what="Signature")
        if alert.type in {"Ack", "Error"} or alert.scope != "Public":
            what = f"scope {alert.scope}" if alert.scope != "Public" else f"msgType {alert.type}"
            rows.remark("not_used", what=what)
            return
        if alert.unread or (alert.type == "Update" and not alert.references):
            rows.remark("unknown_reference", value="references")
        _chain(alert, rows, context)


def _chain(alert: cap.Alert, rows: Rows, context: Context) -> None:
    """Give the plan of an alert, and end those it names.

    A message's own word counts twice its ``sent`` in seconds, its being ended one more: of two in
    the same second the end wins. A message sent before what it names ends it all the same.
    """
    key = alert.key
    if context.options.get("chain") == "first" and alert.references:
        key = alert.references[0].key
    infos = cap.in_language(alert.infos, context.language) if alert.infos else []
    ranked = sorted(infos, key=lambda info: -(_severity(info) or 0))
    kind = next((found for info in ranked if (found := _kind(info))), None)
    if alert.type != "Cancel":
        if kind is None:
            what = text(ranked[0], "category", 40) if ranked else "alert without info"
            known = not ranked or what in cap.CATEGORIES
            rows.remark("not_used", what=what if known else "category")
        else:
            plan = _plan(ranked, kind, alert, rows, context)
            revision = alert.sent_us // SECOND_US * 2
            rows.add("plans", {"source_ref": f"cap/{key}", "revision": revision} | plan)
    for named in alert.ends:
        if named.key == key and alert.type == "Update":
            continue
        last_us = max(alert.sent_us, named.sent_us)
        gone = kind or "environment.other"
        rows.add(
            "plans",
            {
                "source_ref": f"cap/{named.key}",
                "revision": last_us // SECOND_US * 2 + 1,
                "kind": gone,
                "title": TAXONOMY.get(gone).label(),
                "starts_at": named.sent_us,
                "ends_at": last_us,
                "state": "cancelled",
                "attributes": {"ended_by": alert.type},
            },
        )


def _plan(
    infos: list[Tree], kind: str, alert: cap.Alert, rows: Rows, context: Context
) -> dict[str, Any]:
    """Return the plan of an alert's ``info`` blocks, the most severe first."""
    starts, ends = [], []
    for info in infos:
        begins_us, expires_us = cap.interval(info, alert.sent_us, context.timezone)
        if expires_us is None:
            rows.remark("no_end", hours=NO_END_H)
        starts.append(begins_us)
        ends.append(begins_us + NO_END_H * HOUR_US if expires_us is None else expires_us)
    shapes, unread = cap.areas(infos)
    if unread:
        rows.remark("bad_geometry", severity="warning", count=unread)
    where = footprint(shapes)
    attributes = {
        "severity": _severity(infos[0]),
        "urgency": _one_of(infos[0], "urgency", cap.URGENCIES, rows),
        "certainty": _one_of(infos[0], "certainty", cap.CERTAINTIES, rows),
        "category": _one_of(infos[0], "category", cap.CATEGORIES, rows),
        "event_code": ",".join(cap.plain_codes(infos, "eventCode")),
        "geocodes": ",".join(cap.plain_codes(infos, "area.geocode")),
    }
    _one_of(infos[0], "severity", tuple(cap.SEVERITIES), rows)
    return {
        "kind": kind,
        "title": TAXONOMY.get(kind).label(),
        "geometry": where.wkb,
        "lon": where.lon,
        "lat": where.lat,
        "starts_at": min(starts),
        "ends_at": max(ends),
        "state": "authorised",
        "attributes": attributes,
    }


def _severity(info: Tree) -> int | None:
    return cap.SEVERITIES.get(text(info, "severity", 40) or "")


def _one_of(info: Tree, path: str, words: tuple[str, ...], rows: Rows) -> str | None:
    """Return a word of a closed list; another is counted and left out."""
    shown = text(info, path, 40)
    if shown is None or shown in words:
        return shown
    rows.remark("unknown_code", value=codes.shown(shown), column=path)
    return None


def _kind(info: Tree) -> str | None:
    """Return the kind by event code, by awareness type, by the event's words, by its category."""
    same: Mapping[str, str] = _TABLES["cap_same"]
    for _, value in cap.codes_of(info, "eventCode"):
        if value in same:
            return same[value]
    for name, value in cap.codes_of(info, "parameter"):
        found = _LEADING_NUMBER.match(value)
        if name == "awareness_type" and found and found[1] in _TABLES["cap_awareness"]:
            return str(_TABLES["cap_awareness"][found[1]])
    used = [one for one in many(info, "category") if text(one) in _TABLES["cap_categories"]]
    if not used:
        return None
    said = fold(text(info, "event", 200) or "")
    for kind, words in _TABLES["cap_words"].items():
        if any(re.search(rf"\b{re.escape(word)}", said) for word in words):
            return str(kind)
    return str(_TABLES["cap_categories"][text(used[0])])


FIELDS = fields_of(_TABLES)
_ALLOWED = AllowList(FIELDS)

CONNECTOR = Connector(
    name="vigilance",
    title={"fr": "Vigilance météo et alertes CAP", "en": "Weather warnings and CAP alerts"},
    emits=("plans",),
    suffixes=(".json", ".xml", ".cap", ".atom", ".rss", ".edxlde"),
    media=("application/json", "application/cap+xml", "application/xml", "application/atom+xml"),
    fields=FIELDS,
    parse=parse,
    period_s=43_200,
    revises=True,
    reference="Météo-France, DPVigilance ; OASIS Common Alerting Protocol 1.2, EDXL-DE 1.0.",
)
