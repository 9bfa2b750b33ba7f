"""One reading of a text for persons' names, from left to right."""

from __future__ import annotations

import re
from functools import cached_property

from vigie.privacy import tokens
from vigie.privacy.shape import PARTS
from vigie.privacy.words import Words

_TOLD_AFTER = re.compile(PARTS["told_after"])
_SIGNS = frozenset(("cordialement", "cdt", "cdlt", "salutations", "respectueusement", "avance"))
"""They close a letter: a name after them, and after a comma or a point, is its writer's."""
_ALSO_NAMED = frozenset(("née", "nee", "épouse", "epouse", "alias", "dit", "dite", "ép", "ep"))
_SENTENCE_STARTS = frozenset(("", ".", "!", "?", ":", ";", "-"))
_LONGEST_NAME = 5
_LONGEST_WAY_NAME = 3
_DOUBTFUL_CIVILITIES = frozenset(("m", "me", "pr", "mm", "dr", "dame"))
"""Metres, pronouns and the like: only with a point, or between capitals."""
_AFTER_ANNOUNCEMENT = frozenset(("", ":", "(", "«", '"', "=", ": «", ': "'))


class Reader:
    """One reading of one text, from left to right, stopping at the words that matter.

    Attributes are parallel lists, one item per token: cheaper than objects, and this runs on every
    text that enters the house.
    """

    def __init__(self, text: str, lows: list[str], words: Words, pairs: set[int]) -> None:
        self._text = text
        self._pairs = pairs
        self._words = words
        self._lows = lows
        self._spans = [found.span() for found in tokens.TOKEN.finditer(text)]
        self._listing = False

    def spans(self) -> list[tuple[int, int]]:
        """Return where names stand."""
        found: list[tuple[int, int]] = []
        at = 0
        stops = self._words.stops
        pairs = self._pairs
        odd = "-" in self._text or "[" in self._text
        marks = [
            mark
            for mark, low in enumerate(self._lows)
            if low in stops
            or (odd and ("-" in low or low[0] == "["))
            or (pairs and self._spans[mark][0] in pairs)
        ]
        for mark in marks:
            if mark >= at:
                at, name = self._step(mark, found[-1][1] if found else 0)
                while name is not None:
                    found.append(name)
                    at, name = self._after_name(at)
        return found

    def _after_name(self, at: int) -> tuple[int, tuple[int, int] | None]:
        """Read on after a name: what stands behind it may announce another.

        A colon or a parenthesis does (``X : Y (Z)``), « née », and where several were announced
        a comma or a stroke (``agents X, Y / Z``).
        """
        if at >= len(self._lows):
            return at, None
        gap = self._gap(at).strip(" \u00a0")
        listed = self._listing and gap in {",", "/", "&", "+"}
        if listed or gap in {":", "("}:
            return self._named(at, self._run(at, announced=True, listed=listed))
        also = self._lows[at] in _ALSO_NAMED
        if (also or self._lows[at] == "et") and self._gap(at) == " ":
            first, stop = self._run(at + 1, announced=True, listed=also or self._listing)
            if stop > first and self._cased(first):
                return self._named(at, (first, stop))
        return at, None

    def _named(self, at: int, run: tuple[int, int]) -> tuple[int, tuple[int, int] | None]:
        first, stop = run
        if stop > first:
            return stop, (self._spans[first][0], self._spans[stop - 1][1])
        return at, None

    @cached_property
    def _caseless(self) -> bool:
        return tokens.caseless([self._word(at) for at in range(len(self._spans))])

    def _word(self, at: int) -> str:
        start, end = self._spans[at]
        return self._text[start:end]

    def _capital(self, at: int) -> bool:
        return self._text[self._spans[at][0]].isupper()

    def _step(self, at: int, free_from: int) -> tuple[int, tuple[int, int] | None]:
        """Read one token: where to go on, and the name found there if any."""
        on_site = self._lows[at] == "place" and at > 0 and self._lows[at - 1] in {"sur", "en"}
        if self._lows[at] in self._words.places and not on_site and not self._is_civility(at):
            return self._after_place(at), None
        if self._is_civility(at) or self._announces(at):
            begin = self._past_title(at + 1)
            first, stop = self._run(begin, announced=True)
            if stop > first and not self._is_crew_place(at, begin, stop - first):
                self._listing = self._lows[at] in self._words.several
                return stop, (self._spans[first][0], self._spans[stop - 1][1])
            return at + 1, None
        self._listing = False
        if (past := self._past_eponym(at)) > at:
            return past, None
        if self._is_given(at):
            first = self._begin(at, free_from)
            stop = self._run(at + 1, announced=False, taken=1)[1]
            return stop, (self._spans[first][0], self._spans[stop - 1][1])
        if self._spans[at][0] in self._pairs and self._is_pair(at):
            stop = self._run(at + 2, announced=False, taken=2)[1]
            return stop, (self._spans[self._begin(at, free_from)][0], self._spans[stop - 1][1])
        return at + 1, None

    def _past_eponym(self, at: int) -> int:
        """Skip a full name that streets and schools bear: nobody of today is Victor Hugo."""
        after = at + 1
        while after < len(self._lows) and self._lows[after] in self._words.particles:
            after += 1
        known = f"{self._lows[at]}_{''.join(self._lows[after : after + 1])}" in self._words.eponyms
        return after + 1 if known else at

    def _past_title(self, at: int) -> int:
        """Skip what completes an announcement: ``chef`` [de poste], ``auteur`` [présumé]."""
        past = done = at
        while past < len(self._lows) and self._gap(past) in {" ", "", "/"}:
            if self._lows[past] in self._words.titles:
                done = past + 1
            elif self._lows[past] not in self._words.particles:
                break
            past += 1
        return done if done < len(self._lows) else at

    def _is_crew_place(self, at: int, begin: int, parts: int) -> bool:
        """Say whether a crew or a patrol is told by its quarter or its call sign, not by names.

        Its men stand behind a colon or in capitals: ``équipage : Petrov``, ``patrouille PETROV``.
        """
        if self._lows[at] not in self._words.crews:
            return False
        capitals = self._word(begin).isupper() if not self._caseless else parts > 1
        end = self._spans[begin][1]
        return not capitals and ":" not in self._gap(begin) and "/" not in self._text[end : end + 3]

    def _is_pair(self, at: int) -> bool:
        """Say whether a surname in capitals beside a word with a capital is a name.

        That is how the police write names: ``ZERBIB Blandine``, ``Blandine ZERBIB``. The second
        form is not believed at the start of a sentence, where any word has a capital.
        """
        both = [low for low in self._lows[at : at + 2] if len(low) > 1]
        unknown = self._words.barriers.isdisjoint(both) and self._words.common.isdisjoint(both)
        if not unknown or self._caseless:
            return False
        if len(both) == 1:  # an initial
            return at == 0 or self._lows[at - 1] not in self._words.lettered
        before = self._text[: self._spans[at][0]].rstrip()[-1:]
        starts = self._word(at).isupper() or before not in _SENTENCE_STARTS
        return starts or _TOLD_AFTER.match(self._text, self._spans[at + 1][1]) is not None

    def _gap(self, at: int) -> str:
        """Return what stands between a token and the one before it."""
        return self._text[self._spans[at - 1][1] : self._spans[at][0]]

    def _is_civility(self, at: int) -> bool:
        """Say whether a civility stands here and something follows it on the line."""
        low = self._lows[at]
        if low not in self._words.civilities or at + 1 >= len(self._lows):
            return False
        gap = self._gap(at + 1)
        if gap.strip(" \u00a0") not in {"", ".", ":"}:
            return False
        if low in _DOUBTFUL_CIVILITIES:
            start = self._spans[at][0]
            before = self._text[max(start - 2, 0) : start].strip()
            shown = self._capital(at) or low == "dame"
            told = "." in gap or (shown and self._capital(at + 1))
            return told and not before[-1:].isdigit()
        return True

    def _announces(self, at: int) -> bool:
        """Say whether a word (or a passage already replaced, before a colon) announces a name."""
        if at + 1 >= len(self._lows):
            return False
        between = self._gap(at + 1)
        gap = between.strip(" \u00a0")
        if between[:1] == " " and (":" in gap or self._lows[at] in self._words.strong):  # MEC 1
            gap = gap.strip("0123456789n° ")
        if self._lows[at][0] == "[":
            return gap in {":", "("}
        if self._lows[at] in _SIGNS and gap[:1] in {",", ".", "\n"}:
            two = at + 2 < len(self._lows) and self._capital(at + 1) and self._capital(at + 2)
            return two and not self._caseless
        if gap == "." and self._lows[at] in self._words.grades:  # « Brig. »
            return len(self._lows[at]) <= _LONGEST_NAME and self._capital(at + 1)
        return self._lows[at] in self._words.announces and gap in _AFTER_ANNOUNCEMENT

    def _is_given(self, at: int) -> bool:
        """Say whether a known name stands here by itself."""
        low = self._lows[at]
        if low in self._words.common:
            return False
        if low in self._words.ambiguous:
            return self._followed_by_name(at)
        if low in self._words.given:
            return True
        if "-" in low and low.split("-")[0] in self._words.given:
            return self._capital(at)
        return low in self._words.surnames and self._capital(at) and not self._caseless

    def _followed_by_name(self, at: int) -> bool:
        if not self._capital(at) or self._caseless or at + 1 >= len(self._lows):
            return False
        after = self._lows[at + 1]
        follows = self._capital(at + 1) and self._gap(at + 1) == " "
        return follows and after not in self._words.common

    def _begin(self, at: int, free_from: int) -> int:
        """Return where the name begins of which one part stands here (``BEN ALI Jean``)."""
        begin, before = at, at - 1
        lone_surname = self._lows[at] not in self._words.given
        while before >= 0 and self._spans[before][0] >= free_from and at - before < _LONGEST_NAME:
            low, gap = self._lows[before], self._gap(before + 1)
            if gap not in {" ", "", ", "}:
                break
            if low in self._words.particles and low not in self._words.given:
                begin = (
                    before if low in self._words.own_particles and self._cased(before) else begin
                )
            elif self._is_surname_before(before, lone=lone_surname) and (
                begin == at or gap != ", "
            ):
                begin = before
            else:
                break
            before -= 1
        return begin

    def _cased(self, at: int) -> bool:
        return self._caseless or self._capital(at)

    def _is_surname_before(self, at: int, *, lone: bool) -> bool:
        """Say whether a surname stands before a given name, or a given name before a surname.

        ``DUPONT Jean``; where capitals tell nothing, one word that is no ordinary one.
        """
        low, word = self._lows[at], self._word(at)
        if word.isupper() and not self._caseless and low in self._words.surnames:
            return True
        known = low in self._words.barriers or low in self._words.common
        if known or len(word) < tokens.LEAST_LETTERS or word[0] == "[":
            return False
        if self._caseless:
            return tokens.like_name(low, tokens.TOLD_ENDS) and (
                at == 0 or self._lows[at - 1] not in self._words.places
            )
        return word.isupper() or (lone and self._capital(at))

    def _after_place(self, at: int) -> int:
        """Skip the name of a way or place: its words are no person's."""
        owner = at > 1 and self._lows[at - 2] in self._words.announces
        at += 1
        taken = 0
        while at < len(self._lows) and taken < _LONGEST_WAY_NAME:
            low = self._lows[at]
            gap = self._gap(at).strip(" \u00a0")
            if gap and not (gap == "." and self._lows[at - 1] in self._words.short_places):
                break
            if low in self._words.particles or low in self._words.places:
                at += 1
                continue
            title = low in self._words.civilities or low in self._words.announces
            starts_person = low in self._words.given and (
                (taken > 0 and self._lows[at - 1] not in self._words.given)
                or (taken == 0 and owner)
            )
            starts_person = starts_person or low in self._words.sirs
            if not self._cased(at) or starts_person or (self._caseless and taken > 0):
                break
            if self._caseless and low in self._words.common:
                break
            taken += not title
            at += 1
        return at

    def _run(
        self, at: int, *, announced: bool, taken: int = 0, listed: bool = False
    ) -> tuple[int, int]:
        """Return the tokens a name spans from here on: its first, and the one after its last.

        Particles belong to it only between its parts. ``taken`` parts stand before it; it is
        ``listed`` where other names stand before.
        """
        first = stop = at
        begin = -1
        parts = taken
        most = at + 2 * _LONGEST_NAME
        while at < min(len(self._lows), most) and parts < _LONGEST_NAME:
            if (parts or at > first) and not self._joins(at):
                break
            low = self._lows[at]
            if low in self._words.particles and low not in self._words.given:
                own = low in self._words.own_particles and (announced or self._cased(at))
                shown = announced and not self._caseless and self._capital(at)
                if begin < 0 and parts == 0 and (own or shown):
                    begin = at
                at += 1
                if parts and low in self._words.own_particles and self._cased(at - 1):
                    stop = at
                continue
            if not self._is_part(at, parts, announced=announced, listed=listed):
                break
            first = (at if begin < 0 else begin) if parts == 0 else first
            parts += 1
            at += 1
            stop = at
        if parts == 0 and 0 <= begin < at - 1 and announced and not self._caseless:
            return (begin, at) if self._capital(at - 1) else (first, stop)  # « Vo Van »
        return first, stop

    def _joins(self, at: int) -> bool:
        """Say whether only a blank, or an initial's point (``J.-P.``), stands before this token."""
        gap = self._gap(at)
        if gap in {" ", "", "\u00a0", "  ", "-", " - "}:
            return True
        start, end = self._spans[at - 1]
        return gap in {". ", ".", ".-"} and end - start == 1

    def _is_part(self, at: int, taken: int, *, announced: bool, listed: bool) -> bool:
        """Say whether a token can be the next part of a name, ``taken`` parts being read."""
        low = self._lows[at]
        before = self._before(at)
        if len(low) == 1 and self._text[self._spans[at][1] :][:1] == "." and self._cased(at):
            return taken > 0 or (announced and low not in self._words.civilities)
        if low in self._words.common:
            believed = self._words.grades if self._caseless else self._words.strong
            told = before in believed
            named = low in self._words.surnames and self._cased(at)
            after_given = taken > 0 and (
                not self._caseless or self._lows[at - 1] in self._words.sure
            )
            return named and ((announced and told) or after_given)
        if low in self._words.given and (announced or low not in self._words.ambiguous):
            return True
        if low[0] == "[" or (low in self._words.barriers and low not in self._words.given):
            return False
        if self._capital(at) and not self._caseless:
            return taken > 0 or announced
        ends = tokens.TOLD_ENDS if before in self._words.strong else tokens.VERB_ENDS
        if not tokens.like_name(low, tokens.SURE_ENDS if before in self._words.grades else ends):
            return False
        if listed and taken == 0 and self._caseless:
            return True
        return self._is_small_part(at, taken, before, announced=announced)

    def _before(self, at: int) -> str:
        """Return the word before a token; particles and titles between them are not it."""
        skipped = self._words.between
        before = at - 1
        while before > 0 and self._lows[before] in skipped:
            before -= 1
        return self._lows[before] if before >= 0 else ""

    def _is_small_part(self, at: int, taken: int, before: str, *, announced: bool) -> bool:
        """Say whether an unknown word whose capitals tell nothing is the next part of a name.

        It is right after a civility or a grade (where capitals tell nothing, after any strong
        announcement); a second one is, after a given name or where the phrase ends.
        """
        if taken == 0:
            strong = before in self._words.strong
            known = strong and at + 1 < len(self._lows) and self._lows[at + 1] in self._words.given
            told = strong or before == "et" or ":" in self._gap(at)
            return announced and (
                before in self._words.grades or known or (self._caseless and told)
            )
        if self._caseless:
            return True
        ends = self._text[self._spans[at][1] :][:1] in {"", ".", ",", ";", ")"}
        ends = ends or (at + 1 < len(self._lows) and self._lows[at + 1] in self._words.common)
        after_civility = taken == 1 and self._lows[at - 2] in self._words.grades
        return announced and (before in self._words.given or (after_civility and ends))
