"""Train the scrubber's tagger on the invented texts that may be read, and measure it on another.

``--without PART …`` leaves parts of ``tests/privacy`` out of the learning and measures on them:
what a stranger's texts would give. ``--write`` learns from all these parts and writes the weights
that are shipped. A blind part (``parts.BLIND``) is never learnt from. Half of the texts
are read as the rules leave them, for so the tagger meets them. The last line is JSON.

    python3 run.py bench tagger --without held sealed veiled
    python3 run.py bench tagger --write
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import pycrfsuite
import tomli_w

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "privacy"))

import drilled  # noqa: E402
import parts  # noqa: E402
import rowed  # noqa: E402
import sealed  # noqa: E402
import shuttered  # noqa: E402
import shuttered_values  # noqa: E402
import taught  # noqa: E402
import unseen  # noqa: E402
import veiled  # noqa: E402
import veiled_values  # noqa: E402
from _small import SMALL, either  # noqa: E402

from vigie.city.texts import sentences  # noqa: E402
from vigie.privacy.scrubber import PLACEHOLDERS  # noqa: E402
from vigie.privacy.scrubber import Scrubber as Rules  # noqa: E402
from vigie.scrub.reading import Token, features, tokens  # noqa: E402
from vigie.scrub.scrubber import Scrubber  # noqa: E402
from vigie.scrub.tagger import FREE, NOBODY, Tagger  # noqa: E402

PARTS = ("tuned", "own", "read", "former", "trial", "fresh", "wide", "broad", "late", "held")
TEXTS = either(1_500, 20)
ORDINARY = either(1_000, 20)
TAUGHT = either(4_000, 50)
DRILLED = either(6_000, 50)
ROWED = either(14_000, 50)
SWAPPED = 0.4
RULED = 0.5
INVENTED = 150
WITHOUT_ANYBODY = 0.2
SETTINGS = {"c1": 0.3, "c2": 0.3, "max_iterations": either(60, 5), "feature.minfreq": 2}
LIMITS = {
    "names": 0.45,
    "homes": 0.2,
    "words": 0.35,
    "signs": 0.3,
    "sure": 0.4,
    "explained": 0.8,
    "beside": 0.2,
}
FOLDER = ROOT / "src" / "vigie" / "scrub"
STARTS = [
    "b",
    "br",
    "c",
    "ch",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "ph",
    "pr",
    "qu",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "z",
]
MIDDLES = [
    "a",
    "ai",
    "an",
    "ar",
    "au",
    "e",
    "ei",
    "el",
    "en",
    "er",
    "i",
    "ia",
    "in",
    "o",
    "oi",
    "on",
    "or",
    "ou",
    "u",
]
ENDS = [
    "t",
    "d",
    "eau",
    "ot",
    "ier",
    "ard",
    "ez",
    "ini",
    "ski",
    "ova",
    "o",
    "a",
    "ane",
    "elle",
    "et",
    "ić",
    "lain",
    "rand",
    "bert",
]


def made_up(chance: random.Random) -> str:
    """Return a name that no list knows, so that what stands around names is learnt."""
    count = chance.randrange(1, 3)
    middle = "".join(chance.choice(STARTS) + chance.choice(MIDDLES) for _ in range(count))
    return (middle + chance.choice(STARTS) + chance.choice(ENDS)).capitalize()


def told(part: str) -> Iterator[unseen.Entry]:
    """Give texts of a part, half of their names made up."""
    forms, chance = unseen.Forms(part), random.Random(unseen.SEEDS[part] + 1)
    for name in ("given", "family"):
        known = forms._lists[name]
        known += [made_up(chance) for _ in range(max(INVENTED, len(known)))]
    for place in range(TEXTS):
        form = forms.forms[place % len(forms.forms)]
        if chance.random() < SWAPPED:
            form = rowed.swapped(chance, form)
        yield unseen.entry(forms, chance, None if chance.random() < WITHOUT_ANYBODY else form)


def told_sealed() -> Iterator[unseen.Entry]:
    """Give texts of the sealed part, drawn anew, half of their names made up."""
    chance = random.Random(sealed.SEED + 1)
    for known in (sealed.GIVEN, sealed.FAMILY):
        known += [made_up(chance) for _ in range(max(INVENTED, len(known)))]
    kinds = list(sealed.CLAUSES)
    for _ in range(TEXTS):
        many = 0 if chance.random() < WITHOUT_ANYBODY else chance.choice((1, 1, 2))
        yield sealed.entry(chance, chance.choices(kinds, sealed.WEIGHTS, k=many))


def told_veiled() -> Iterator[unseen.Entry]:
    """Give texts of the veiled part, drawn anew, half of their names made up."""
    chance = random.Random(veiled.SEED + 1)
    for name in ("man", "woman", "family"):
        known = veiled_values.PEOPLE[name]
        known += [made_up(chance) for _ in range(max(INVENTED, len(known)))]
    bags = veiled.Bags(chance)
    for _ in range(TEXTS):
        yield veiled.entry(chance, bags)


def told_shuttered() -> Iterator[unseen.Entry]:
    """Give texts of the shuttered part, drawn anew, half of their names made up."""
    for name in ("female", "male", "surnames"):
        known = shuttered_values.LISTS[name]
        chance = random.Random(shuttered.SEED + 1)
        known += [made_up(chance) for _ in range(max(INVENTED, len(known)))]
    writer = shuttered.Writer()
    writer.rng = random.Random(shuttered.SEED + 1)
    for _ in range(TEXTS):
        yield writer.entry()


TOLD = {"sealed": told_sealed, "veiled": told_veiled, "shuttered": told_shuttered}


def put_together() -> Iterator[unseen.Entry]:
    """Give texts of forms put together at random, with the names of the parts and made-up ones."""
    chance = random.Random(11)
    forms = unseen.Forms(PARTS[0])
    for name in ("given", "family", "street"):
        forms._lists[name] = [one for part in PARTS for one in unseen.Forms(part)._lists[name]]
    for name in ("given", "family"):
        forms._lists[name] += [made_up(chance) for _ in range(INVENTED)]
    for made in (taught.forms(TAUGHT, 5), drilled.forms(DRILLED, 8), rowed.forms(ROWED, 13)):
        forms.forms, forms.negatives = made
        for form in forms.forms:
            yield unseen.entry(forms, chance, None if chance.random() < WITHOUT_ANYBODY else form)


def after_rules(one: unseen.Entry, rules: Rules) -> unseen.Entry:
    """Return a text as the tagger meets it: with the marks of the rules, and what they left."""
    clean = rules.scrub(one.text).text
    text, planted, done = "", [], 0
    for start, end, kind in [*unseen.taken(one.text, clean), (len(one.text), len(one.text), "")]:
        for value in one.planted:
            low, high = max(value.start, done), min(value.end, start)
            if low < high:
                shift = len(text) - done
                planted.append(unseen.Planted(value.kind, low + shift, high + shift, value.form))
        text += one.text[done:start] + (PLACEHOLDERS[kind] if kind else "")
        done = end
    return unseen.Entry(text, tuple(planted))


def ordinary() -> Iterator[unseen.Entry]:
    """Give texts of the synthetic city that name nobody."""
    chance, known = random.Random(3), sorted(sentences())
    for _ in range(ORDINARY):
        text = " ".join(chance.sample(known, chance.randrange(2, 5)))
        yield unseen.Entry(unseen.style(chance)(text), ())


def label(one: unseen.Entry, token: Token) -> str:
    """Return what a token is: a class, ``free``, or nobody's."""
    for value in one.planted:
        if value.start < token.end and token.start < value.end:
            if value.kind in ("name", "agent"):
                said = one.text[value.start : value.end]
                return "document" if any(map(str.isdigit, said)) else "name"
            return FREE if value.kind in ("", "free") else value.kind
    return NOBODY


