"""The closed list of articles of the code of criminal procedure that a requisition may rest on.

Law reference, REQ-1. What is not here opens nothing: a new article is a change of this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Frame = Literal["flagrance", "preliminary", "information"]


@dataclass(frozen=True, slots=True)
class Article:
    """An article.

    Attributes:
        number: As it is cited.
        frame: Kind of inquiry that it belongs to.
        fr: What it is, French.
        en: The same, English.
    """

    number: str
    frame: Frame
    fr: str
    en: str


ARTICLES: Final[dict[str, Article]] = {
    one.number: one
    for one in (
        Article("60-1", "flagrance", "Flagrance : remise d’informations", "Flagrance: information"),
        Article("60-2", "flagrance", "Flagrance : voie informatique", "Flagrance: by computer"),
        Article("77-1-1", "preliminary", "Préliminaire : informations", "Preliminary: information"),
        Article("77-1-2", "preliminary", "Préliminaire : informatique", "Preliminary: by computer"),
        Article("99-3", "information", "Instruction : informations", "Judicial: information"),
        Article("99-4", "information", "Instruction : informatique", "Judicial: by computer"),
    )
}
