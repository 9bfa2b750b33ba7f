"""How fast connectors turn bytes into records: rows for each second of one core.

`python3 run.py bench connectors [--rows N] [--shared FOLDER]`

The data is made here: entries of a police log with free text, reports as CSV and as GeoJSON, hourly
measures as JSON Lines, positions of vehicles. With the shared folder, Chicago's file too. Time is
processor time of this process, so that a busy machine does not change the figure. Beside it stands
what Python's own reader needs to give the rows of the same log as dictionaries, with nothing read in
them. Last, each connector's own valid samples, one message after the other. The last line is the
answer as JSON.
"""

# ruff: noqa: E501 -- made of rows of data

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import time
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from google.transit import gtfs_realtime_pb2 as rt

import vigie.connectors
from vigie.connectors import main_courante
from vigie.intake.connector import Context, Payload, discover
from vigie.intake.tabular.mapping import load_mapping

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
ENOUGH_S = 1.0
TEXT = "Le requérant signale; un groupe bruyant, rue étroite, depuis une heure ; sans blessé, voir suite"
COLUMNS = {
    "source_ref": "id",
    "kind": {"column": "type", "map": {"TAG": "offence.property.damage.graffiti", "DEC": "space.cleanliness.dumping"}},
    "earliest_at": {"column": "date", "format": "iso8601"},
}  # fmt: skip
REPORTS = {"source": "reports", "kind": "facts", "timezone": "Europe/Paris", "columns": COLUMNS}
NOISE = {
    "source": "noise",
    "kind": "measures",
    "timezone": "Europe/Paris",
    "file": {"format": "jsonl"},
    "columns": {"place_id": "capteur", "from_at": "debut", "to_at": {"default": "from_at", "plus_s": 3600}},
    "measures": [{"value": "laeq", "metric": "noise.laeq", "unit": "dB"}],
}  # fmt: skip


def log(rows: int, chance: random.Random) -> str:
    """Return a police log."""
    codes = list(main_courante.KINDS)
    names = [field.name for field in main_courante.FIELDS]
    lines = [";".join(names)]
    for number in range(rows):
        day = f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/2026"
        ended = number % 5 == 0
        lines.append(
            f"2026-{number:07};{day};14:22;{day};13:{number % 60:02};{day if ended else ''};"
            f"{'15:00' if ended else ''};{chance.choice(codes)};libellé;APPEL;{number % 200} rue de Rome;;"
            f"Préfecture;S1;13006;5,38{number % 1000:03};43,29{number % 1000:03};{number % 5 + 1};VERT;PV;"
            f'EQ12;"{TEXT}";DUPONT;0699001122;{day} 16:00:05'
        )
    return "\n".join(lines) + "\n"


def report(number: int) -> dict[str, object]:
    """Return a citizen report."""
    at = NOW - timedelta(minutes=number)
    return {
        "id": f"S{number}",
        "type": ("TAG", "DEC")[number % 2],
        "date": f"{at:%Y-%m-%dT%H:%M:%S}",
    }


def positions(vehicles: int) -> bytes:
    """Return a snapshot of a fleet."""
    message = rt.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = int(NOW.timestamp())
    for number in range(vehicles):
        entity = message.entity.add(id=str(number))
        entity.vehicle.vehicle.id = f"V{number}"
        entity.vehicle.trip.route_id = "M1"
        entity.vehicle.position.latitude = 43.29 + number * 1e-5
        entity.vehicle.position.longitude = 5.37
        entity.vehicle.position.speed = 8.0
        entity.vehicle.timestamp = int(NOW.timestamp())
    return bytes(message.SerializeToString())


def rate(work: Callable[[], int]) -> float:
    """Return rows for each second of processor time, the better of two runs."""
    best = 0.0
    for _ in range(2):
        start = time.process_time()
        rows = work()
        best = max(best, rows / (time.process_time() - start))
    return round(best)


def parse(name: str, content: bytes, mapping: Mapping[str, Any] | None = None) -> Callable[[], int]:
    """Return a run of a connector over a content."""
    connector = discover(vigie.connectors)[name]
    context = Context(name, "Europe/Paris", NOW, mapping=mapping or {})

    def work() -> int:
        payload = Payload("bench", io.BytesIO(content), size=len(content))
        return sum(chunk.read for chunk in connector.parse(payload, context))

    return work


def messages_per_s(name: str) -> int:
    """Return the valid samples of a connector parsed in a second of one core."""
    folder = Path(__file__).resolve().parents[1] / "connectors" / "samples" / name
    connector = discover(vigie.connectors)[name]
    runs = []
    for sample, said in tomllib.loads((folder / "expected.toml").read_text("utf-8")).items():
        if sample.startswith("valid/"):
            given = dict(said.get("context", {}))
            if "mapping" in said:
                text = (folder / "mappings" / said["mapping"]).read_text("utf-8")
                given["mapping"] = tomllib.loads(text)
            context = Context(**{"source": name, "timezone": "Europe/Paris", "now": NOW} | given)
            runs.append(((folder / sample).read_bytes(), context))
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < ENOUGH_S:
        for content, context in runs:
            for _ in connector.parse(Payload("m", io.BytesIO(content), size=len(content)), context):
                pass
        done += len(runs)
    return round(done / spent)


def features(rows: int, chance: random.Random) -> bytes:
    """Return reports as GeoJSON."""
    items = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [5.3 + chance.random() / 5, 43.3]},
            "properties": report(number),
        }
        for number in range(rows)
    ]
    return json.dumps({"type": "FeatureCollection", "features": items}).encode()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    asked = parser.parse_args()
    rows, chance = asked.rows, random.Random(1)
    text = log(rows, chance)
    table = "id;type;date\n" + "".join(
        ";".join(map(str, report(number).values())) + "\n" for number in range(rows)
    )
    noise = "".join(
        json.dumps({"capteur": f"C{n % 40}", "debut": report(n)["date"], "laeq": 40 + n % 30})
        + "\n"
        for n in range(rows)
    )
    figures = {
        "main_courante_utf8": rate(parse("main_courante", text.encode())),
        "main_courante_windows1252": rate(parse("main_courante", text.encode("cp1252"))),
        "main_courante_every_row_lenient": rate(
            parse("main_courante", text.replace(";;Préfecture", ';"" x;Préfecture').encode())
        ),
        "table_csv": rate(parse("table", table.encode(), REPORTS)),
        "table_jsonl": rate(parse("table", noise.encode(), NOISE)),
        "table_geojson": rate(
            parse("table", features(rows // 4, chance), REPORTS | {"file": {"format": "geojson"}})
        ),
        "gtfs_realtime": rate(parse("gtfs_realtime", positions(5_000))),
    }
    chicago = asked.shared / "data" / "chicago" / "crime_points_2016_2017.parquet"
    if chicago.exists():
        mapping = load_mapping(ROOT / "examples" / "chicago_crimes.toml")
        figures["table_parquet_chicago"] = rate(parse("table", chicago.read_bytes(), mapping))
    reader = rate(lambda: sum(1 for _ in csv.DictReader(io.StringIO(text), delimiter=";")))
    answer = {
        "name": "connectors",
        "figures": figures
        | {"unit": "rows per second of one core", "rows": rows}
        | {"sample_messages_per_s": {n: messages_per_s(n) for n in discover(vigie.connectors)}},
        "baseline": {"python_csv_dictreader_on_the_same_log": reader},
        "ratio": {"main_courante_to_dictreader": round(figures["main_courante_utf8"] / reader, 2)},
    }
    print(json.dumps(answer, ensure_ascii=False))


if __name__ == "__main__":
    main()
