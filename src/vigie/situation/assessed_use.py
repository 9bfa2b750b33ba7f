"""What waits for the signed assessment of the impact on fundamental rights, and signing (AIA-4)."""

from __future__ import annotations

import contextlib
import json
from datetime import date, timedelta

from pydantic import ValidationError

from vigie.base.clock import now_us
from vigie.base.errors import AssessmentMissing, Forbidden, WrongUsage
from vigie.base.translations import Phrase
from vigie.model.times import at_local
from vigie.privacy.purposes import Verb
from vigie.situation.assessment import (
    FILE,
    LONGEST_DAYS,
    SIGNATURE,
    Assessed,
    Signature,
    Use,
    assessed,
    is_required,
)
from vigie.situation.caller import Caller
from vigie.situation.home import Home


def may_use(home: Home, use: Use) -> bool:
    """Say whether a use may go on now; nothing is read where nothing is required."""
    if not is_required(home.settings):
        return True
    return assessed(home.path, home.settings, now_us(home.clock)).opens(use)


def require_assessed(home: Home, caller: Caller, use: Use, verb: Verb = Verb.CONSULT) -> None:
    """Refuse a use that waits for the assessment; the refusal is a line of the audit.

    Raises:
        AssessmentMissing: Saying what is missing.
    """
    if may_use(home, use):
        return
    why = assessed(home.path, home.settings, now_us(home.clock)).why_closed(use) or "changed"
    dataset = "detections" if use == "detection" else "forecasts"
    with contextlib.suppress(Forbidden):
        home.rights.refuse(caller, dataset, verb, {"use": use}, why=f"assessment_{why}")
    raise AssessmentMissing(use=use, state=why, why=Phrase(f"assessment_{why}"))


def sign(home: Home, caller: Caller, *, who: str, function: str, review_by: date) -> Assessed:
    """Sign the text as it stands, until a day; the line in the audit is written first.

    Raises:
        Forbidden: When the charter does not let the caller (``register``, ``alter``).
        WrongUsage: When there is no text that can be signed, it covers no day to come, or the
            review is not within a year and the text's period.
    """
    at_us = now_us(home.clock)
    found = assessed(home.path, home.settings, at_us)
    if found.document is None or found.state in {"ended", "demonstration"}:
        said = f"{FILE}: {found.state} {found.reason}".strip()
        raise WrongUsage(reason=said, field="fria")
    today = at_local(at_us, home.settings.city.timezone).date()
    latest = min(found.document.period.last, today + timedelta(days=LONGEST_DAYS))
    if not today < review_by <= latest:
        raise WrongUsage(reason=f"review_by: {today} < … <= {latest}", field="review_by")
    subject = {
        "fria": found.sha256,
        "uses": list(found.document.uses),
        "review_by": review_by.isoformat(),
    }
    view = home.rights.ask(caller, "register", Verb.ALTER, subject)
    signed = {
        "sha256": found.sha256,
        "signed_by": who,
        "function": function,
        "account": caller.name,
        "signed_us": at_us,
        "review_by": review_by.isoformat(),
        "line": -1 if view.line is None else view.line,
    }
    try:
        Signature.model_validate(signed)
    except ValidationError as error:
        where = str(error.errors()[0]["loc"][0])
        raise WrongUsage(reason=f"{where}: 2-300", field=where) from error
    partial = home.path / f"{SIGNATURE}.new"
    partial.write_text(json.dumps(signed, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    partial.chmod(0o600)
    partial.replace(home.path / SIGNATURE)
    return assessed(home.path, home.settings, at_us)
