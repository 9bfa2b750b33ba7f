"""The municipal police log: entries, their amendments, double entries and planted defects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vigie.city import people, texts
from vigie.city.chance import stream
from vigie.city.feeds.writing import numbered
from vigie.city.kinds import LOG_CODES_SEEN_BY_PATROL
from vigie.city.span import DAY_US, MINUTE_US, IntArray
from vigie.city.tellings import Telling, tell
from vigie.city.truth import Truth

SOURCE = "main_courante"
ORIGINS = ("APPEL", "PATROUILLE", "CSU", "PARTENAIRE", "CAPTEUR")
DOUBLE_SHARE = 0.012
AMENDED_SHARE = 0.08
REPEATED_SHARE = 0.006
DEFECT_SHARE = 0.0007
ADDRESS_ONLY_SHARE = 0.06
DEFECTS = (
    *("swapped_coordinates", "null_island", "time_in_future", "unknown_kind"),
    *("missing_required", "bad_time", "time_reversed"),
)
OUTCOMES = ("PV", "MISE EN FUITE", "SANS SUITE", "RAPPEL A LA LOI", "INTERPELLATION", "TRANSMIS")


@dataclass(frozen=True)
class LogBook:
    """Entries and the rows that say them.

    Attributes:
        told: What the log knows; one entry per position.
        double_of: Entry that this one says again under another number, -1 if none.
        number: ``NUMERO`` of each entry.
        origin: Position in ``ORIGINS``.
        end_us: End given for what was seen, 0 for an instant.
        whole_day: 1 when the hours are left empty.
        located: 1 when the entry carries coordinates.
        text: ``OBSERVATIONS``.
        planted: Personal values planted in the texts.
        caller: ``REQUERANT`` or empty.
        phone: ``TELEPHONE`` or empty.
        defect: Position in ``DEFECTS``, -1 for a sound entry.
        state: ``ETAT`` at the first export.
        outcome: Position in ``OUTCOMES``.
        crew: Number of the crew.
        row_entry: Entry of each row.
        row_version: 0 for the first export, 1 for an amendment, 2 for a repeated line.
        row_at_us: ``MAJ`` of each row; rows are sorted by it.
    """

    told: Telling
    double_of: IntArray
    number: list[str]
    origin: IntArray
    end_us: IntArray
    whole_day: IntArray
    located: IntArray
    text: list[str]
    planted: texts.Planted
    caller: list[str]
    phone: list[str]
    defect: IntArray
    state: list[str]
    outcome: IntArray
    crew: IntArray
    row_entry: IntArray
    row_version: IntArray
    row_at_us: IntArray

    def after(self, since_us: int) -> LogBook:
        """Return only the rows later than an instant and their entries, planted values left out."""
        rows = np.flatnonzero(self.row_at_us > since_us)
        kept, entry = np.unique(self.row_entry[rows], return_inverse=True)
        chosen = kept.tolist()
        return replace(
            self,
            told=self.told.take(kept),
            double_of=np.full(len(kept), -1, dtype=np.int64),
            number=[self.number[e] for e in chosen],
            origin=self.origin[kept],
            end_us=self.end_us[kept],
            whole_day=self.whole_day[kept],
            located=self.located[kept],
            text=[self.text[e] for e in chosen],
            planted=texts.Planted(),
            caller=[self.caller[e] for e in chosen],
            phone=[self.phone[e] for e in chosen],
            defect=self.defect[kept],
            state=[self.state[e] for e in chosen],
            outcome=self.outcome[kept],
            crew=self.crew[kept],
            row_entry=entry.astype(np.int64),
            row_version=self.row_version[rows],
            row_at_us=self.row_at_us[rows],
        )


def _states(reported_us: IntArray, now_us: int, chance: np.random.Generator) -> list[str]:
    """Return the state of each entry at its first export: old ones are mostly closed."""
    age_days = np.maximum(0.0, (now_us - reported_us) / DAY_US)
    closed = np.clip(0.35 + 0.08 * age_days, 0.05, 0.85)
    draw = chance.random(len(closed))
    running = closed + (1 - closed) * np.where(age_days < 2, 0.6, 0.2)
    states = np.where(draw < closed, "VERT", np.where(draw < running, "ORANGE", "ROUGE"))
    return [str(state) for state in states.tolist()]


def _with_doubles(told: Telling, chance: np.random.Generator) -> tuple[Telling, IntArray]:
    """Return the entries with some said twice, in the order of reporting."""
    n = len(told)
    again = np.flatnonzero(chance.random(n) < DOUBLE_SHARE)
    entries = np.concatenate([np.arange(n), again])
    later = np.concatenate([np.zeros(n), chance.uniform(1, 25, len(again)) * MINUTE_US])
    reported = told.reported_us[entries] + later.astype(np.int64)
    shift = np.concatenate([np.zeros(n), chance.normal(0, 4e-4, len(again))])
    order = np.argsort(reported, kind="stable")
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    first = np.concatenate([np.full(n, -1), position[again]])[order]
    entries, shift = entries[order], shift[order]
    doubled = Telling(
        incident=told.incident[entries],
        code=[told.code[e] for e in entries.tolist()],
        from_us=told.from_us[entries],
        to_us=told.to_us[entries],
        reported_us=reported[order],
        seen=told.seen[entries],
        lon=np.round(told.lon[entries] + shift, 5),
        lat=np.round(told.lat[entries] + shift / 2, 5),
    )
    return doubled, first.astype(np.int64)


def _origins(codes: list[str], doubles: IntArray, chance: np.random.Generator) -> IntArray:
    n = len(codes)
    draw = chance.random(n)
    patrol = np.array([code in LOG_CODES_SEEN_BY_PATROL for code in codes])
    by_call = np.searchsorted([0.60, 0.82, 0.94, 0.99], draw, side="right")
    by_patrol = np.array([1, 2, 0])[np.searchsorted([0.72, 0.87], draw, side="right")]
    origin = np.where(patrol, by_patrol, by_call)
    return np.where(doubles >= 0, (origin + 1) % 4, origin).astype(np.int64)


def _rows(
    reported_us: IntArray, defect: IntArray, chance: np.random.Generator
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the exported rows: each entry, its amendment if any, and lines repeated by mistake."""
    n = len(reported_us)
    sound = defect < 0
    amended = np.flatnonzero((chance.random(n) < AMENDED_SHARE) & sound)
    repeated = np.flatnonzero((chance.random(n) < REPEATED_SHARE) & sound)
    delay = chance.exponential(2.0, len(amended)) * DAY_US + 10 * MINUTE_US
    entry = np.concatenate([np.arange(n), amended, repeated])
    version = np.repeat([0, 1, 2], [n, len(amended), len(repeated)])
    at_us = reported_us[entry]
    at_us[n : n + len(amended)] += delay.astype(np.int64)
    at_us = at_us // 1_000_000 * 1_000_000
    order = np.lexsort((version, entry, at_us))
    return entry[order].astype(np.int64), version[order].astype(np.int64), at_us[order]


