"""Which fact files are counted beforehand, together or each by itself, and what that replaces.

Cube and sums of a part are made of all its files, or, while it is fed, of its larger files each by
itself: a day is not read again at each commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vigie.lake.layout import DataFile

LASTING_ROWS = 8_192
"""A file of so many facts may be counted by itself: the smaller ones of a part, which commits
keep to a dozen, hold less together than is worth counting beforehand."""


@dataclass(frozen=True, slots=True)
class Due:
    """Sets of fact files, each to be counted by itself.

    Attributes:
        every: All fact files by part.
        sets: Files to be counted, each set with its part.
    """

    every: Mapping[str, list[DataFile]]
    sets: list[tuple[str, list[DataFile]]]

    @property
    def parts(self) -> set[str]:
        """The parts that something is made of."""
        return {part for part, _ in self.sets}

    def by_part(self) -> dict[str, list[DataFile]]:
        """Return the files to be counted by their part."""
        found: dict[str, list[DataFile]] = {}
        for part, files in self.sets:
            found.setdefault(part, []).extend(files)
        return found

    def rounds(self) -> list[dict[str, list[DataFile]]]:
        """Return the sets by part so that a round holds one of each part."""
        rounds: list[dict[str, list[DataFile]]] = []
        for part, files in self.sets:
            free = next((one for one in rounds if part not in one), None)
            if free is None:
                rounds.append(free := {})
            free[part] = files
        return rounds

    def replaced(self, stored: Iterable[DataFile], true: Iterable[DataFile]) -> list[DataFile]:
        """Return what is made anew of what is stored.

        Args:
            stored: Files made earlier.
            true: Of these, those made of single files that are still there: they stay beside
                others of their part, not beside what is made of all of it.
        """
        parts = self.parts
        whole = {part for part, files in self.sets if len(files) == len(self.every[part])}
        kept = {file.path for file in true if file.part not in whole}
        return [file for file in stored if file.part in parts and file.path not in kept]


def lasts(file: DataFile) -> bool:
    """Say whether a file of facts is worth counting by itself."""
    return file.rows >= LASTING_ROWS


def due(
    every: Mapping[str, list[DataFile]], left: Mapping[str, list[DataFile]], *, felt: bool = False
) -> Due:
    """Return what parts lack.

    Args:
        every: All fact files by part.
        left: Those that nothing true was made of, of the parts that lack something.
        felt: Only what is worth counting while the parts are fed; otherwise all of each together.
    """
    if not felt:
        return Due(every, [(part, every[part]) for part in left])
    return Due(
        every, [(part, one) for part, some in left.items() for one in _felt(every[part], some)]
    )


def _felt(files: list[DataFile], left: list[DataFile]) -> list[list[DataFile]]:
    lasting = [[file] for file in left if lasts(file)]
    return lasting if lasting or len(left) < len(files) else [files]
