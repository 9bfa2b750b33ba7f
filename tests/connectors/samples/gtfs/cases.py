"""Samples of timetables: a town with one metro line and one bus line, all invented."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import io
import zipfile

PERSONAL = ("machiniste-4711",)
DAYS = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"

TOWN = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\nA,Régie,https://example.org,Europe/Paris\n",
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,wheelchair_boarding,stop_code\n"
        "S1,Vieux-Port,43.2955,5.3745,1,,1,\n"
        "P1,Vieux-Port quai A,43.2956,5.3746,0,S1,1,101\n"
        "P2,Noailles,43.2960,5.3800,0,,2,102\n"
        "B1,Préfecture,43.2901,5.3790,0,,,201\n"
    ),
    "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\nM,A,M1,Métro,1\nB,A,21,Bus,3\n",
    "trips.txt": "route_id,service_id,trip_id\nM,WEEK,m1\nM,WEEK,m2\nB,ALL,b1\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "m1,08:00:00,08:00:00,P1,1\nm1,08:04:00,08:04:30,P2,2\nm1,08:10:00,08:10:00,B1,3\n"
        "m2,25:10:00,25:10:00,P1,1\nm2,25:14:00,25:14:00,P2,2\n"
        "b1,06:00:00,06:00:00,B1,1\nb1,06:10:00,06:10:00,P2,2\n"
    ),
    "calendar.txt": f"service_id,{DAYS},start_date,end_date\nWEEK,1,1,1,1,1,0,0,20261101,20261231\nALL,1,1,1,1,1,1,1,20261101,20261231\n",
    "calendar_dates.txt": "service_id,date,exception_type\nWEEK,20261111,2\nWEEK,20261129,1\n",
}


def feed(
    _folder: str = "", _date: tuple[int, ...] = (2026, 11, 1, 4, 0, 0), **changes: str | None
) -> bytes:
    """Return the town's feed with some tables changed or (None) left out; `_` stands for the dot."""
    tables = TOWN | {name.replace("_txt", ".txt"): text for name, text in changes.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            if text is not None:
                entry = zipfile.ZipInfo(_folder + name, _date)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, text)
    return packed.getvalue()


def _stops(*lines: str) -> str:
    return TOWN["stops.txt"] + "".join(line + "\n" for line in lines)


# From 16 November to 23 December 2026 (38 days, 28 of them on weekdays):
#  m1 leaves P1 and P2 at 8 on the 28 weekdays and on Sunday 29 November: 29 x 2
#  m2 leaves P1 at 25:10, so at 1 of the day after: 29 times too (the Sunday's is on Monday 30, beside
#  no other; that of Friday 13 falls before, that of 23 December after: both outside)
#  b1 leaves B1 at 6 every day: 38
WEEKDAYS_8H, NIGHTS, BUS = 29 * 2, 28, 38
MEASURES = WEEKDAYS_8H + NIGHTS + BUS
FULL = {"places": 4, "measures": MEASURES}
ROWS = 4 + 7

CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/town.zip": {"content": feed(), "records": FULL, "read": ROWS},
    "valid/in_a_folder.zip": {"content": feed("export/"), "records": FULL, "read": ROWS},
    "valid/bom.zip": {
        "content": feed(stops_txt="\ufeff" + TOWN["stops.txt"]), "records": FULL, "read": ROWS,
        "notices": {"wrong_encoding": 1},
    },
    "valid/exceptions_only.zip": {
        "content": feed(calendar_txt=None, calendar_dates_txt="service_id,date,exception_type\nALL,20261201,1\n"),
        "records": {"places": 4, "measures": 1}, "read": ROWS,
    },
    "valid/frequencies.zip": {  # every 20 minutes from 8 to 10, exclusive: 6 departures in 2 hours
        "content": feed(
            trips_txt="route_id,service_id,trip_id\nB,ALL,b1\n",
            stop_times_txt="trip_id,arrival_time,departure_time,stop_id,stop_sequence\nb1,00:00:00,00:00:00,B1,1\nb1,00:10:00,00:10:00,P2,2\n",
            frequencies_txt="trip_id,start_time,end_time,headway_secs\nb1,08:00:00,10:00:00,1200\n",
        ),
        "records": {"places": 4, "measures": 38 * 2}, "read": 4 + 2,
    },
    "valid/entrances.zip": {
        "content": feed(stops_txt=_stops("E1,Entrée,43.2955,5.3745,2,S1,,")),
        "records": FULL, "read": ROWS + 1, "notices": {"not_used": 1},
    },
    "valid/drivers_are_left.zip": {  # a table beside the standard that names drivers is not read
        "content": feed(drivers_txt="trip_id,driver\nm1," + PERSONAL[0] + "\n"), "records": FULL, "read": ROWS,
    },
    # --- invalid: archives
    "invalid/empty.zip": {"content": b"", "rejects": {"empty_file": 1}},
    "invalid/text.zip": {"content": b"stop_id,stop_name\n", "rejects": {"unreadable": 1}},
    "invalid/cut.zip": {"content": feed()[:-300], "rejects": {"unreadable": 1}},
    "invalid/bomb.zip": {
        "content": feed(shapes_txt="0" * (8 << 20)), "rejects": {"archive_bomb": 1},
    },
    "invalid/path.zip": {"content": feed("../"), "rejects": {"path_traversal": 1}},
    "invalid/nested.zip": {"content": feed(**{"inner.zip": "x"}), "rejects": {"archive_bomb": 1}},
    "invalid/too_many_files.zip": {
        "content": feed(), "context": {"max_archive_files": 3}, "rejects": {"archive_bomb": 1},
    },
    # --- invalid: parts missing
    "invalid/without_stops.zip": {"content": feed(stops_txt=None), "rejects": {"missing_file": 1}},
    "invalid/without_agency.zip": {
        "content": feed(agency_txt=None), "records": FULL, "read": ROWS, "notices": {"missing_file": 1},
    },
    "invalid/without_calendar.zip": {
        "content": feed(calendar_txt=None, calendar_dates_txt=None), "records": {"places": 4}, "read": ROWS,
        "notices": {"missing_file": 1},
    },
    "invalid/without_trips.zip": {
        "content": feed(trips_txt=None), "records": {"places": 4}, "read": ROWS,
        "notices": {"missing_file": 1, "broken_reference": 7},
    },
    "invalid/without_times.zip": {
        "content": feed(stop_times_txt=None), "records": {"places": 4}, "read": 4, "notices": {"missing_file": 1},
    },
    "invalid/without_routes.zip": {
        "content": feed(routes_txt=None), "records": FULL, "read": ROWS,
        "notices": {"missing_file": 1, "broken_reference": 3},
    },
    "invalid/without_latitude.zip": {
        "content": feed(stops_txt="stop_id,stop_name,stop_lon\nP1,Vieux-Port,5.37\n"),
        "records": {"measures": 29 + NIGHTS}, "read": 8,
        "notices": {"missing_column": 1, "broken_reference": 5}, "rejects": {"missing_required": 1},
    },
    "invalid/no_stops_in_stops.zip": {
        "content": feed(stops_txt="stop_id,stop_name,stop_lat,stop_lon\n"), "read": 7,
        "notices": {"empty_file": 1, "broken_reference": 7},
    },
    # --- invalid: rows
    "invalid/bad_latitude.zip": {
        "content": feed(stops_txt=_stops("X9,Ailleurs,nord,5.37,0,,,")), "records": FULL, "read": ROWS + 1,
        "rejects": {"bad_number": 1},
    },
    "invalid/nameless_stop.zip": {
        "content": feed(stops_txt=_stops("X9,,43.29,5.37,0,,,")), "records": FULL, "read": ROWS + 1,
        "rejects": {"missing_required": 1},
    },
    "invalid/stop_without_id.zip": {
        "content": feed(stops_txt=_stops(",Ailleurs,43.29,5.37,0,,,")), "records": FULL, "read": ROWS + 1,
        "rejects": {"missing_required": 1},
    },
    "invalid/long_row.zip": {
        "content": feed(stops_txt=_stops("X9,Ailleurs,43.29,5.37,0,,,,de,trop")), "records": FULL, "read": ROWS + 1,
        "rejects": {"ragged_row": 1},
    },
    "invalid/short_row.zip": {  # ends after the columns that matter: taken, and said
        "content": feed(stops_txt=_stops("X9,Ailleurs,43.29,5.37")),
        "records": {"places": 5, "measures": MEASURES}, "read": ROWS + 1, "notices": {"ragged_row": 1},
    },
    "invalid/unknown_stop.zip": {
        "content": feed(stop_times_txt=TOWN["stop_times.txt"] + "m1,09:00:00,09:00:00,NULLE,4\n"),
        # B1 is no longer where m1 ends: it leaves from there at 8 too
        "records": {"places": 4, "measures": MEASURES + 29}, "read": ROWS + 1, "notices": {"broken_reference": 1},
    },
    "invalid/impossible_time.zip": {
        "content": feed(stop_times_txt=TOWN["stop_times.txt"].replace("06:00:00,06:00:00", "06:00:00,6h00")),
        "records": {"places": 4, "measures": MEASURES - BUS}, "read": ROWS, "notices": {"out_of_range": 1},
    },
    "invalid/endless_day.zip": {
        "content": feed(stop_times_txt=TOWN["stop_times.txt"].replace("06:00:00,06:00:00", "06:00:00,99:00:00")),
        "records": {"places": 4, "measures": MEASURES - BUS}, "read": ROWS, "notices": {"out_of_range": 1},
    },
    "invalid/impossible_calendar.zip": {
        "content": feed(calendar_txt=TOWN["calendar.txt"].replace("ALL,1,1,1,1,1,1,1,20261101", "ALL,1,1,1,1,1,1,1,20261301")),
        "records": {"places": 4, "measures": MEASURES - BUS}, "read": ROWS, "notices": {"bad_time": 1},
    },
    "invalid/headway_of_zero.zip": {
        "content": feed(frequencies_txt="trip_id,start_time,end_time,headway_secs\nb1,08:00:00,10:00:00,0\nzz,08:00:00,10:00:00,60\n"),
        "records": FULL, "read": ROWS, "notices": {"broken_reference": 2},
    },
    "invalid/unknown_zone.zip": {
        "content": feed(agency_txt=TOWN["agency.txt"].replace("Europe/Paris", "Europe/Marseille")),
        "records": FULL, "read": ROWS, "notices": {"unknown_code": 1},
    },
    "invalid/huge_line.zip": {
        "content": feed(stops_txt=_stops("X9," + "x" * 3_000 + ",43.29,5.37,0,,,")), "context": {"max_line_bytes": 1_000},
        "records": FULL, "read": ROWS + 1, "rejects": {"line_too_long": 1},
    },
}  # fmt: skip
