"""Reports on paper: what is written comes out as it is, and equal reports are equal."""

import subprocess
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.reports.document import (
    Block,
    Checks,
    Facts,
    Heading,
    Paragraph,
    Picture,
    Report,
    Steps,
    Table,
)
from vigie.reports.drawing import Drawing
from vigie.reports.setting import headings_in, set_pdf

WORDS = {"by": "établi par Vigie", "page": "page", "of": "sur"}
MARKUP = '#panic() $x$ *a* _b_ `c` \\ @d <e> // f /* g */ = h\n- i + j https://k [l] "m" {n} ~o'


def report(blocks: list[Block], **changes: Any) -> Report:
    values: dict[str, Any] = {
        "title": "Titre",
        "subtitle": "Dossier",
        "version": "version 1",
        "date": "2026-03-28",
        "language": "fr",
        "words": WORDS,
        "blocks": blocks,
    }
    return Report(**values | changes)


def picture(**changes: Any) -> Picture:
    drawing = Drawing(200, 100, title="Plan")
    drawing.text(drawing.root, 10, 50, MARKUP)
    return Picture(drawing.write(), MARKUP, MARKUP, **changes)


def everywhere(text: str) -> Report:
    """A report with a text in every place that takes one."""
    blocks: list[Block] = [
        Heading(text),
        Heading(text, 2),
        Paragraph(text),
        Paragraph(text, "note"),
        Paragraph(text, "warning"),
        Facts([(text, text)]),
        Table(text, [text, text], [[text, text]], ["left", "right"], note=text),
        Steps(text, text, [(text, text)]),
        Checks([(True, text), (False, text)]),
    ]
    return report(
        blocks,
        title=text,
        subtitle=text,
        version=text,
        state=text,
        facts=[(text, text)],
        words=dict.fromkeys(WORDS, text),
    )


def read(pdf: bytes, folder: Path, program: Path) -> str:
    """Return the text of a PDF as poppler reads it."""
    (folder / "read.pdf").write_bytes(pdf)
    done = subprocess.run(
        [program, "-layout", "-enc", "UTF-8", str(folder / "read.pdf"), "-"],
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8")


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Z")), min_size=1, max_size=40))
@settings(max_examples=30)
def test_any_text_stands_in_the_document_and_is_never_a_program(text: str) -> None:
    made = report([Heading(text), Heading(MARKUP, 2)])
    assert headings_in(made) == [text, MARKUP]


def test_markup_in_every_place_is_set_as_letters(tmp_path: Path, needs_poppler: Path) -> None:
    text = read(set_pdf(everywhere(MARKUP)), tmp_path, needs_poppler)
    assert "#panic() $x$ *a* _b_ `c`" in text
    assert text.count("#panic()") >= 15


def test_equal_reports_give_equal_bytes_and_another_date_others() -> None:
    blocks: list[Block] = [Heading("Un"), picture(), picture(sheet="A3")]
    assert set_pdf(report(blocks)) == set_pdf(report(blocks))
    assert set_pdf(report(blocks)) != set_pdf(report(blocks, date="2026-03-29"))


def test_the_document_is_tagged_archivable_and_says_what_it_is() -> None:
    pdf = set_pdf(report([Heading("Un"), picture()]))
    assert pdf.startswith(b"%PDF-")
    assert b"pdfuaid:part" in pdf
    assert b"pdfaid:part" in pdf
    assert b"/StructTreeRoot" in pdf
    assert b"/FontFile" in pdf


def test_pages_are_numbered_and_say_who_made_them(tmp_path: Path, needs_poppler: Path) -> None:
    rows = [[str(n), "x"] for n in range(120)]
    long = report([Table("Longue", ["a", "b"], rows, ["right", "left"], widths=[1, 2])])
    text = read(set_pdf(long), tmp_path, needs_poppler)
    assert "page 1 sur 3" in text
    assert "page 3 sur 3" in text
    assert text.count("établi par Vigie · Titre · version 1") == 3


def test_a_report_that_begins_low_is_set_all_the_same() -> None:
    made = report([Heading("Bas", 3), Heading("Haut"), Heading("Très bas", 3)])
    assert set_pdf(made).startswith(b"%PDF-")
    assert [block["rank"] for block in made.as_json()["blocks"]] == [1, 1, 2]


def test_the_lines_of_a_text_stay_apart(tmp_path: Path, needs_poppler: Path) -> None:
    lines = read(
        set_pdf(report([Paragraph("première ligne\nseconde ligne")])), tmp_path, needs_poppler
    )
    assert [one.strip() for one in lines.splitlines() if "ligne" in one] == [
        *("première ligne", "seconde ligne"),
    ]
