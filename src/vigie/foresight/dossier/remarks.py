"""What a planner should look at again in a file: incoherent, missing, or changed since it was made.

Nothing here forbids anything; each remark says what was compared with what.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.clock import to_us
from vigie.foresight.dossier.comparing import label_of
from vigie.foresight.dossier.model import BarrierKind, Content, Exempt, Post, Shift
from vigie.foresight.dossier.naming import doubts_of
from vigie.foresight.plans import PlanRecord
from vigie.geo.projection import Projection, local_projection, to_metres

Weight = Literal["wrong", "missing", "look"]
WEIGHTS: Final[tuple[Weight, ...]] = ("wrong", "missing", "look")

BARRIER_M: Final[Mapping[BarrierKind, float]] = {
    BarrierKind.CROWD: 2.0,
    BarrierKind.FENCE: 3.5,
}
"""Usual length of one piece, metres: « barrière de police » and « grille de chantier »."""

GAUGE_SHARE: Final = 0.1
"""An attendance that differs by more from the one the file was made for is told."""
OUTSIDE_M: Final = 50.0
NEAR_M: Final = 30.0
DAY_US: Final = 86_400_000_000
WORKS: Final = "event.works"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at.

    Attributes:
        code: Key of its text in ``texts.toml`` (``remark``).
        weight: wrong (contradicts itself), missing, or look (may be right).
        part: Part of the content it is about.
        item: Id of the item; empty for the whole part.
        params: What the text shows.
    """

    code: str
    weight: Weight
    part: str
    item: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


def remarks(content: Content, plan: PlanRecord, others: Sequence[PlanRecord] = ()) -> list[Remark]:
    """Return what is to be looked at, the heaviest first.

    Args:
        content: The file.
        plan: Its plan as it stands now.
        others: Other plans at the same time, works among them.
    """
    found = [
        *_missing(content, plan),
        *_since(content, plan),
        *_hours(content, plan),
        *_shifts(content),
        *_lines(content),
        *_ground(content, plan, others),
        *_texts(content),
    ]
    return sorted(found, key=lambda one: (WEIGHTS.index(one.weight), one.part, one.item, one.code))


def _missing(content: Content, plan: PlanRecord) -> Iterator[Remark]:
    if content.perimeter is None:
        yield Remark("no_perimeter", "missing", "perimeter")
    if not content.posts:
        yield Remark("no_posts", "missing", "posts")
    if not content.first_aid.level and not content.first_aid.responders:
        yield Remark("no_first_aid", "missing", "first_aid")
    if not content.contacts:
        yield Remark("no_contacts", "missing", "contacts")
    awaited = sum(not one.sha256 for one in content.documents)
    if awaited:
        yield Remark("documents_awaited", "missing", "documents", "", {"n": awaited})
    if plan.state == "cancelled":
        yield Remark("plan_cancelled", "look", "plan")
    elif plan.state != "authorised":
        yield Remark("plan_not_authorised", "look", "plan")


def _since(content: Content, plan: PlanRecord) -> Iterator[Remark]:
    origin = content.origin
    if origin is None or not origin.attendance or not plan.attendance[1]:
        return
    then, now = origin.attendance, plan.attendance[1]
    if abs(now - then) > GAUGE_SHARE * then:
        share = round(100 * (now - then) / then)
        params = {"then": round(then), "now": round(now), "share": f"{share:+d}"}
        yield Remark("gauge_changed", "look", "plan", "", params)


def _hours(content: Content, plan: PlanRecord) -> Iterator[Remark]:
    """Tell what stands more than a day before or after the ground is occupied."""
    first, last = plan.from_us - DAY_US, plan.to_us + DAY_US
    for part in ("posts", "shifts", "closures"):
        for item in getattr(content, part):
            if to_us(item.to_at) < first or to_us(item.from_at) > last:
                params = {"label": label_of(item)}
                yield Remark("far_from_event", "wrong", part, item.id, params)


def _shifts(content: Content) -> Iterator[Remark]:
    of_post: dict[str, list[Shift]] = {}
    for shift in content.shifts:
        of_post.setdefault(shift.post, []).append(shift)
    for post in content.posts:
        shifts = of_post.get(post.id, [])
        params: dict[str, Any] = {"label": post.name}
        for shift in shifts:
            if shift.from_at < post.from_at or shift.to_at > post.to_at:
                yield Remark("shift_outside_post", "look", "shifts", shift.id, params)
        least = least_cover(post, shifts)
        if shifts and least < post.headcount:
            short = {**params, "least": least, "asked": post.headcount}
            yield Remark("post_uncovered", "wrong", "posts", post.id, short)


