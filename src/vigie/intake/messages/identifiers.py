"""Identifiers of persons and devices in a table that should hold figures only (law TEL-2).

They are looked for by the name of a column and by its content: long numbers, phone numbers,
hashes, UUIDs, hardware addresses, e-mail addresses, tokens that differ on every row. One is enough
to refuse a file, so that in doubt the answer is yes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from vigie.intake.connector import Payload
from vigie.intake.messages.moments import is_moment
from vigie.intake.messages.sheets import heading_key, is_json, rows_key, shown_heading, spaced
from vigie.intake.messages.tree import Tree, read_json
from vigie.intake.tabular.block import Block, FileRefused
from vigie.intake.tabular.cells import as_text

WORDS = frozenset(
    word
    for line in (
        "imsi imei imeisv msisdn iccid sim esim eid tmsi guti supi suci hash hache hashed digest",
        "sha md5 sha1 sha256 hmac token jeton pseudo pseudonyme pseudonym device appareil terminal",
        "handset user utilisateur usager abonne subscriber client customer tel telephone phone",
        "mobile portable gsm mac maid idfa idfv gaid aaid adid cookie uuid guid ip ipv4 ipv6 email",
        "mail courriel nom noms prenom prenoms name names firstname lastname surname naissance",
        "birth birthdate personne person compte account identifiant identifier identite identity",
        "contrat contract plaque plate",
    )
    for word in line.split()
)
"""Words that make the name of a column that of an identifier."""

_WITHIN = re.compile(
    r"imsi|imei|msisdn|iccid|hash|idfa|gaid|uuid|subscri|abonne|device|telephone|prenom|pseudonym"
    r"|(?:^| )(?:id)?(?:user|client|tel|phone|mail|mac)(?:id|hash|no|num)?(?: |$)"
)
_LONG_NUMBER = re.compile(r"(?<![\d.,])\d{10,}", re.ASCII)
_PHONE = re.compile(r"(?<!\d)(?:(?:\+|00)\d{2}|0)[ .-]?[1-9](?:[ .-]?\d{2}){4}(?!\d)", re.ASCII)
_HEX = re.compile(
    r"(?<![0-9A-Za-z])(?=[A-Fa-f]*\d)(?=\d*[A-Fa-f])[0-9A-Fa-f]{12,}(?![0-9A-Za-z])", re.ASCII
)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_HARDWARE = re.compile(
    r"(?<![0-9A-F])(?:(?:[0-9A-F]{2}[:-]){5}[0-9A-F]{2}|[0-9A-F]{4}(?:\.[0-9A-F]{4}){2})(?![0-9A-F])",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")
_TOKEN = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,}")
_GRID = re.compile(r"(?:CRS\d{4})?RES\d{2,5}mN\d{6,7}E\d{6,7}")  # squares of INSEE
_H3 = re.compile(r"8[0-9a-f]{5,13}f+", re.IGNORECASE)
_H3_LENGTH = 15
_WORD = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w+/=.:-]+", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:[.,]\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_FEWEST_ROWS = 12
_DISTINCT_SHARE = 0.9
_SHARED_START = 3
_TOKEN_LENGTH = 6
_ZONE_TOKEN_LENGTH = 14
_CELL_BREAKS = re.compile(r'[;,\t|"\n\r{}\[\]]')


@dataclass(frozen=True, slots=True)
class Role:
    """What a column is for.

    Attributes:
        documented: Whether its name is one that the format documents.
        place: Whether it names zones.
        figures: Whether it holds times or figures, which may differ on every row.
    """

    documented: bool = False
    place: bool = False
    figures: bool = False


def refuse_identifiers(blocks: Iterable[Block], role_of: Callable[[str], Role]) -> None:
    """Refuse a file that holds identifiers: by a column's name, its cells, or a malformed row.

    Args:
        blocks: The whole file.
        role_of: From a heading to what its column is for.

    Raises:
        FileRefused: ``identifier_column``; says which column, never what stands in it.
    """
    columns: dict[str, list[str]] = {}
    for block in blocks:
        for heading, array in block.columns.items():
            columns.setdefault(heading, []).extend(as_text(array).drop_null().to_pylist())
        if any(pieces_hold_identifier(reject.raw) for reject in block.rejects):
            raise FileRefused("identifier_column", column="?")
    for position, (heading, values) in enumerate(columns.items(), start=1):
        role = role_of(heading)
        shortest = _ZONE_TOKEN_LENGTH if role.place else _TOKEN_LENGTH
        if (
            (names_identifier(heading) and not role.documented)
            or holds_identifier(spaced(heading))
            or any(holds_identifier(value, place=role.place) for value in set(values))
            or (not role.figures and differs_on_every_row(values, shortest))
        ):
            raise FileRefused("identifier_column", column=f"{shown_heading(heading)} ({position})")


def refuse_identifiers_around(payload: Payload) -> None:
    """Refuse a JSON document that holds identifiers beside the list of its rows.

    Raises:
        FileRefused: ``identifier_column``.
    """
    if not is_json(payload):
        return
    key = rows_key(payload)
    try:
        top = read_json(payload.content.read())
    except FileRefused:  # a broken document is judged by what can be read of it
        return
    finally:
        payload.content.seek(0)
    if not isinstance(top, dict):
        return
    key = key or next((name for name, value in top.items() if isinstance(value, list)), "")
    if not key:  # one row by itself
        return
    for name, value in top.items():
        if name != key and any(holds_identifier(one) for one in _texts_of(value)):
            raise FileRefused("identifier_column", column=shown_heading(name))


def _texts_of(tree: Tree) -> Iterator[str]:
    """Yield every name and every value of a tree as a text."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield name
            yield from _texts_of(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _texts_of(value)
    elif tree is not None:
        yield str(tree).strip()


def names_identifier(heading: str) -> bool:
    """Say whether the name of a column is that of an identifier."""
    key = heading_key(heading)
    return not WORDS.isdisjoint(key.split()) or _WITHIN.search(key) is not None


def holds_identifier(text: str, *, place: bool = False) -> bool:
    """Say whether a cell holds an identifier.

    Args:
        text: The cell.
        place: Whether it names a place: a square of INSEE or an H3 cell is none then.
    """
    if _NUMBER.fullmatch(text) or is_moment(text):
        return False
    if place and (_GRID.fullmatch(text) or (_H3.fullmatch(text) and len(text) == _H3_LENGTH)):
        return False
    forms = (_LONG_NUMBER, _PHONE, _HEX, _UUID, _HARDWARE, _MAIL)
    return any(form.search(text) for form in forms) or any(
        _is_random(found) for found in _TOKEN.findall(text)
    )


def _is_random(token: str) -> bool:
    """Say whether a long token mixes capitals, small letters and digits as an encoded hash does."""
    sorts = (str.isupper, str.islower, str.isdigit)
    return all(any(sort(character) for character in token) for sort in sorts)


def differs_on_every_row(values: Sequence[str], shortest: int) -> bool:
    """Say whether the values of a column are tokens without a word, one for each row.

    Args:
        values: The cells that are not empty.
        shortest: Fewest characters of a token.
    """
    if len(values) < _FEWEST_ROWS or len(set(values)) <= _DISTINCT_SHARE * len(values):
        return False
    if any(len(one) < shortest or _WORD.fullmatch(one) is None or is_moment(one) for one in values):
        return False
    return len({one[:_SHARED_START] for one in values}) > 1


def pieces_hold_identifier(raw: bytes) -> bool:
    """Say whether a row that could not be cut into cells holds an identifier."""
    pieces = _CELL_BREAKS.split(raw.decode("utf-8", "replace"))
    return any(holds_identifier(piece.strip()) for piece in pieces)
