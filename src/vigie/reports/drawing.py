"""SVG written as a tree: whatever text is put in comes out as text, never as markup."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

SVG: Final = "http://www.w3.org/2000/svg"
FONT: Final = "Libertinus Serif"
"""A font that typst carries: the same letters on every machine."""

_KEPT: Final = "\t\n\r"


def plain(text: str) -> str:
    """Return a text without what XML 1.0 cannot hold (control characters, lone surrogates)."""
    return "".join(
        letter
        for letter in text
        if letter in _KEPT
        or "\x20" <= letter <= "\ud7ff"
        or "\ue000" <= letter <= "\ufffd"
        or letter >= "\U00010000"
    )


class Drawing:
    """An SVG picture under construction; lengths in points.

    Attributes:
        width: Width.
        height: Height.
    """

    def __init__(self, width: float, height: float, *, title: str) -> None:
        self.width, self.height = width, height
        self.root = ET.Element(
            "svg",
            {
                "xmlns": SVG,
                "viewBox": f"0 0 {_number(width)} {_number(height)}",
                "width": _number(width),
                "height": _number(height),
                "role": "img",
                "font-family": FONT,
            },
        )
        self.add(self.root, "title").text = plain(title)
        self.definitions = self.add(self.root, "defs")

    def add(self, parent: ET.Element, tag: str, **attributes: float | str) -> ET.Element:
        """Add an element; ``stroke_width`` stands for ``stroke-width``."""
        told = {
            name.replace("_", "-"): value if isinstance(value, str) else _number(value)
            for name, value in attributes.items()
        }
        return ET.SubElement(parent, tag, {name: plain(value) for name, value in told.items()})

    def text(
        self, parent: ET.Element, x: float, y: float, text: str, **attributes: float | str
    ) -> ET.Element:
        """Add a text."""
        found = self.add(parent, "text", x=x, y=y, **attributes)
        found.text = plain(text)
        return found

    def group(self, parent: ET.Element, **attributes: float | str) -> ET.Element:
        """Add a group."""
        return self.add(parent, "g", **attributes)

    def write(self) -> str:
        """Return the picture as text."""
        return ET.tostring(self.root, encoding="unicode")


def path_of(points: list[tuple[float, float]], *, closed: bool = False) -> str:
    """Return the path through points."""
    steps = " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
    return f"M{steps}{' Z' if closed else ''}"


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