def least_cover(post: Post, shifts: Sequence[Shift]) -> int:
    """Return the fewest people that shifts bring to a post at any time that it is to be held."""
    cuts = sorted(
        {post.from_at, post.to_at} | {at for one in shifts for at in (one.from_at, one.to_at)}
    )
    spans = [
        (start, end)
        for start, end in itertools.pairwise(cuts)
        if start >= post.from_at and end <= post.to_at
    ]
    return min(
        sum(one.headcount for one in shifts if one.from_at <= start and one.to_at >= end)
        for start, end in spans
    )


def _lines(content: Content) -> Iterator[Remark]:
    for barrier in content.barriers:
        piece = BARRIER_M.get(barrier.kind)
        if barrier.line is None or piece is None:
            continue
        length = barrier.line.length_m()
        if barrier.count * piece < length - piece:
            params = {
                "label": barrier.name,
                "length": round(length),
                "covered": round(barrier.count * piece),
            }
            yield Remark("barriers_short", "look", "barriers", barrier.id, params)
    for closure in content.closures:
        if Exempt.EMERGENCY not in closure.exempt:
            params = {"label": closure.street}
            yield Remark("closure_without_emergency", "wrong", "closures", closure.id, params)


def _ground(content: Content, plan: PlanRecord, others: Sequence[PlanRecord]) -> Iterator[Remark]:
    shapes = _shapes(content)
    anchor = shapes[0][2] if shapes else None
    if anchor is None:
        return
    at = anchor.centroid
    plane = local_projection(round(at.x, 1), round(at.y, 1))
    flat = [(part, item, to_metres(shape, plane), label) for part, item, shape, label in shapes]
    yield from _outside(content, flat)
    yield from _works(flat, plan, others, plane)


def _shapes(content: Content) -> list[tuple[str, str, BaseGeometry, str]]:
    found: list[tuple[str, str, BaseGeometry, str]] = []
    if content.perimeter is not None:
        found.append(("perimeter", "", content.perimeter.geometry(), ""))
    found += [
        ("posts", one.id, one.place.geometry(), one.name) for one in content.posts if one.place
    ]
    for part in ("barriers", "closures", "diversions"):
        found += [
            (part, one.id, one.line.geometry(), label_of(one))
            for one in getattr(content, part)
            if one.line is not None
        ]
    return found


Flat = list[tuple[str, str, BaseGeometry, str]]


def _outside(content: Content, flat: Flat) -> Iterator[Remark]:
    if content.perimeter is None:
        return
    around = flat[0][2].buffer(OUTSIDE_M)
    for part, item, shape, label in flat[1:]:
        if part == "posts" and not around.intersects(shape):
            yield Remark("post_outside", "look", part, item, {"label": label})


def _works(
    flat: Flat, plan: PlanRecord, others: Sequence[PlanRecord], plane: Projection
) -> Iterator[Remark]:
    for other in others:
        apart = other.plan_id == plan.plan_id or not other.kind.startswith(WORKS)
        ended = other.from_us >= plan.to_us or other.to_us <= plan.from_us
        if apart or ended or other.geometry is None or other.state == "cancelled":
            continue
        ground = shapely.make_valid(to_metres(other.geometry, plane))
        for part, item, shape, label in flat:
            if shape.distance(ground) <= (0.0 if part == "perimeter" else NEAR_M):
                params = {"label": label, "works": other.title}
                code = "works_in_perimeter" if part == "perimeter" else "works_near"
                yield Remark(code, "look", part, item, params)


def _texts(content: Content) -> Iterator[Remark]:
    for message in content.messages:
        if message.fr and not message.en:
            params = {"label": message.fr[:60]}
            yield Remark("message_one_language", "missing", "messages", message.id, params)
    for doubt in doubts_of(content):
        if not doubt.refused:
            part, _, rest = doubt.path.partition(".")
            params = {"passage": doubt.passage}
            yield Remark("may_name_person", "look", part, rest.partition(".")[0], params)
