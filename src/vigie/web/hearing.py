"""What listeners may hear of an event, worked out once for all who have the same rights.

An event is told whole, emptied and coarsened, or not at all. Hundreds of listeners have a handful
of different rights: each telling is written once for each of these, and sent to all of them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from typing import Any
from weakref import WeakValueDictionary

import shapely

from vigie.situation.bulk_reads import Told
from vigie.situation.view import View
from vigie.web.streaming import GAP_TYPE, Encoded

DATASETS = {
    "org.vigie.fact.": "facts",
    "org.vigie.facts.": "facts",
    "org.vigie.alert.": "alerts",
    "org.vigie.means.": "means",
    "org.vigie.plan.": "plans",
    "org.vigie.clash.": "plans",
    "org.vigie.batch.": "sources",
    "org.vigie.source.": "sources",
    "org.vigie.intake.": "sources",
    "org.vigie.quarantine.": "sources",
    "org.vigie.breakglass.": "breakglass",
    "org.vigie.shift.": "shift",
    "org.vigie.detection.": "detections",
}
MANY = ("facts", "means")
"""Keys under which one event tells many records, as few fields each as an event of its own."""
REMEMBERED = 64


def dataset_of(type_: str) -> str:
    """Return the dataset that an event type tells of; empty for a type nobody knows."""
    return next((name for prefix, name in DATASETS.items() if type_.startswith(prefix)), "")


def hear(views: Mapping[str, View], event: Encoded) -> tuple[bytes | None, tuple[str, ...]]:
    """Return an event as the views let it be heard (None: not at all), and the facts told in it.

    An alert rests on the counts of every source: who sees only some of them does not hear it.
    """
    view = views.get(dataset_of(event.type))
    if view is None:
        return None, ()
    data = event.read()
    key = next((name for name in MANY if isinstance(data.get(name), list)), "")
    if key:
        return _hear_many(view, event, data, key)
    if not _holds(view, data):
        return None, ()
    facts = (str(data.get("fact_id", event.id)),) if view.dataset == "facts" else ()
    if view.masking is None and all(view.sees(name) for name in data):
        view.told([data])
        return event.wire, facts
    return event.told(view.blank(data)), facts


def _holds(view: View, data: Mapping[str, Any]) -> bool:
    if view.everywhere:
        return True
    lon, lat = data.get("lon"), data.get("lat")
    place = None if lon is None or lat is None else shapely.Point(lon, lat)
    return view.holds("" if view.dataset == "alerts" else data.get("source"), place)


def _hear_many(
    view: View, event: Encoded, data: Mapping[str, Any], key: str
) -> tuple[bytes | None, tuple[str, ...]]:
    """As ``hear``, for an event that tells many records of one feed.

    How many were left out is told by severity, but not to who sees some zones only: nobody knows
    how many of them lie there.
    """
    rows = data[key] if view.everywhere else [row for row in data[key] if _holds(view, row)]
    facts = tuple(str(row.get("fact_id", "")) for row in rows) if key == "facts" else ()
    left_out = data["left_out"]
    if view.limits.sources is not None and data["source"] not in view.limits.sources:
        return None, ()
    if view.limits.zones is not None:
        left_out = {}
    whole = len(rows) == len(data[key]) and left_out is data["left_out"]
    names = set().union(*(row.keys() for row in rows[:1]))
    if whole and view.masking is None and all(view.sees(name) for name in names):
        view.told(rows)
        return event.wire, facts
    if not rows and not left_out:
        return None, ()
    told = {
        **data,
        "n": len(rows) + sum(left_out.values()),
        key: [view.blank(row) for row in rows],
        "left_out": left_out,
    }
    return event.told(told), facts


class Hearing:
    """What all who have the same views hear; remembers the latest tellings."""

    def __init__(self, views: Mapping[str, View]) -> None:
        self.views = views
        self.slow = any(view.masking is not None for view in views.values())
        self._known: OrderedDict[tuple[int, int], tuple[bytes, tuple[Told, ...]]] = OrderedDict()

    def known(self, batch: Sequence[Encoded]) -> tuple[bytes, tuple[Told, ...]] | None:
        """Return what was worked out for the same events before, if it is remembered."""
        return self._known.get((batch[0].id, batch[-1].id))

    def work_out(self, batch: Sequence[Encoded]) -> tuple[bytes, tuple[Told, ...]]:
        """Return events as they are sent, put end to end, and the facts told in each."""
        wires: list[bytes] = []
        told: list[Told] = []
        for event in batch:
            wire, facts = (event.wire, ()) if event.type == GAP_TYPE else hear(self.views, event)
            if wire is not None:
                wires.append(wire)
            if wire is not None and facts:
                told.append(Told(facts))
        found = (b"".join(wires), tuple(told))
        if batch[0].type != GAP_TYPE:
            self._known[batch[0].id, batch[-1].id] = found
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found


class Hearings:
    """The hearings of who listens now, one for each different set of rights."""

    def __init__(self) -> None:
        self._held: WeakValueDictionary[tuple[Any, ...], Hearing] = WeakValueDictionary()

    def of(self, views: Mapping[str, View]) -> Hearing:
        """Return the hearing that these views share with others."""
        key = tuple(
            (name, view.grants, view.limits, view.at_most) for name, view in sorted(views.items())
        )
        found = self._held.get(key)
        if found is None:
            found = self._held[key] = Hearing(views)
        return found


class Accounts:
    """Counts what one listener hears for the alarm of bulk reads, without holding up what is told.

    What the desk must be told is written meanwhile, by one thread for all listeners. Where it
    cannot be written, nothing more is told.

    Args:
        hear: Counts facts; says whether they must be settled.
        settle: Settles them with the desk.
    """

    def __init__(self, hear: Callable[[Sequence[Told]], bool], settle: Callable[[], None]) -> None:
        self._hear = hear
        self._settle = settle
        self._settling: Future[None] | None = None

    def note(self, told: Sequence[Told], apart: Executor) -> None:
        """Count facts that are about to be told.

        Raises:
            Unavailable: What was told before could not be accounted for.
        """
        if self._settling is not None and self._settling.done():
            done, self._settling = self._settling, None
            done.result()
        if told and self._hear(told) and self._settling is None:
            self._settling = apart.submit(self._settle)
