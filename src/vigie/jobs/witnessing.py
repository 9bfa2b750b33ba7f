"""Every hour: a signed head to each witness; what does not fit is an alarm on the desk."""

from __future__ import annotations

import hashlib

import httpx

from vigie.audit.witnesses import Alarm, Witnesses
from vigie.base.clock import now_us
from vigie.base.logging import get_logger
from vigie.base.settings import WitnessSettings
from vigie.base.stopping import look
from vigie.desk.alerts import Alert
from vigie.intake.outbound import AddressRefused, checked_client, scopes
from vigie.situation.home import Home

RULE = "audit_witness"
EVENT_TYPE = "org.vigie.audit.alarm.v1"
TIMEOUT_S = 8.0
"""A server that is told to stop waits no longer for a witness that does not answer."""
LONGEST_ANSWER = 64 * 2**10
_DAY_US = 86_400_000_000
log = get_logger(__name__)


def post(one: WitnessSettings, url: str, body: bytes) -> tuple[int, str]:
    """Send a body to a witness; return status and text of its answer.

    Raises:
        OSError: When it does not answer, or its address is not allowed.
    """
    look()
    try:
        with checked_client(url, scopes(private=one.private), timeout_s=TIMEOUT_S) as client:
            answer = client.post(url, content=body)
            return answer.status_code, answer.text[:LONGEST_ANSWER]
    except (httpx.HTTPError, AddressRefused) as error:
        raise OSError(type(error).__name__) from error


def show_heads(home: Home) -> list[Alarm]:
    """Show every witness a new head; raise an alert and an event for each that does not fit.

    Raises:
        Unavailable: When no head can be signed.
    """
    alarms = Witnesses(home.audit, home.settings.audit.witnesses, post).show()
    at = now_us(home.clock)
    for alarm in alarms:
        log.error("audit alarm", code=alarm.code, **alarm.params)
        explanation = {language: alarm.text(language) for language in ("fr", "en")}
        identity = f"{alarm.code}|{alarm.params['witness']}|{at // _DAY_US}"
        found = Alert(
            alert_id="alert-" + hashlib.blake2b(identity.encode(), digest_size=15).hexdigest(),
            rule=RULE,
            severity=5,
            at_us=at,
            until_us=at + _DAY_US,
            explanation=explanation,
            numbers={"code": alarm.code, **alarm.params},
        )
        if home.desk.alerts.raise_all([found]):
            data = {"code": alarm.code, **alarm.params, "explanation": explanation}
            home.intake.events.append(EVENT_TYPE, data)
    return alarms
