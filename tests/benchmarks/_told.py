"""What a run of the live room says: for each figure asked, a sentence and whether it is met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

FLAT_SHARE = 0.05
"""Memory is flat when it would grow by less than this in the hour that follows the warm-up, or by
less than the least slope that a run of its length can tell from nothing."""
LEAST_MB = 16.0
MOST_MB = 3_072
"""Bounded: what server, processing and keeper may hold together in a burst."""
MOST_ANSWER_MS = 300
MOST_ALERT_MS = 1_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        name: Its name.
        asked: What is asked of it.
        found: What was measured.
        met: Whether it is what was asked; None where the run did not measure it.
        sentence: The same in words.
    """

    name: str
    asked: str
    found: Any
    met: bool | None
    sentence: str


def slope_bound(memory: Mapping[str, Any], seconds: float) -> float:
    """Return below which slope (MiB an hour) a process counts as flat, for a run of this length."""
    held = float(memory["after_warm_up"] or memory["first"])
    measured_h = seconds * 2 / 3 / 3600
    return max(FLAT_SHARE * held, LEAST_MB / max(measured_h, 1e-9))


def _memory(part: str, memory: Mapping[str, Any], seconds: float) -> Iterator[Figure]:
    for name, one in memory["by_process"].items():
        slope = one["mb_per_hour"]
        if one["most"] < LEAST_MB or slope is None:
            continue
        bound = slope_bound(one, seconds)
        yield Figure(
            f"{part}: memory of {name}",
            f"at most {bound:.0f} MiB an hour after the warm-up",
            slope,
            slope <= bound,
            f"{name} held {one['after_warm_up']} MiB of its own after the warm-up,"
            f" {one['last']} at the end ({one['most']} at most): {slope:+.1f} MiB an hour.",
        )


def _delays(steady: Mapping[str, Any], offered: float) -> Iterator[Figure]:
    heard = steady["from_acknowledged"]
    for name, most in (("p95_ms", 1_000), ("p99_ms", 2_000)):
        found = heard.get(name)
        yield Figure(
            f"steady: {name} from acknowledged to heard",
            f"at most {most} ms",
            found,
            found is not None and found <= most,
            f"Of what was acknowledged, {name[1:3]} % was heard within {found} ms.",
        )
    taken = steady["messages_per_s"]
    shares = _shares(steady)
    yield Figure(
        "steady: messages taken",
        f"{offered:g} a second",
        taken,
        taken >= 0.99 * offered,
        f"{taken} messages a second were acknowledged of {offered:g} offered"
        f" (by priority {shares}); the server refused {sum(steady['refused'].values())}, the"
        f" senders gave up {sum(steady['dropped_by_sender'].values())} that they never sent.",
    )


def _alerts(alerts: Mapping[str, Any]) -> Figure:
    found, missing = alerts.get("p95_ms"), alerts["raised"] - alerts["told"]
    return Figure(
        "steady: alerts",
        "at most 1000 ms from acknowledged to heard at the 95th percentile, each told",
        found,
        None if found is None else found <= MOST_ALERT_MS and not missing,
        f"{alerts['rules']} rules stood ({alerts['in_all']} alerts in all); of {alerts['raised']}"
        f" at the watched place 95 % were heard within {found} ms of their message's answer"
        f" ({alerts['n']} hearings; p50 {alerts.get('p50_ms')}, p99 {alerts.get('p99_ms')});"
        f" {missing} were not told one by one.",
    )


def _shares(part: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(one): f"{part['acknowledged'].get(one, 0) / n:.1%}"
        for one, n in part["offered"].items()
        if n
    }


def _nothing_lost(part: str, figures: Mapping[str, Any]) -> Figure:
    lost, doubled = figures["lost"], figures["doubled"]
    return Figure(
        f"{part}: lost and doubled",
        "0 and 0",
        [lost, doubled],
        lost == 0 and doubled == 0,
        f"{lost} of what was acknowledged was not heard, {doubled} was heard twice"
        f" ({figures['from_acknowledged']['n']} hearings counted;"
        f" {sum(figures['counted_only_by_severity'].values())} told by their number only).",
    )