def learn(without: Sequence[str], path: Path) -> tuple[float, int]:
    """Learn weights into a file, from all parts but these; returns seconds, and how many texts."""
    learnt = 0
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(SETTINGS)
    rules, chance = Rules(), random.Random(17)
    given = [told(part) for part in PARTS if part not in without]
    given += [texts() for part, texts in TOLD.items() if part not in without]
    for told_one in itertools.chain(*given, put_together(), ordinary()):
        one = after_rules(told_one, rules) if chance.random() < RULED else told_one
        read = tokens(one.text)
        if read:
            learnt += 1
            trainer.append(features(one.text, read), [label(one, token) for token in read])
    start = time.process_time()
    trainer.train(str(path))
    return time.process_time() - start, learnt


def measured(part: str, tagger: Tagger) -> dict[str, object]:
    """Print and return what rules and tagger together find in a part."""
    scrubber = Scrubber(tagger=tagger)
    texts = parts.entries(part, either(unseen.ENTRIES, 40))
    score = unseen.measure(texts, lambda text: scrubber.scrub(text).text)
    figures: dict[str, object] = {"lost_words": round(score.lost / score.words, 5)}
    for name, recall, precision in unseen.rows(score):
        print(f"  {name:11} recall {recall}   precision {precision}")
        figures[name] = {"recall": recall.share, "precision": precision.share}
    return figures


def write(path: Path, into: Path) -> dict[str, object]:
    """Learn from every part that may be read, and write weights and what is said of them.

    What a small run learns is not shipped.
    """
    seconds, learnt = learn((), path)
    weights = path.read_bytes()
    said = {
        "sha256": hashlib.sha256(weights).hexdigest(),
        "learnt_from": [*PARTS, *TOLD],
        "texts": learnt,
        "limits": LIMITS,
        "made_with": f"python-crfsuite {version('python-crfsuite')}, {SETTINGS}",
    }
    (into / "model.bin").write_bytes(weights)
    head = "# Written by `python3 run.py bench tagger --write`.\n\n"
    (into / "model.toml").write_text(head + tomli_w.dumps(said), encoding="utf-8")
    return {"seconds": round(seconds, 1), "bytes": len(weights)}


def main() -> None:
    """Learn, measure or write, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", nargs="+", choices=(*PARTS, *TOLD), default=["former"])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--keep", type=Path, help="where to leave weights that are not shipped")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.bin"
        if asked.write:
            figures = write(path, Path(folder) if SMALL else FOLDER)
        else:
            seconds, _ = learn(asked.without, path)
            figures = {"seconds": round(seconds, 1), "bytes": path.stat().st_size}
            if asked.keep:
                asked.keep.write_bytes(path.read_bytes())
            for part in asked.without:
                print(f"{part}, not learnt from")
                figures[part] = measured(part, Tagger(str(path)))
    print(json.dumps({"name": "tagger", "figures": figures}))


if __name__ == "__main__":
    main()
