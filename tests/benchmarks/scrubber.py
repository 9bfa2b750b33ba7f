"""The scrubber on texts of forms it was not written against: precision and recall by class.

All parts of ``tests/privacy/unseen.py`` with 95 % Wilson intervals; misses are listed for those
that may be read (``--misses``). ``--against FOLDER`` times another copy of ``src`` beside this one
on the same texts. The last line is JSON.

    python3 run.py bench scrubber [--misses] [--texts 20000] [--against ../older/src]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "privacy"))

import parts  # noqa: E402
import unseen  # noqa: E402
from _small import either, sized  # noqa: E402

from vigie.privacy.scrubber import Scrubber as Rules  # noqa: E402
from vigie.scrub import Scrubber  # noqa: E402

ROUNDS = either(3, 1)
ENTRIES = either(unseen.ENTRIES, 40)
TIMING = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from vigie.scrub import Scrubber
texts, scrubber = json.load(sys.stdin), Scrubber()
scrubber.scrub_texts(texts[:500])
best = None
for _ in range({rounds}):
    start = time.process_time()
    scrubber.scrub_texts(texts)
    spent = time.process_time() - start
    best = spent if best is None else min(best, spent)
print(best)
"""


def texts_per_s(source: Path, texts: list[str]) -> float:
    """Return how many texts a second of one core a copy of the sources scrubs: best of three."""
    done = subprocess.run(
        [sys.executable, "-c", TIMING.format(rounds=ROUNDS), str(source)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return round(len(texts) / float(done.stdout))


def shown(half: str, misses: bool, scrubber: Rules | Scrubber) -> dict[str, object]:
    """Print one half's figures, and return them."""
    score = unseen.measure(parts.entries(half, ENTRIES), lambda text: scrubber.scrub(text).text)
    print(f"{half}: {ENTRIES} texts, {score.planted.total()} personal values")
    figures: dict[str, object] = {"lost_words": round(score.lost / score.words, 5)}
    for name, recall, precision in unseen.rows(score):
        print(f"  {name:11} recall {recall}   precision {precision}")
        figures[name] = {"recall": recall.share, "precision": precision.share}
    if misses and half not in parts.BLIND:
        for (kind, form), count in Counter(miss[:2] for miss in score.misses).most_common():
            print(f"  missed {count} x {kind}: {form}")
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--against", type=Path)
    asked = sized(parser.parse_args(), texts=50)
    print("rules alone")
    known = (*parts.APART, *unseen.SEEDS)
    figures: dict[str, object] = {half: shown(half, asked.misses, Rules()) for half in known}
    print("rules and tagger; it has learnt from all parts but blind ones")
    for half in (*parts.APART, "held"):
        figures[f"{half}_both"] = shown(half, asked.misses, Scrubber())
    texts = [one.text for one in unseen.entries("tuned", asked.texts)]
    here = texts_per_s(ROOT / "src", texts)
    figures["texts_per_s"] = here
    ratio = {}
    if asked.against:
        ratio["this_to_other_texts_per_s"] = round(here / texts_per_s(asked.against, texts), 2)
    print(json.dumps({"name": "scrubber", "figures": figures, "ratio": ratio}))


if __name__ == "__main__":
    main()
