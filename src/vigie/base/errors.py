"""Domain errors: one class per kind of failure, one table from class to HTTP status and exit code.

Facts about the failure are attributes (``params``), the text is composed from a translated
message by ``code``; no message text is ever built from an unknown exception.
"""

from __future__ import annotations

from typing import Any, ClassVar

from vigie.base.translations import translate


class VigieError(Exception):
    """A failure that Vigie knows and can explain.

    Attributes:
        code: Stable machine name; documented in ``docs/reference/errors.md``.
        http_status: Status of the problem+json answer (RFC 9457).
        exit_code: Exit code of the command line (DESIGN section 7).
        terminal: Whether trying again unchanged is pointless.
        params: Facts of this failure, by name; safe to show to the user.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    terminal: ClassVar[bool] = True

    def __init__(self, detail: str = "", **params: Any) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.params = params

    def __str__(self) -> str:
        """Return the failure in words, French, for a notebook or a log."""
        return self.detail or translate(self.code, "fr", **self.params)


class NotFound(VigieError):
    """The thing named does not exist (or may not be known to the caller)."""

    code = "not_found"
    http_status = 404


class WrongUsage(VigieError):
    """The request is malformed: an argument is missing, unknown or out of range."""

    code = "wrong_usage"
    http_status = 422
    exit_code = 2


class NotSignedIn(VigieError):
    """No valid session or token came with the request."""

    code = "not_signed_in"
    http_status = 401


class GlassUnreviewed(NotSignedIn):
    """The account broke a glass that nobody has reviewed within a day."""

    code = "glass_unreviewed"


class Forbidden(VigieError):
    """The caller is known and may not do this."""

    code = "forbidden"
    http_status = 403


class PurposeRefused(Forbidden):
    """The purpose named does not exist or is none of the role's."""

    code = "purpose_refused"


class ReasonRequired(Forbidden):
    """What is asked for may be read, once a reason is given."""

    code = "reason_required"


class ReasonRepeated(Forbidden):
    """The reason given is the one given the last time."""

    code = "reason_repeated"


class PartnerUnknown(Forbidden):
    """The account belongs to no partner service that the charter knows."""

    code = "partner_unknown"


class PasswordChangeRequired(Forbidden):
    """The account must change its password before anything else."""

    code = "password_change_required"


class SecondFactorRequired(Forbidden):
    """The password was right; a code, or the enrolment of a device, comes before anything else."""

    code = "second_factor_required"


class WrongCode(NotSignedIn):
    """The code is wrong, out of its time, or was used already."""

    code = "wrong_code"


class DetectionClosed(Forbidden):
    """Images may not be analysed: no legal grant opens it for this camera, type, place and hour."""

    code = "detection_closed"


class AssessmentMissing(Forbidden):
    """The use waits for the signed assessment of the impact on fundamental rights."""

    code = "assessment_missing"


class PersonRequired(Forbidden):
    """Only a person who signed in may do this, with their own sight."""

    code = "person_required"


class Conflict(VigieError):
    """The state has changed since the caller read it."""

    code = "conflict"
    http_status = 409
    terminal = False


class StepRefused(Conflict):
    """An event file may not pass from its state to the one asked for, or not be changed in it."""

    code = "step_refused"


class RequisitionRefused(Conflict):
    """A requisition may not be approved or used as asked; ``why`` says what is missing."""

    code = "requisition_refused"
    terminal = True


class QueryTooWide(VigieError):
    """A query goes beyond the act it is to be bound to; it is refused, never cut to fit."""

    code = "query_too_wide"
    http_status = 422
    exit_code = 2


class NamesPerson(VigieError):
    """A text of an event file may tell of a person; ``params`` say where and what."""

    code = "names_person"
    http_status = 422
    exit_code = 2


class StaleVersion(VigieError):
    """Somebody has written a newer version than the one that was read (RFC 9110, 13.1.1)."""

    code = "stale_version"
    http_status = 412


class TooLarge(VigieError):
    """The payload or the answer is above a stated limit."""

    code = "too_large"
    http_status = 413


class TooManyRequests(VigieError):
    """The caller is above a stated rate."""

    code = "too_many_requests"
    http_status = 429
    terminal = False


class MappingInvalid(VigieError):
    """A mapping file cannot be used; ``params`` name the key and the reason."""

    code = "mapping_invalid"
    http_status = 422
    exit_code = 2


class SettingsInvalid(VigieError):
    """The settings file or the environment holds a value that cannot be used."""

    code = "settings_invalid"
    exit_code = 2


class CharterMissing(SettingsInvalid):
    """The city had a charter of its own and it is not there: nothing opens under another one."""

    code = "charter_missing"


class Misdirected(VigieError):
    """The host name that was asked for is not served here."""

    code = "misdirected"
    http_status = 421


class HomeInvalid(VigieError):
    """The home folder is missing, not a Vigie home, or of a newer version."""

    code = "home_invalid"
    exit_code = 2


class HomeTooNew(HomeInvalid):
    """The home was written by a newer Vigie: only that one, or a copy from before, is of use."""

    code = "home_too_new"


class UpgradePending(HomeInvalid):
    """The home was written by an older Vigie and is first to be copied, then brought up to date."""

    code = "upgrade_pending"


class StoreBroken(VigieError):
    """The store on disk is not as it should be; ``vigie doctor`` says what to do."""

    code = "store_broken"


class Unavailable(VigieError):
    """A part that is needed is not there now (database, geocoder, engine)."""

    code = "unavailable"
    http_status = 503
    terminal = False


class Stopping(VigieError):
    """The process has been told to stop: what went on ended between two of its steps."""

    code = "stopping"
    http_status = 503
    terminal = False


class ProviderFailed(VigieError):
    """The identity provider's answer proves nothing, or does not belong to this browser."""

    code = "provider_failed"
    http_status = 401


class RoleUnknown(Forbidden):
    """The identity provider knows the person and names no group that has a role here."""

    code = "role_unknown"


class KeyDestroyed(VigieError):
    """What is asked for was sealed under a key that is gone: nobody can read it any more."""

    code = "key_destroyed"
    http_status = 410


class MissingPart(VigieError):
    """An optional part is not installed; ``params`` say how to get it."""

    code = "missing_part"
    http_status = 501


def subclasses_of(base: type[VigieError] = VigieError) -> list[type[VigieError]]:
    """Return every domain error class, sorted by code (documentation and tests walk it)."""
    found: dict[str, type[VigieError]] = {}
    queue = [base]
    while queue:
        current = queue.pop()
        found[current.code] = current
        queue.extend(current.__subclasses__())
    return [found[code] for code in sorted(found)]