def make_logbook(truth: Truth) -> LogBook:
    """Return the log of a truth: past entries and those still to come in the live days."""
    chance = stream(truth.seed, SOURCE)
    told, double_of = _with_doubles(tell(truth, SOURCE), chance)
    told = replace(told, reported_us=told.reported_us // MINUTE_US * MINUTE_US + MINUTE_US)
    n = len(told)
    origin = _origins(told.code, double_of, chance)
    lasting = (told.seen == 1) & (chance.random(n) < 0.35)
    length = np.maximum(1, np.rint(25 * np.exp(chance.normal(0, 0.7, n)))) * MINUTE_US
    whole_day = ((told.seen == 0) & (chance.random(n) < 0.03)).astype(np.int64)
    true_us = truth.incidents.at_us[told.incident] // MINUTE_US * MINUTE_US
    told = replace(told, from_us=np.where(whole_day == 1, true_us, told.from_us))
    defective = (chance.random(n) < DEFECT_SHARE * len(DEFECTS)) & (double_of < 0)
    in_turn = (np.cumsum(defective) - 1) % len(DEFECTS)
    defect = np.where(defective, in_turn, -1).astype(np.int64)
    written, planted = texts.write(told.code, [ORIGINS[o] for o in origin.tolist()], chance)
    raw = people.draws(chance, n)
    called = ((origin == 0) & (chance.random(n) < 0.7)).tolist()
    names, numbers = people.names(raw), people.phones(raw)
    located = (chance.random(n) >= ADDRESS_ONLY_SHARE).astype(np.int64)
    entry, version, at_us = _rows(told.reported_us, defect, chance)
    return LogBook(
        told=told,
        double_of=double_of,
        number=numbered("", told.reported_us),
        origin=origin,
        end_us=np.where(lasting, told.from_us + length.astype(np.int64), 0),
        whole_day=whole_day,
        located=np.where(defect >= 0, 1, located),
        text=written,
        planted=planted,
        caller=[name if c else "" for name, c in zip(names, called, strict=True)],
        phone=[number if c else "" for number, c in zip(numbers, called, strict=True)],
        defect=defect,
        state=_states(told.reported_us, truth.now_us, chance),
        outcome=np.asarray(chance.integers(0, len(OUTCOMES), n), dtype=np.int64),
        crew=np.asarray(chance.integers(1, 60, n), dtype=np.int64),
        row_entry=entry,
        row_version=version,
        row_at_us=at_us,
    )
