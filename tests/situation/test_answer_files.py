"""An answer as a file: every form holds the same rows, and no form shows what is withheld."""

import csv
import io
import json
from html.parser import HTMLParser

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

import vigie.analyses
from vigie.analyse.analysis import discover
from vigie.analyse.running import Answer
from vigie.base.errors import WrongUsage
from vigie.situation.answer_files import MEDIA, file_of
from vigie.situation.answer_paper import Paper, bounded, chart_of, page_of, table_of

RANKING = discover(vigie.analyses)["zone_ranking"]
DAYS = discover(vigie.analyses)["daily_trend"]
FORMULA = "=HYPERLINK(1)"
ROWS = [
    {"zone": "1", "label": FORMULA, "facts": 40, "low": 29.0, "high": 54.0, "density": 8.0},
    {
        "zone": "2",
        "label": "<b>Deux</b>",
        "facts": None,
        "low": None,
        "high": None,
        "density": None,
    },
]


def paper(language: str = "fr") -> Paper:
    fields = {"area_km2": 5.0}
    table = pa.Table.from_pylist([row | fields for row in ROWS])
    table = table.append_column("withheld", pa.array([False, True]))
    answer = Answer("zone_ranking", table, 43, 1, RANKING.limits, ())
    return Paper(RANKING, answer, {"1": "Un", "2": "Deux"}, 0, 86_400_000_000, 0, language)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pdf_and_png_are_set_without_a_browser_and_equal_answers_give_equal_files(
    language: str,
) -> None:
    for form, head in (("pdf", b"%PDF-"), ("png", b"\x89PNG\r\n")):
        first = file_of(None, paper(language), {}, form)  # type: ignore[arg-type]
        assert first.startswith(head)
        assert first == file_of(None, paper(language), {}, form)  # type: ignore[arg-type]


def test_tables_come_back_as_they_were() -> None:
    answer = paper().answer
    parquet = pq.read_table(io.BytesIO(file_of(None, paper(), {}, "parquet")))  # type: ignore[arg-type]
    arrow = feather.read_table(io.BytesIO(file_of(None, paper(), {}, "arrow")))  # type: ignore[arg-type]

    assert parquet.to_pylist() == arrow.to_pylist() == answer.table.to_pylist()
    told = json.loads(file_of(None, paper(), {}, "json"))  # type: ignore[arg-type]
    assert told == answer.table.to_pylist()


def test_no_spreadsheet_runs_a_text_of_a_source() -> None:
    text = file_of(None, paper(), {}, "csv").decode("utf-8")  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(text)))

    assert rows[0]["label"] == f"'{FORMULA}"
    assert rows[1]["facts"] == ""


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)


def test_a_page_holds_texts_as_texts_and_asks_nobody() -> None:
    page = page_of(paper())
    found = _Tags()
    found.feed(page)

    assert "b" not in found.tags
    assert not {"script", "link", "img", "iframe"} & found.tags
    assert "default-src 'none'" in page
    assert "&lt;b&gt;Deux&lt;/b&gt;" in page
    assert RANKING.limits["fr"][:40] in page


def test_what_is_withheld_is_said_so_and_has_no_bar() -> None:
    assert table_of(paper()).rows[1][2] == "masqué"
    picture = chart_of(paper())
    assert picture is not None
    assert "masqué" in picture.svg


def test_a_form_that_is_none_and_geojson_without_a_place_are_refused() -> None:
    with pytest.raises(WrongUsage):
        file_of(None, paper(), {}, "exe")  # type: ignore[arg-type]
    table = pa.table({column.name: pa.nulls(0) for column in DAYS.columns})
    answer = Answer("daily_trend", table, 0, 0, DAYS.limits, ())
    with pytest.raises(WrongUsage):
        file_of(None, Paper(DAYS, answer, {}, 0, 1, 0, "fr"), {}, "geojson")  # type: ignore[arg-type]
    assert set(MEDIA) >= {"parquet", "arrow", "csv", "geojson", "html", "pdf", "png"}


def test_an_interval_is_drawn_only_on_the_column_it_bounds() -> None:
    found = {name: bounded(one) for name, one in discover(vigie.analyses).items()}

    assert found["zone_ranking"] == "facts"
    assert found["kde"] == "density"
    assert found["daily_trend"] == "facts"
    assert found["did_it_work"] == "ratio"
    picture = chart_of(paper())
    assert picture is not None
    assert "<line" not in picture.svg  # the bars are densities, low and high are those of facts
