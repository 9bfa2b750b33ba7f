"""Samples of agendas: what an invented town announces, as iCalendar and as OpenAgenda."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import copy
import json
from typing import Any

PERSONAL = (
    "Hortense Quillébœuf",
    "hortense.q@exemple.invalid",
    "06 39 98 12 34",
    "Barnabé Tournesac",
    "04 65 71 98 76",
    "Mme Philippine Vaugrenard",
)


def calendar(*lines: str, head: str = "", end: str = "END:VCALENDAR\r\n") -> bytes:
    """Return a calendar of some content lines."""
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Ville//Agenda//FR"
    return (text + "\r\n" + head + "".join(f"{line}\r\n" for line in lines) + end).encode()


def event(uid: str = "concert-1", **changes: str | None) -> list[str]:
    """Return the lines of an event; a name with ``__`` stands for a dash."""
    found: dict[str, str | None] = {
        "DTSTAMP": ":20261101T080000Z",
        "DTSTART": ";TZID=Europe/Paris:20261204T210000",
        "DTEND": ";TZID=Europe/Paris:20261204T233000",
        "SUMMARY": ":Concert au Dôme",
        "LOCATION": ":Le Dôme\\, 48 avenue de Saint-Just\\, 13004",
    }
    found |= {name.replace("__", "-"): value for name, value in changes.items()}
    lines = [f"{name}{value}" for name, value in found.items() if value is not None]
    return ["BEGIN:VEVENT", *([f"UID:{uid}"] if uid else []), *lines, "END:VEVENT"]


ZONE = [
    "BEGIN:VTIMEZONE", "TZID:Heure de la ville",
    "BEGIN:DAYLIGHT", "TZNAME:CEST", "DTSTART:19700329T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT",
    "BEGIN:STANDARD", "TZNAME:CET", "DTSTART:19701025T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD",
    "END:VTIMEZONE",
]  # fmt: skip
BAD_ZONE = [line.replace("FREQ=YEARLY", "FREQ=SECONDLY") for line in ZONE]

CIRCUS: dict[str, Any] = {
    "uid": 41258963,
    "slug": "le-cirque-des-marees",
    "title": {"fr": "Le cirque des marées", "en": "The circus of the tides"},
    "keywords": {"fr": ["spectacle", "famille"]},
    "timezone": "Europe/Paris",
    "attendanceMode": 1,
    "status": 1,
    "state": 2,
    "createdAt": "2026-10-01T08:00:00.000Z",
    "updatedAt": "2026-11-10T09:30:00.000Z",
    "timings": [
        {"begin": "2026-12-05T20:30:00+01:00", "end": "2026-12-05T22:00:00+01:00"},
        {"begin": "2026-12-06T16:00:00+01:00", "end": "2026-12-06T17:30:00+01:00"},
    ],
    "location": {
        "uid": 7755, "name": "Chapiteau du Prado", "address": "Rond-point du Prado", "postalCode": "13008",
        "city": "Marseille", "insee": "13208", "latitude": 43.2716, "longitude": 5.3925,
    },
}  # fmt: skip


def agenda(*events: Any) -> bytes:
    """Return an answer of OpenAgenda."""
    return json.dumps({"total": len(events), "events": list(events)}, ensure_ascii=False).encode()


def circus(**changes: Any) -> dict[str, Any]:
    """Return an event of OpenAgenda; None takes a field away."""
    found = copy.deepcopy(CIRCUS)
    for path, value in changes.items():
        *parents, last = path.split("__")
        target = found
        for parent in parents:
            target = target[parent]
        if value is None:
            del target[last]
        else:
            target[last] = value
    return found


def deep(levels: int) -> bytes:
    """Return a calendar of components inside one another."""
    return b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X-A\r\n" * levels


WEEKLY = ":FREQ=WEEKLY;BYDAY=SU;UNTIL=20261115T220000Z"
SUNDAYS = {
    "DTSTART": ";TZID=Europe/Paris:20261004T210000",
    "DTEND": ";TZID=Europe/Paris:20261004T230000",
}
PERSONS = {
    "ORGANIZER": f";CN={PERSONAL[0]}:mailto:{PERSONAL[1]}",
    "ATTENDEE": f";CN={PERSONAL[3]}:mailto:barnabe@exemple.invalid",
    "CONTACT": f":{PERSONAL[0]}\\, {PERSONAL[2]}",
    "COMMENT": f":rappeler {PERSONAL[3]}",
    "DESCRIPTION": f":Billets au {PERSONAL[4]} auprès de {PERSONAL[0]}",
}

CASES: dict[str, dict[str, Any]] = {
    # --- valid: iCalendar
    "valid/one_event.ics": {"content": calendar(*event()), "records": {"plans": 1}, "read": 1},
    "valid/weekly_over_the_clock_change.ics": {  # four Sundays of the horizon, the first on the night of the change
        "content": calendar(*event("dimanches", **SUNDAYS, RRULE=WEEKLY)), "records": {"plans": 4}, "read": 1,
    },
    "valid/series_with_exceptions.ics": {
        "content": calendar(
            *event("serie", **SUNDAYS, RRULE=":FREQ=WEEKLY;COUNT=8", EXDATE=";TZID=Europe/Paris:20261108T210000", SEQUENCE=":2"),
            *event("serie", DTSTART=";TZID=Europe/Paris:20261116T200000", DTEND=";TZID=Europe/Paris:20261116T220000",
                   RECURRENCE__ID=";TZID=Europe/Paris:20261115T210000", SEQUENCE=":2", SUMMARY=":Concert déplacé"),
            *event("serie", **SUNDAYS, RECURRENCE__ID=":20261122T200000Z", STATUS=":CANCELLED"),
        ),
        "records": {"plans": 5}, "read": 3,
    },
    "valid/days_and_floating_times.ics": {
        "content": calendar(
            *event("braderie", DTSTART=";VALUE=DATE:20261212", DTEND=";VALUE=DATE:20261214", SUMMARY=":Braderie du centre", LOCATION=None),
            *event("flottant", DTSTART=":20261220T180000", DTEND=None, DURATION=":PT2H30M", SUMMARY=":Conte de Noël"),
            *event("sans-fin", DTEND=None, SUMMARY=":Inauguration"),
        ),
        "records": {"plans": 3}, "read": 3,
    },
    "valid/zones.ics": {
        "content": calendar(
            *ZONE,
            *event("windows", DTSTART=";TZID=Romance Standard Time:20261204T210000", DTEND=";TZID=Romance Standard Time:20261204T230000"),
            *event("propre", DTSTART=";TZID=Heure de la ville:20260704T210000", DTEND=";TZID=Heure de la ville:20260704T230000"),
            *event("chemin", DTSTART=";TZID=/exemple.invalid/2026/Europe/Paris:20261204T210000", DTEND=None),
            *event("utc", DTSTART=":20261204T200000Z", DTEND=":20261204T223000Z"),
        ),
        "records": {"plans": 4}, "read": 4,
    },
    "valid/added_dates.ics": {
        "content": calendar(*event("dates", RDATE=";TZID=Europe/Paris:20261211T210000,20261218T210000", GEO=":43.3104;5.4056", CATEGORIES=":Musique,Jazz", STATUS=":TENTATIVE")),
        "records": {"plans": 3}, "read": 1,
    },
    "valid/cancelled_calendar.ics": {
        "content": calendar(*event(), head="METHOD:CANCEL\r\n"), "records": {"plans": 1}, "read": 1,
    },
    "valid/folded_lines.ics": {
        "content": calendar(*event(SUMMARY=":Grand concert de la Sainte-\r\n Cécile à l\r\n\t'abbaye")), "records": {"plans": 1}, "read": 1,
    },
    "valid/empty_calendar.ics": {"content": calendar(), "read": 0},
    "valid/duplicate_event.ics": {"content": calendar(*event(), *event()), "records": {"plans": 2}, "read": 2},
    "valid/replacement_before_series.ics": {
        "content": calendar(
            *event("serie", DTSTART=":20261130T190000Z", DTEND=":20261130T200000Z", RECURRENCE__ID=":20261129T200000Z"),
            *event("serie", **SUNDAYS, RRULE=":FREQ=WEEKLY;COUNT=10"),
        ),
        "records": {"plans": 7}, "read": 2,
    },
    # --- valid: OpenAgenda
    "valid/openagenda.json": {"content": agenda(circus()), "records": {"plans": 2}, "read": 2},
    "valid/openagenda_states.json": {
        "content": agenda(
            circus(uid=1, status=5), circus(uid=2, status=6), circus(uid=3, status="cancelled"), circus(uid=4, status=4),
            circus(uid=5, state=0), circus(uid=6, state=-1), circus(uid=7, status=2), circus(uid=8, status=3),
        ),
        "records": {"plans": 16}, "read": 16,
    },
    "valid/openagenda_one.json": {
        "content": json.dumps({"success": True, "event": circus()}).encode(), "records": {"plans": 2}, "read": 2,
    },
    "valid/openagenda_list.json": {
        "content": json.dumps([circus(title={"en": "Night market"}, keywords=None, location=None)]).encode(),
        "records": {"plans": 2}, "read": 2,
    },
    "valid/openagenda_online.json": {
        "content": agenda(circus(attendanceMode=2, location=None)), "read": 2, "notices": {"not_used": 2},
    },
    # --- invalid: files
    "invalid/empty.ics": {"content": b"", "rejects": {"empty_file": 1}},
    "invalid/blank.ics": {"content": b" \r\n\t\r\n", "rejects": {"empty_file": 1}},
    "invalid/web_page.ics": {"content": b"<!DOCTYPE html><html><body>503</body></html>", "rejects": {"unreadable": 1}},
    "invalid/random.ics": {"content": bytes(range(255, 100, -1)), "rejects": {"unreadable": 1} },
    "invalid/utf16.ics": {"content": calendar(*event()).decode().encode("utf-16"), "rejects": {"unreadable": 1}},
    "invalid/latin1.ics": {
        "content": calendar(*event()).decode().encode("cp1252"), "records": {"plans": 1}, "read": 1, "notices": {"wrong_encoding": 1},
    },
    "invalid/nested.ics": {"content": deep(400), "rejects": {"too_deep": 1}},
    "invalid/nested.json": {"content": b'{"events":' + b"[" * 400 + b"]" * 400 + b"}", "rejects": {"too_deep": 1}},
    "invalid/very_nested.json": {"content": b"[" * 9_000, "rejects": {"too_deep": 1}},
    "invalid/cut.json": {"content": agenda(circus())[:-80], "rejects": {"unreadable": 1}},
    "invalid/not_a_number.json": {"content": b'[{"uid": NaN}]', "rejects": {"unreadable": 1}},
    "invalid/other_json.json": {"content": b'{"events": 12}', "rejects": {"unknown_message": 1}},
    "invalid/cut.ics": {
        "content": calendar(*event("a"), *event("b")[:-2], end=""), "records": {"plans": 1}, "read": 2, "rejects": {"truncated_file": 1},
    },
    "invalid/never_closed.ics": {
        "content": calendar(*event("a")[:-1], *event("b")), "records": {"plans": 1}, "read": 2, "rejects": {"truncated_file": 1},
    },
    "invalid/tasks.ics": {
        "content": calendar("BEGIN:VTODO", "UID:t", "SUMMARY:Balayer", "END:VTODO", *event()), "records": {"plans": 1}, "read": 1,
        "notices": {"not_used": 1},
    },
    # --- invalid: persons
    "invalid/persons.ics": {
        "content": calendar(*event(**PERSONS)), "records": {"plans": 1}, "read": 1, "notices": {"dropped_personal": 5},
    },
    "invalid/alarm_with_address.ics": {
        "content": calendar(*event()[:-1], "BEGIN:VALARM", "ACTION:EMAIL", f"ATTENDEE:mailto:{PERSONAL[1]}", "END:VALARM", "END:VEVENT"),
        "records": {"plans": 1}, "read": 1,
    },
    "invalid/phone_in_title.ics": {
        "content": calendar(*event(SUMMARY=f":Concert\\, réserver au {PERSONAL[2]}"), *event("b", SUMMARY=f":Mariage de {PERSONAL[5]}")),
        "records": {"plans": 2}, "read": 2, "notices": {"title_replaced": 2},
    },
    "invalid/private.ics": {
        "content": calendar(*event(CLASS=":PRIVATE", SUMMARY=f":Chez {PERSONAL[0]}")), "read": 1, "notices": {"not_used": 1},
    },
    "invalid/persons.json": {
        "content": agenda(circus(
            registration=[{"type": "phone", "value": PERSONAL[4]}, {"type": "email", "value": PERSONAL[1]}],
            longDescription={"fr": f"Avec {PERSONAL[3]}"}, location__phone=PERSONAL[4], location__email=PERSONAL[1],
            creator={"name": PERSONAL[0]}, title={"fr": f"Cirque : {PERSONAL[1]}"},
        )),
        "records": {"plans": 2}, "read": 2, "notices": {"dropped_personal": 5, "title_replaced": 2},
    },
    "invalid/unknown_fields.ics": {
        "content": calendar(*event(X__NOTE=":à voir", TRANSP=":OPAQUE") ), "records": {"plans": 1}, "read": 1, "notices": {"unmapped_column": 2},
    },
    # --- invalid: events
    "invalid/without_uid.ics": {
        "content": calendar(*event(""), *event("b")), "records": {"plans": 1}, "read": 2, "rejects": {"missing_required": 1},
    },
    "invalid/without_start.ics": {
        "content": calendar(*event(DTSTART=None), *event("b")), "records": {"plans": 1}, "read": 2, "rejects": {"missing_required": 1},
    },
    "invalid/impossible_day.ics": {
        "content": calendar(*event(DTSTART=":20260231T120000Z"), *event("b", DTEND=":demain")), "read": 2, "rejects": {"bad_time": 2},
    },
    "invalid/unknown_zone.ics": {
        "content": calendar(*event(DTSTART=";TZID=Heure de Lune:20261204T210000"), *event("b", DTSTART=";TZID=../../etc/passwd:20261204T210000")),
        "read": 2, "rejects": {"unknown_code": 2},
    },
    "invalid/hostile_zone.ics": {  # a zone whose rule recurs every second is not followed
        "content": calendar(*BAD_ZONE, *event(DTSTART=";TZID=Heure de la ville:20261204T210000")), "read": 1, "rejects": {"unknown_code": 1},
    },
    "invalid/hostile_rules.ics": {
        "content": calendar(
            *event("seconde", RRULE=":FREQ=SECONDLY"), *event("zero", RRULE=":FREQ=DAILY;INTERVAL=0"),
            *event("jamais", RRULE=":FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), *event("bruit", RRULE=":FREQ=WEEKLY;BYDAY=XX"),
            *event("dense", DTSTART=":19750101T000000Z", DTEND=None, RRULE=":FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7;BYMINUTE=0,15,30,45"),
            *event("minute", RRULE=":FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8;BYMINUTE=" + ",".join(map(str, range(60)))),
            *event("vieux", DTSTART=":16010101T000000Z", DTEND=None, RRULE=":FREQ=DAILY"),
            *event("deux", RRULE=":FREQ=DAILY;FREQ=WEEKLY"), *event("nombre", RRULE=":FREQ=DAILY;COUNT=99999999999999999999"),
        ),
        "records": {"plans": 1}, "read": 9, "rejects": {"time_too_old": 1, "too_many_occurrences": 1, "unknown_code": 6},
    },
    "invalid/too_many_occurrences.ics": {
        "content": calendar(*event(RRULE=":FREQ=DAILY;BYHOUR=9,10,11,12")), "records": {"plans": 20}, "read": 1,
        "context": {"options": {"max_occurrences": 20}}, "notices": {"too_many_occurrences": 2},
    },
    "invalid/end_before_start.ics": {
        "content": calendar(
            *event("jours", DTSTART=";VALUE=DATE:20261214", DTEND=";VALUE=DATE:20261212"), *event("duree", DTEND=None, DURATION=":-PT1H"),
        ),
        "read": 2, "rejects": {"time_reversed": 2},
    },
    "invalid/huge_numbers.ics": {
        "content": calendar(
            *event("a", SEQUENCE=":99999999999999999999"), *event("b", SEQUENCE=":deux"),
            *event("c", DTSTART=":99991231T235959Z", DTEND=None, DURATION=":P99999W"), *event("d", GEO=":1e400;5.4"),
        ),
        "records": {"plans": 2}, "read": 4, "rejects": {"bad_number": 1, "bad_time": 1}, "notices": {"out_of_range": 2},
    },
    "invalid/clock_ahead.ics": {
        "content": calendar(*event(LAST__MODIFIED=":20991231T000000Z")), "records": {"plans": 1}, "read": 1, "notices": {"clock_skew": 1},
    },
    "invalid/unknown_status.ics": {
        "content": calendar(*event(STATUS=":PEUT-ETRE"), *event("b", STATUS=":CONFIRMED")), "records": {"plans": 1}, "read": 2,
        "rejects": {"unknown_code": 1},
    },
    "invalid/garbled_lines.ics": {
        "content": calendar(*event(SUMMARY=None)[:-1], "une ligne sans nom", ";;;:::", "END:VEVENT"), "records": {"plans": 1}, "read": 1,
        "notices": {"unmapped_column": 1},
    },
    "invalid/many_replaced.ics": {
        "content": calendar(*event("serie", RECURRENCE__ID=";RANGE=THISANDFUTURE:20261204T200000Z"), *event("serie", RECURRENCE__ID=":hier")),
        "records": {"plans": 1}, "read": 2, "rejects": {"bad_time": 1}, "notices": {"not_used": 1},
    },
    "invalid/openagenda_codes.json": {
        "content": agenda(circus(uid=1, status=9), circus(uid=2, state=7), circus(uid=3, timezone="Mars/Olympus")),
        "records": {"plans": 2}, "read": 6, "rejects": {"unknown_code": 4}, "notices": {"unknown_code": 2},
    },
    "invalid/openagenda_timings.json": {
        "content": agenda(
            circus(uid=1, timings=[{"begin": "hier", "end": "2026-12-05T22:00:00+01:00"}, CIRCUS["timings"][0]]),
            circus(uid=2, timings=[]), circus(uid=3, timings=None), circus(uid=4, timings=["x"]), circus(uid=None), "rien",
        ),
        "records": {"plans": 1}, "read": 8, "rejects": {"bad_row": 1, "bad_time": 1, "missing_required": 5},
    },
    "invalid/openagenda_numbers.json": {
        "content": agenda(circus(location__latitude="1e999")), "read": 2, "rejects": {"bad_number": 2},
    },
    "invalid/openagenda_unknown_fields.json": {
        "content": agenda(circus(themes=["x"], location__access={"fr": "Métro 2"})), "records": {"plans": 2}, "read": 2,
        "notices": {"unmapped_column": 2},
    },
}  # fmt: skip
