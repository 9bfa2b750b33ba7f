"""The word lists of the scrubber, read once from ``words.toml``."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzàâäáãçéèêëíìîïñóòôöõúùûüýÿæ".encode("latin-1"))
_AS_THEY_ARE = (
    *("surnames", "civilities", "particles", "short_places", "own_particles"),
    *("crews", "sirs", "lettered", "eponyms"),
)
_BLANKS = bytes(code if code in _LETTERS else 32 for code in range(256))


@dataclass(frozen=True)
class Words:
    """The word lists of ``words.toml``, lower case, with and without accents.

    ``hints`` are the words without one of which a text names nobody, ``names`` those that alone
    make a text worth reading, ``barriers`` those that are never part of a name unless given names
    too, ``stops`` those that a reading stops at, ``common`` ordinary words, verbs in their forms
    among them, ``ordinary`` no names of things. ``several`` announce a list, ``crews`` a crew,
    ``sirs`` a person anywhere; ``lettered`` things are told by letters, ``eponyms`` are
    names that streets bear, joined by a stroke below. ``strong`` announcements
    and ``grades`` are believed before a word in small letters.
    """

    given: frozenset[str]
    ambiguous: frozenset[str]
    surnames: frozenset[str]
    announces: frozenset[str]
    civilities: frozenset[str]
    particles: frozenset[str]
    places: frozenset[str]
    short_places: frozenset[str]
    common: frozenset[str]
    own_particles: frozenset[str]
    titles: frozenset[str]
    grades: frozenset[str]
    strong: frozenset[str]
    short: frozenset[str]
    several: frozenset[str]
    crews: frozenset[str]
    sirs: frozenset[str]
    lettered: frozenset[str]
    eponyms: frozenset[str]
    between: frozenset[str]
    ordinary: frozenset[str]
    sure: frozenset[str]
    names: frozenset[str]
    hints: frozenset[bytes]
    barriers: frozenset[str]
    stops: frozenset[str]


def bare(text: str) -> str:
    """Return a text without its accents."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def cut(text: str) -> list[bytes]:
    """Cut a text into small words at all that is no letter; three times faster in bytes."""
    return text.lower().replace("œ", "oe").encode("latin-1", "replace").translate(_BLANKS).split()


@lru_cache(maxsize=1)
def load_words() -> Words:
    """Read the word lists."""
    table = tomllib.loads(files("vigie.privacy").joinpath("words.toml").read_text("utf-8"))
    lists = {
        name: frozenset(form for word in text.split() for form in (word, bare(word)))
        for name, text in table.items()
    }
    given = lists["first_names"] | lists["ambiguous_names"]
    names = given | lists["surnames"]
    places = lists["places"] | lists["short_places"]
    several = lists["several"] | lists["crews"]
    announcing = lists["announces"] | several | lists["civilities"]
    verbs = {stem + end for stem in lists["verbs"] for end in lists["endings"]}
    titles = lists["titles"] - lists["announces"]
    public = lists["public_names"] - names
    return Words(
        **{name: lists[name] for name in _AS_THEY_ARE},
        given=given,
        ambiguous=lists["ambiguous_names"],
        announces=lists["announces"] | several,
        places=places,
        common=lists["common"] | public | verbs,
        titles=titles,
        grades=lists["grades"] | lists["civilities"],
        strong=announcing - lists["weak_announces"],
        short=lists["short_words"],
        several=several,
        ordinary=lists["common"] | verbs,
        between=lists["particles"] | titles,
        sure=given - lists["ambiguous_names"],
        names=names | lists["civilities"],
        hints=frozenset(part for word in names | announcing for part in cut(word)[:1]),
        barriers=places | announcing,
        stops=names | places | announcing,
    )
