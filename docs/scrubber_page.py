"""The page about what the scrubber finds and misses, measured on invented texts."""

from __future__ import annotations

import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import tomli_w
from markdown_pages import page, table

from vigie.privacy.scrubber import Scrubber as Rules
from vigie.privacy.sensitive import SENSITIVE_CLASSES, mask_sensitive
from vigie.scrub import Scrubber

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests" / "privacy"
MEASURED = ROOT / "src" / "vigie" / "civic" / "register" / "measured.toml"
sys.path.append(str(TESTS))

import parts  # noqa: E402
import unseen  # noqa: E402

WIDEST = 110
INTRODUCTION = """
Measured on {entries} invented texts of a blind part, on {fewer} of each other one
(`tests/privacy/unseen.py`, `tests/privacy/parts.py`). {believe} *shuttered* (registers of a
generator of its own, `tests/privacy/shuttered.py`) was measured once, blind: 96.8 % [96.2, 97.4] of
the structured values (addresses 86.0, codes 95.5, accounts 96.6, NIR 96.9, papers 97.9), 96.6 % of
names, 90.7 % of agents, structured marks right 93.1 %; its misses are read since, and rules and
lessons follow them (decision 0075). *veiled* (nine registers of a
generator of its own, `tests/privacy/veiled.py`) and *held* were each written by a hand that had
read neither rules nor word lists nor misses. Their figures were known, their misses never, until
decision 0075: before it, with both layers, 97.6 % [97.0, 98.1] of the structured values of *veiled*
were found (papers 95.1, addresses 94.5, plates 96.6, codes 96.9, accounts 97.3, cards 97.5), 96.4 %
of names and 90.7 % of agents, structured marks right 89.8 %; of *held* 99.0, 93.7 and 90.0 %, marks
right 89.3 %. **Both are read since**, rules were mended after *veiled* and the tagger learns from
both: their figures below tell what is found in known forms. What the same hands measure when the
tagger has not learnt from them stands in decision 0075. *sealed* comes from a generator of its own
(`tests/privacy/sealed.py`: other clauses, names, streets and typing habits); measured once, blind,
it gave 96.0 % of structured values, and is read since decision 0069. *broad* (every class, other
signs, letters for digits, broken lines, said values, partial values) was written before the rules
of decision 0069, which found 90.4 % of its structured values then with the tagger; half of its
first forms were read, after which the unread half gave 98.1 %; the rest was read afterwards. *late*
(papers, plates, codes, homes) was written before the rules that followed, which found 84.6 % of its
structured values then, with the tagger. *wide* was written before its rules, which found 64 % of
its structured values then. *held* holds spoken values (letters and figures in words) and streets of
facts that look like homes. *former* was written as *held* was, a few hours before. *tuned*, *own*
and *read* were written by the hands that wrote the rules; their misses were read while rules were
improved, *read* having been held before; of *own*, written just before the rules of decision 0033,
the rules until then found 72 % of the structured values. *trial* and *fresh* were written before
the rules were run on a line of them, by the hand that then widened the rules. The tagger that reads
after the rules (decision 0054) has learnt from all parts but a blind one: those of `unseen.py` are
measured with the rules alone. Real logs will differ again. A structured value counts as found when
no letter or digit of it is left, a name when no word of three letters is. Intervals are Wilson's,
95 %. `agent`: names and service numbers of agents; a mark does not tell whose name it was, so
precision stands with `name`.
"""
READ_OR_NOT = {True: ("n'ont pas été lus", "were not read"), False: ("ont été lus", "were read")}
NONE_BLIND = "There is **no blind part now**: all below have been read."
TARGETS = {"name": "0.90", "agent": "0.90"}


BOTH = ", rules and tagger"
ALONE = ", rules alone"
WHOLE = (*parts.BLIND, *reversed(parts.READ), "held")
"""Measured with both layers."""
PARTS = ("late", "broad", "wide", "fresh", "trial", "former", "read", "own", "tuned")
FEWER = unseen.ENTRIES // 2


@cache
def _score(part: str, layers: str) -> unseen.Score:
    """Measure one part, once in a run."""
    scrubber = Scrubber() if layers == BOTH else Rules()
    count = unseen.ENTRIES if part in parts.BLIND else FEWER
    return unseen.measure(parts.entries(part, count), lambda text: scrubber.scrub(text).text)


def _scores() -> dict[str, unseen.Score]:
    scores = {part + BOTH: _score(part, BOTH) for part in WHOLE}
    return scores | {part + ALONE: _score(part, ALONE) for part in PARTS}