def _burst(burst: Mapping[str, Any]) -> Iterator[Figure]:
    most = burst["memory_mb"]["most"]
    yield Figure(
        "burst: memory is bounded",
        f"at most {MOST_MB} MiB in all, and flat",
        most,
        most <= MOST_MB,
        f"All processes together held {most} MiB at most; {burst['memory_mb']['most_waiting']}"
        " messages waited at most.",
    )
    # Of what a sender put to the server: what it never sent was not the server's to rank.
    put = {
        n: burst["acknowledged"].get(n, 0) + _refused(burst, n) for n in sorted(burst["offered"])
    }
    taken = {n: burst["acknowledged"].get(n, 0) / max(1, put[n]) for n in put}
    heard = burst["from_acknowledged_by_priority"]
    p95 = {n: one.get("p95_ms") for n, one in heard.items()}
    known = [one for one in (p95.get(n) for n in sorted(p95)) if one is not None]
    ranked = list(taken.values()) == sorted(taken.values(), reverse=True)
    yield Figure(
        "burst: priority 1 first",
        "taken in the order of priority, and priority 1 heard first",
        {"taken": {n: round(one, 4) for n, one in taken.items()}, "p95_ms": p95},
        ranked and bool(known) and known[0] == min(known),
        "Of what was put to the server it took "
        + ", ".join(f"{one:.1%} of priority {n}" for n, one in taken.items())
        + "; 95 % were heard within "
        + ", ".join(f"{one} ms (priority {n})" for n, one in p95.items())
        + f". The senders never sent {burst['dropped_by_sender'] or 'none'}.",
    )


def _refused(part: Mapping[str, Any], priority: int) -> int:
    return int(part["refused"].get(f"{priority}:429", 0))


def _shed(figures: Mapping[str, Any]) -> Iterator[Figure]:
    told, senders = figures["refused_told"], figures["refused_by_senders_account"]
    shown = figures["refused_shown_in_stream"]
    met = told == senders and shown == senders
    yield Figure(
        "all that was shed is counted and shown",
        "the server's count, the stream's and the senders' agree",
        {"senders": senders, "server": told, "stream": shown},
        met,
        f"Senders were refused {senders} (by priority), the server counts {told}, the stream told"
        f" {shown}.",
    )
    yield Figure(
        "all that was acknowledged is in the lake",
        "as many as acknowledged",
        figures["in_lake"],
        figures["acknowledged_in_all"]
        <= figures["in_lake"]
        <= figures["acknowledged_in_all"] + figures["unanswered_in_all"],
        f"{figures['acknowledged_in_all']} were acknowledged in all ("
        f"{figures['unanswered_in_all']} were never answered); the lake holds"
        f" {figures['in_lake']}.",
    )


def _resumed(cut: Mapping[str, Any]) -> Figure:
    return Figure(
        "cut off and resumed",
        "neither gap nor double",
        [cut["lost"], cut["doubled"]],
        cut["lost"] == 0 and cut["doubled"] == 0,
        f"A listener cut off for {cut['cut_s']:g} s had caught up {cut['caught_up_s']} s after it"
        f" came back: {cut['lost']} lost, {cut['doubled']} doubled.",
    )


def _asked(asked: Mapping[str, Any]) -> Iterator[Figure]:
    n, p95, failed = asked["n"], asked.get("p95_ms"), asked["failed"]
    yield Figure(
        "steady: analysts' answers",
        f"at most {MOST_ANSWER_MS} ms at the 95th percentile, none failed",
        [p95, failed],
        p95 is not None and p95 <= MOST_ANSWER_MS and failed == 0,
        f"{asked['analysts']} analysts had {n} answers, 95 % of them within {p95} ms;"
        f" {failed} failed.",
    )


def judge(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every figure of a run with its sentence; those of parts left out are left out."""
    found: list[Figure] = []
    steady = figures["steady"]
    found += _delays(steady, figures["rate"])
    found.append(_nothing_lost("steady", steady))
    found += _memory("steady", steady["memory_mb"], steady["seconds"])
    found.append(_alerts(figures["alerts"]))
    if "asked_beside" in figures:
        found += _asked(figures["asked_beside"])
    if "cut" in figures:
        found.append(_resumed(figures["cut"]))
    if "burst" in figures:
        burst = figures["burst"]
        found += _burst(burst)
        found.append(_nothing_lost("burst", burst))
        found += _memory("burst", burst["memory_mb"], burst["seconds"])
    found += _shed(figures)
    return [asdict(one) for one in found]
