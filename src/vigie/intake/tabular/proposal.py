"""A proposed mapping as text: every line says where it comes from and how sure it is."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from vigie.intake.tabular.columns import Guess, named, vocabulary, words_of
from vigie.model.taxonomy import TAXONOMY

_NEAR = 0.75
_DAY_WORDS = {"date", "jour", "day"}
_HOUR_WORDS = {"heure", "hour", "time", "h"}
_HOUR = re.compile(r"^[0-2]?[0-9][:hH][0-5][0-9](:[0-5][0-9])?$")
_PLACE_ROLES = ("lon", "lat", "point", "address")
_FORMATS = {"point_lon_lat": "lon,lat", "geometry_geojson": "geojson", "geometry_wkt": "wkt"}


def quoted(text: str) -> str:
    """Return a text as a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def bare(text: str) -> str:
    """Return a name usable as a bare TOML key."""
    return "_".join(words_of(text)) or "column"


@dataclass(slots=True)
class Proposal:
    """What is known of a file, to be written as a mapping.

    Attributes:
        file: Its name.
        rows: Rows looked at.
        form: Lines of the ``[file]`` part: key and TOML value.
        guesses: One for each column.
        shapes: Kinds of geometry beside the columns (GeoJSON), empty for none.
        tz: Zone of the city.
        language: Of the comments.
    """

    file: str
    rows: int
    form: dict[str, str]
    guesses: list[Guess]
    shapes: frozenset[str] = frozenset()
    tz: str = "Europe/Paris"
    language: str = "fr"
    _lines: list[str] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)

    def text(self) -> str:
        """Return the mapping."""
        kind = self._record_kind()
        says = self._says
        head = says("head").replace("{file}", self.file).replace("{rows}", str(self.rows))
        self._add(f"# {head}", f"#   {says('command')}", f"# {says('confidence')}", "")
        source = bare(self.file.rsplit(".", 1)[0])
        self._add(f"source = {quoted(source)}", f"kind = {quoted(kind)}")
        self._add(f"timezone = {quoted(self.tz)}    # {says('zone')}", "", "[file]")
        self._add(*(f"{key} = {value}" for key, value in self.form.items()), "", "[columns]")
        self._reference()
        self._times(kind)
        self._places()
        self._words(kind)
        self._kind(kind)
        self._rest(kind)
        return "\n".join(self._lines) + "\n"

    def _says(self, key: str) -> str:
        return str(vocabulary()["text"][self.language][key])

    def _add(self, *lines: str) -> None:
        self._lines.extend(lines)

    def _role(self, *roles: str) -> list[Guess]:
        return [g for g in self.guesses if g.role in roles and g.name not in self._used]

    def _named(self, role: str, among: Iterable[Guess]) -> Guess | None:
        """Return the unused column whose name speaks of a role, the surest first."""
        found = [g for g in among if g.name not in self._used and named(g.name, role)]
        return max(found, key=lambda guess: guess.confidence, default=None)

    def _record_kind(self) -> str:
        times = self._role("time")
        ends = any(named(guess.name, "end") for guess in times)
        titled = any(named(guess.name, "title") for guess in self.guesses)
        placed = bool(self.shapes) or bool(self._role(*_PLACE_ROLES, *_FORMATS))
        if not times and placed:
            return "places"
        shaped = self.shapes - {"Point", "MultiPoint"}
        return "plans" if times and ends and titled and (shaped or len(times) > 1) else "facts"

    def _fill(self, target: str, guess: Guess, extra: str = "", remark: str = "") -> None:
        """Write one target; ``extra`` is what follows the column inside its table."""
        self._used.add(guess.name)
        name = quoted(guess.name)
        value = f"{{ column = {name}{extra} }}" if extra else name
        sure = f"{guess.confidence:.0%}".replace("%", " %")
        self._add(f"{target} = {value}    # {sure}{' - ' + remark if remark else ''}")

    def _reference(self) -> None:
        unique = [g for g in self.guesses if g.rows == self.rows == g.distinct and self.rows > 1]
        found = self._named("source_ref", [g for g in unique if g.role != "time"])
        if found is None:
            self._add(f'# source_ref = ""    # {self._says("no_ref")}')
            return
        found.confidence = 0.95
        self._fill("source_ref", found)

    def _times(self, kind: str) -> None:
        start, end = {
            "facts": ("earliest_at", "latest_at"),
            "plans": ("starts_at", "ends_at"),
            "places": ("valid_from_at", "valid_to_at"),
        }[kind]
        times = self._role("time")
        for role, target in (
            ("revision", "revision"),
            ("end", end),
            ("reported_at", "reported_at"),
        ):
            found = self._named(role, times)
            lone = target == "reported_at" and (kind != "facts" or len(self._role("time")) == 1)
            if found is not None and not lone:
                self._time(target, found)
        times = self._role("time")
        first = self._named("start", times) or next(iter(times), None)
        if first is not None:
            self._time(start, first)
        elif kind != "places":
            self._add(f'# {start} = ""    # {self._says("no_time")}')
        if kind == "plans" and not any(line.startswith("ends_at") for line in self._lines):
            self._add('ends_at = { default = "starts_at" }')

    def _time(self, target: str, guess: Guess) -> None:
        form = guess.formats[0] if guess.formats else "iso8601"
        clash = {other.replace("%m", "?").replace("%d", "?") for other in guess.formats[:2]}
        doubtful = len(guess.formats) > 1 and len(clash) == 1
        if doubtful:
            guess.confidence = 0.5
        remark = self._says("day_first") if doubtful else ""
        clock = self._clock_beside(guess) if "%d" in form and "%H" not in form else None
        if clock is None:
            self._fill(target, guess, f", format = {quoted(form)}", remark)
            return
        self._used |= {guess.name, clock.name}
        columns = f"[{quoted(guess.name)}, {quoted(clock.name)}]"
        forms = ", ".join(quoted(f"{form}{hour}") for hour in (" %H:%M", " %H:%M:%S", ""))
        sure = f"{guess.confidence:.0%}".replace("%", " %")
        note = f" - {remark}" if remark else ""
        self._add(f"{target} = {{ join = {columns}, format = [{forms}] }}    # {sure}{note}")

    def _clock_beside(self, day: Guess) -> Guess | None:
        """Return the column with the hour of a day: same name but for the words day and hour."""
        rest = set(words_of(day.name)) - _DAY_WORDS
        for guess in self.guesses:
            words = set(words_of(guess.name))
            hours = guess.values and all(_HOUR.match(value) for value, _ in guess.values)
            speaks = words & _HOUR_WORDS and words - _HOUR_WORDS == rest
            if guess.name not in self._used and hours and speaks:
                return guess
        return None

    def _places(self) -> None:
        for target in ("lon", "lat", "address"):
            found = max(self._role(target), key=lambda guess: guess.confidence, default=None)
            if found is not None:
                self._fill(target, found)
        for role in ("point", "point_lon_lat", "geometry_wkt", "geometry_geojson"):
            found = next(iter(self._role(role)), None)
            if found is None:
                continue
            target = role.partition("_")[0]
            form = _FORMATS.get(role, "lat,lon")
            self._fill(target, found, f", format = {quoted(form)}")

    def _words(self, kind: str) -> None:
        """Fill what is recognised by name alone."""
        wanted = {
            "facts": ("severity", "quantity"),
            "plans": ("title", "attendance_likely"),
            "places": ("label", "capacity"),
        }[kind]
        numeric = {"severity", "quantity", "attendance_likely", "capacity"}
        for target in wanted:
            pool = [g for g in self.guesses if g.numeric == (target in numeric)]
            pool = [g for g in pool if g.role in {"number", "code", "unused", "free_text"}]
            found = self._named(target, pool)
            if found is not None:
                found.confidence = 0.6
                self._fill(target, found)
        place = self._named("place_name", self._role("code", "unused"))
        if place is not None and kind != "places":
            place.confidence = 0.6
            self._fill("place_name", place)

    def _kind(self, kind: str) -> None:
        found = self._named("kind", self._role("code"))
        self._add("")
        if found is None:
            example = {"plans": "event.", "places": "place."}.get(kind, "offence.")
            self._add(
                f"# {self._says('no_kind')}",
                "[columns.kind]",
                f'# column = "" / value = {quoted(example + "…")}',
                'value = "unknown"',
            )
            return
        self._used.add(found.name)
        sure = f"{found.confidence:.0%}".replace("%", " %")
        self._add(
            "[columns.kind]",
            f"column = {quoted(found.name)}    # {sure}",
            'default = "unknown"',
            "",
            f"# {self._says('kinds')}",
            "[columns.kind.map]",
        )
        for value, count in found.values:
            near = self._near(value, kind)
            hint = f"; {self._says('maybe')}: {', '.join(near)}" if near else ""
            self._add(f'# {quoted(value)} = ""    # {count} {self._says("rows")}{hint}')

    def _near(self, value: str, kind: str) -> list[str]:
        """Return kinds whose label is near a value: a hint for the person, never a decision."""
        theme = {"plans": ("event",), "places": ("place",)}.get(kind)
        plain = " ".join(words_of(value))
        scored = []
        for known in TAXONOMY:
            if theme is not None and known.theme not in theme:
                continue
            labels = (" ".join(words_of(known.fr)), " ".join(words_of(known.en)))
            score = max(difflib.SequenceMatcher(None, plain, label).ratio() for label in labels)
            if score >= _NEAR:
                scored.append((-score, known.code))
        return [code for _, code in sorted(scored)[:2]]

    def _rest(self, kind: str) -> None:
        kept = self._role("code", "number", "time")
        if kept:
            self._add("", f"# {self._says('attributes')}", "[attributes]")
            keys: set[str] = set()
            for guess in kept:
                key = bare(guess.name)
                while key in keys:
                    key += "_2"
                keys.add(key)
                self._fill(key, guess)
        texts = self._role("free_text")
        if texts and kind == "facts":
            self._add("", f"# {self._says('free_text')}", "[free_text]")
            self._list(texts)
        personal = [g for g in self.guesses if g.role == "personal" and g.name not in self._used]
        unused = [g for g in self.guesses if g.name not in self._used and g.role != "personal"]
        if personal or unused:
            self._add("", f"# {self._says('personal')}", f"# {self._says('unused')}", "[drop]")
            self._list([*personal, *unused])

    def _list(self, guesses: list[Guess]) -> None:
        self._add("columns = [")
        for guess in guesses:
            self._used.add(guess.name)
            sure = f"{guess.confidence:.0%}".replace("%", " %")
            role = f" {guess.role}" if guess.role in {"personal", "free_text"} else ""
            self._add(f"  {quoted(guess.name)},    # {sure}{role}")
        self._add("]")


def encoding_line(text: str) -> str:
    """Return an encoding as a TOML value; its name in plain letters only."""
    return quoted(re.sub(r"[^A-Za-z0-9_-]", "", text))