def measured_file() -> str:
    """The error rates that the public register tells, as the file that is shipped with it."""
    told = {name: (recall, right) for name, recall, right in unseen.rows(_score(parts.TOLD, BOTH))}
    unread = parts.TOLD in parts.BLIND
    said = {
        "name": ("noms", "names"),
        "agent": ("noms d'agents", "names of agents"),
        "structured": ("numéros, plaques, adresses", "numbers, plates, addresses"),
    }
    measures = (("trouvés", "found"), ("trouvés à raison", "rightly found"))
    rates = [
        {
            "what": {
                "fr": f"Expurgation des textes libres : {french}",
                "en": f"Scrubbing of free texts: {english}",
            },
            "measure": dict(zip(("fr", "en"), measure, strict=True)),
            "value": {
                "fr": f"{100 * share.hits / share.of:.1f} %".replace(".", ","),
                "en": f"{100 * share.hits / share.of:.1f} %",
            },
            "base": {
                "fr": f"{share.of} passages inventés, dont les oublis {READ_OR_NOT[unread][0]}",
                "en": f"{share.of} invented passages, whose misses {READ_OR_NOT[unread][1]}",
            },
        }
        for name, (french, english) in said.items()
        for measure, share in zip(measures, told[name], strict=True)
        if share.of
    ]
    head = "# Written by docs/generate.py from what tests/privacy measures.\n\n"
    return head + tomli_w.dumps({"rate": rates})


def scrubber() -> str:
    """What is found in free text and what is missed, by class."""
    scores = _scores()
    believe = " ".join([*parts.BLIND.values()]) or NONE_BLIND
    said = INTRODUCTION.format(entries=unseen.ENTRIES, fewer=FEWER, believe=believe)
    told = []
    for half, score in scores.items():
        rows = [
            (f"`{name}`", TARGETS.get(name, "0.98"), recall, precision)
            for name, recall, precision in unseen.rows(score)
        ]
        lost = unseen.Share(score.lost, score.words)
        told += [
            f"## {half}",
            table(("class", "recall asked", "recall", "precision"), rows),
            f"Words that were nobody's and went all the same: {lost}.",
        ]
    introduction = " ".join(said.split())
    return page("Scrubber", introduction, *told, _misses(scores["tuned" + ALONE]), _sensitive())


def _misses(score: unseen.Score) -> str:
    counted = Counter(miss[:2] for miss in score.misses)
    example = {miss[:2]: (miss[2], miss[3]) for miss in reversed(score.misses)}
    rows = [
        (f"`{kind}`", count, f"`{form}`", f"`{_around(example[kind, form][1])}`")
        for (kind, form), count in sorted(counted.items(), key=lambda item: (item[0][0], -item[1]))
    ]
    wrong = Counter((kind, text.lower()) for kind, text, _ in score.false)
    taken = [(f"`{kind}`", count, f"`{text}`") for (kind, text), count in sorted(wrong.items())]
    return "\n\n".join(
        [
            "## What is missed in *tuned*",
            table(("class", "times", "form", "a text after scrubbing"), rows),
            "## What went and was nobody's in *tuned*",
            table(("class", "times", "passage"), taken),
        ]
    )


def _around(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= WIDEST else f"{flat[:WIDEST]} …"


def _sensitive() -> str:
    path = TESTS / "sensitive_phrases.toml"
    phrases = {
        name: text.strip().splitlines()
        for name, text in tomllib.loads(path.read_text("utf-8")).items()
    }
    rows = []
    for name in SENSITIVE_CLASSES:
        hits = sum(name in mask_sensitive(phrase)[1] for phrase in phrases[name])
        missed = unseen.Share(len(phrases[name]) - hits, len(phrases[name]))
        rows.append((f"`{name}`", unseen.Share(hits, len(phrases[name])), missed))
    wrong = sum(bool(mask_sensitive(phrase)[1]) for phrase in phrases["none"])
    return "\n\n".join(
        [
            "## Sensitive words",
            (
                "150 phrases that say something GDPR 9 protects and 150 near misses "
                "(`tests/privacy/sensitive_phrases.toml`), written before the lexicon, which found "
                "146 of the 150 and none of the near misses at its first reading; its four misses "
                "were then read and mended. What is found becomes `[sensible]`."
            ),
            table(("class", "recall", "miss rate"), rows),
            f"Near misses taken: {unseen.Share(wrong, len(phrases['none']))}.",
        ]
    )
