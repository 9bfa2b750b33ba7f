"""The printable map: true to scale, readable without colour, and never markup."""

import re
from xml.etree import ElementTree as ET

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.geo.distance import haversine_m
from vigie.reports.drawing import SVG, Drawing, path_of, plain
from vigie.reports.maps import PAPERS, Entry, Mark, Sheet, Street, draw, round_length, wrapped
from vigie.reports.signs import LINES

NAME = f"{{{SVG}}}"
PERIMETER = shapely.box(5.390, 43.265, 5.400, 43.275)


def sheet(**changes: object) -> Sheet:
    values: dict[str, object] = {
        "title": "Match",
        "subtitle": "version 1",
        "paper": "A4",
        "land": None,
        "ground": (),
        "marks": (Mark(PERIMETER, "perimeter"),),
        "legend": (Entry("perimeter", "Périmètre"),),
    }
    return Sheet(**values | changes)


def texts(svg: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(svg).iter(f"{NAME}text")]


@given(st.text())
def test_any_text_comes_back_as_it_was_told(text: str) -> None:
    drawing = Drawing(10, 10, title=text)
    drawing.text(drawing.root, 0, 0, text)
    (found,) = texts(drawing.write())
    told = plain(text).replace("\r\n", "\n").replace("\r", "\n")
    assert found.replace("\r\n", "\n").replace("\r", "\n") == told


def test_markup_in_names_is_written_as_letters() -> None:
    bad = '<script>alert(1)</script>" & \x00'
    svg = draw(
        sheet(
            title=bad,
            legend=(Entry("circle", bad),),
            marks=(Mark(shapely.Point(5.39, 43.27), "circle", "<b>"),),
        )
    )
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{NAME}script"))
    assert "<b>" in texts(svg)


def test_equal_sheets_give_equal_pictures() -> None:
    assert draw(sheet()) == draw(sheet())


@pytest.mark.parametrize("paper", PAPERS)
def test_the_scale_bar_is_true(paper: str) -> None:
    """The perimeter's drawn width over the bar's drawn length is that of their metres."""
    svg = draw(sheet(paper=paper))
    root = ET.fromstring(svg)
    bar_m = next(
        float(re.sub(r"\D", "", t)) for t in texts(svg) if re.fullmatch(r"[\d\u202f]+ m", t)
    )
    pieces = [
        one
        for one in root.iter(f"{NAME}rect")
        if one.get("height") == "4" and one.get("stroke-width") == "0.6"
    ]
    bar = sum(float(one.get("width", "")) for one in pieces)
    outline = next(
        one.get("d", "")
        for one in root.iter(f"{NAME}path")
        if one.get("stroke-dasharray") == LINES["perimeter"]["stroke_dasharray"]
    )
    xs = [float(pair.split()[0]) for pair in re.findall(r"[\d.]+ [\d.]+", outline)]
    wide_m = float(haversine_m(5.390, 43.270, 5.400, 43.270))
    assert (max(xs) - min(xs)) / bar == pytest.approx(wide_m / bar_m, rel=0.01)


@given(st.floats(1e-3, 1e6))
def test_the_bar_is_a_round_number_not_longer_than_asked(longest: float) -> None:
    found = round_length(longest)
    assert found <= longest < 2.5000001 * found
    assert f"{found:e}"[0] in "125"


def test_no_two_line_signs_look_alike_without_colour() -> None:
    looks = {
        name: (style.get("stroke_dasharray"), style["stroke_width"])
        for name, style in LINES.items()
    }
    assert len(set(looks.values())) == len(looks)


def test_a_long_legend_is_all_there_and_within_the_sheet() -> None:
    legend = [
        Entry("circle", f"P{n} Un poste au nom assez long pour deux lignes") for n in range(60)
    ]
    svg = draw(sheet(legend=legend))
    root = ET.fromstring(svg)
    told = [one for one in root.iter(f"{NAME}text") if (one.text or "").startswith("P")]
    assert len([one for one in told if re.match(r"P\d+ ", one.text or "")]) == 60


def test_names_of_streets_stand_where_they_fit() -> None:
    long = Street(
        shapely.LineString([(5.385, 43.27), (5.405, 43.27)]), "Boulevard Michelet", "axis"
    )
    short = Street(shapely.LineString([(5.395, 43.27), (5.3951, 43.27)]), "Impasse", "street")
    away = Street(shapely.LineString([(5.5, 43.3), (5.6, 43.3)]), "Ailleurs", "street")
    found = texts(draw(sheet(ground=(long, short, away))))
    assert "Boulevard Michelet" in found
    assert not {"Impasse", "Ailleurs"} & set(found)


def test_a_sheet_without_marks_is_drawn_all_the_same() -> None:
    assert texts(draw(sheet(marks=(), legend=())))[0] == "Match"


def test_a_text_is_cut_between_words_only() -> None:
    assert wrapped("un deux trois quatre", 9) == ["un deux", "trois", "quatre"]
    assert wrapped("anticonstitutionnellement", 5) == ["anticonstitutionnellement"]


def test_a_path_has_its_points_in_order() -> None:
    assert path_of([(0, 0), (1.5, 2)], closed=True) == "M0 0 L1.5 2 Z"
