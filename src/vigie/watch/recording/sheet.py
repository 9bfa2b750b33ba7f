"""The sheet of a camera: by whose leave it records, what for, how long, and what it may not see."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vigie.base.errors import WrongUsage

DAY_US = 86_400_000_000
LONGEST_DAYS = 30
"""One month at most (CSI L252-5), taken as 30 days (law reference, VID-2)."""
PURPOSES = tuple(range(1, 12))
"""The purposes of article L251-2 of the Code de la sécurité intérieure, by number."""
BURNT = "burnt"
MASKS = ("set", "not_needed", BURNT)
"""Privacy masks are set in the camera, it sees no dwelling, or the recorder burns them in before
storage; without a word it does not film."""
CAMERA_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class CameraSheet:
    """What must be known of a camera before it records (law reference, VID-1, VID-2, VID-6).

    Attributes:
        camera_id: Its reference in the city's register: letters, digits, ``.``, ``-`` and ``_``.
        label: Where it stands, in words.
        authorisation: Number of the prefect's authorisation.
        authorised_until_us: First instant at which it may not record any more, epoch µs.
        purposes: Purposes of L251-2 by number, sorted.
        retention_days: Days of 24 h that a recording lives, 1 to 30.
        masks: ``set``, ``not_needed`` or ``burnt``.
        service: The service that answers for it.
        stream: Address of its stream, sealed; never in clear.
        revision: Grows with every change of the sheet.
    """

    camera_id: str
    label: str
    authorisation: str
    authorised_until_us: int
    purposes: tuple[int, ...]
    retention_days: int
    masks: str
    service: str
    stream: str
    revision: int = 0

    def __post_init__(self) -> None:
        """Refuse a sheet that the law does not allow.

        Raises:
            WrongUsage: Naming the field.
        """
        for field, holds in (
            ("camera_id", CAMERA_ID.fullmatch(self.camera_id) is not None),
            ("label", 0 < len(self.label.strip()) <= 120),  # noqa: PLR2004 -- a line of a list
            ("authorisation", 0 < len(self.authorisation.strip()) <= 120),  # noqa: PLR2004
            ("service", 0 < len(self.service.strip()) <= 120),  # noqa: PLR2004
            ("authorised_until", self.authorised_until_us > 0),
            ("purposes", self._purposes_known()),
            ("retention_days", 1 <= self.retention_days <= LONGEST_DAYS),
            ("masks", self.masks in MASKS),
            ("stream", bool(self.stream)),
        ):
            if not holds:
                raise WrongUsage(reason=f"camera {self.camera_id[:40]}: {field}", field=field)

    def _purposes_known(self) -> bool:
        unique = tuple(sorted(set(self.purposes)))
        return bool(unique) and unique == self.purposes and set(unique) <= set(PURPOSES)

    def authorised(self, at_us: int) -> bool:
        """Say whether it may record, and what it recorded be seen, at an instant."""
        return at_us < self.authorised_until_us
