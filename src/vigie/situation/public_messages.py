"""Messages to the public as people write, approve, publish and withdraw them.

Who writes does not approve: the hand is the account behind a name, and a program has none. The
line in the audit is written before the act is kept; a refusal because of the hand is a line too.
What may follow what is for ``foresight.informing.standing`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound, StaleVersion, WrongUsage
from vigie.base.ids import new_id
from vigie.desk.public_messages import MessageEntry
from vigie.foresight.entry import scrubbed_reason
from vigie.foresight.informing.checking import Bounds, check
from vigie.foresight.informing.geography import place_of
from vigie.foresight.informing.message import Message
from vigie.foresight.informing.standing import (
    ACTS,
    APPROVE,
    DRAFT,
    PUBLISH,
    REFUSE,
    SUBMIT,
    WITHDRAW,
    MessageStepRefused,
    Standing,
    fold,
)
from vigie.foresight.plans import DAY_US
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.plans import plan_seen

DATASET = "public_messages"
PUBLIC = "public"
LEAST_REASON = 8
WITH_REASON = frozenset({REFUSE, WITHDRAW})
MOST = 500


def hand_of(caller: Caller) -> str:
    """Return whose hand a caller's is: the account, also behind a token; else the name."""
    return caller.account_id or caller.name


def bounds_of(home: Home) -> Bounds:
    """Return what a home lets a message be."""
    public = home.settings.public
    return Bounds(public.longest_days, public.panel_lines, public.panel_characters, public.least)


def checked(home: Home, values: Mapping[str, Any]) -> Message:
    """Return the message that values make in a home, now.

    Raises:
        EntryInvalid: When a field cannot stand; ``errors`` names each.
    """
    city = home.settings.city
    where = place_of(values, home.frame.zonings, city.name, city.bbox)
    return check(values, where, bounds_of(home), now_us(home.clock))


def _content_json(content: Mapping[str, Any]) -> dict[str, Any]:
    message = Message.of_json(content)
    told = message.to_json()
    for name in ("rings", "onset_us", "expires_us"):
        del told[name]
    return told | {
        "geometry": message.geometry(),
        "onset": to_rfc3339(message.onset_us),
        "expires": to_rfc3339(message.expires_us),
    }


def verb_of(act: str, standing: Standing) -> Verb:
    """Return what an act does: what the public is told, or will no longer be, is disclosed."""
    if act in {DRAFT, SUBMIT} or (act == WITHDRAW and not standing.published):
        return Verb.ALTER
    return Verb.DISCLOSE


def _why_not(home: Home, caller: Caller, standing: Standing, act: str, at_us: int) -> str:
    """Return why a caller may not act now: the standing's words, role, token; empty if they may."""
    why = standing.refusal(act, hand_of(caller), at_us)
    if why:
        return why
    verb = verb_of(act, standing)
    if not home.rights.may(caller, DATASET, verb):
        return "role"
    return "token" if caller.by_token and verb is Verb.DISCLOSE else ""


def _json(home: Home, caller: Caller, standing: Standing, at_us: int) -> dict[str, Any]:
    told = standing.public_at(at_us)
    last = standing.published[-1] if standing.published else None
    content = standing.working or last or standing.last
    why_not = {act: _why_not(home, caller, standing, act, at_us) for act in ACTS}
    return {
        "message_id": standing.message_id,
        "number": standing.number,
        "state": standing.state_at(at_us),
        "preparing": standing.state,
        "content": {} if content is None else _content_json(content.content),
        "public": None if told is None else _content_json(told.content),
        "published_at": None if last is None else to_rfc3339(last.at_us),
        "publications": len(standing.published),
        "may": [act for act, why in why_not.items() if not why],
        "closed": {act: why for act, why in why_not.items() if why},
    }


def _entry_json(entry: MessageEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "act": entry.act,
        "by": entry.who,
        "role": entry.role,
        "at": to_rfc3339(entry.at_us),
        "reason": entry.reason,
        "title": str(entry.content["title_fr"]),
    }


def list_messages(home: Home, caller: Caller, *, past_days: int = 7) -> dict[str, Any]:
    """Return the messages that are prepared or public, and those over for some days.

    Raises:
        Forbidden: When the role may not see messages.
    """
    home.rights.ask(caller, DATASET, subject={"past_days": past_days})
    at = now_us(home.clock)
    found, broken = [], 0
    for entries in home.desk.public_messages.after(at - past_days * DAY_US).values():
        try:
            found.append(fold(entries))
        except MessageStepRefused:
            broken += 1
    found.sort(key=lambda one: (0 if one.last is None else -one.last.at_us, one.message_id))
    return {
        "items": [_json(home, caller, one, at) for one in found[:MOST]],
        "total": len(found),
        "broken": broken,
        "may_write": home.rights.may(caller, DATASET, Verb.ALTER),
        "bounds": {
            "longest_days": home.settings.public.longest_days,
            "panel_lines": home.settings.public.panel_lines,
            "panel_characters": home.settings.public.panel_characters,
            "least": home.settings.public.least,
        },
        "at": to_rfc3339(at),
        "next": None,
    }


def _standing(home: Home, name: str) -> Standing:
    entries = home.desk.public_messages.of(name[:40])
    if not entries:
        raise NotFound(what="public message", name=name[:40])
    return fold(entries)


def read_message(home: Home, caller: Caller, name: str) -> dict[str, Any]:
    """Return one message with its acts.

    Raises:
        Forbidden: When the role may not see messages.
        NotFound: When there is no such message.
    """
    home.rights.ask(caller, DATASET, subject={"message": name[:40]})
    standing = _standing(home, name)
    told = _json(home, caller, standing, now_us(home.clock))
    entries = home.desk.public_messages.of(name[:40])
    return told | {"history": [_entry_json(one) for one in entries]}


def draft_message(
    home: Home,
    caller: Caller,
    values: Mapping[str, Any],
    *,
    name: str = "",
    after: int = 0,
    submit: bool = False,
) -> dict[str, Any]:
    """Keep a draft: of a new message, or of one that is prepared or public already.

    What is public stays so until the new draft has been approved and published.

    Args:
        home: The home.
        caller: Who writes.
        values: Fields of ``Message``, with ``ring`` (GeoJSON) in place of ``rings``.
        name: The message; empty for a new one.
        after: Number of the act that it was written on.
        submit: Whether it is handed in at once.

    Raises:
        Forbidden: When the role does not write messages, or does not see what it is about.
        EntryInvalid: When a field cannot stand.
        NotFound: When there is no such message, or not what it is about.
        MessageStepRefused: When the message is withdrawn or over.
        StaleVersion: When somebody has acted on it meanwhile.
    """
    _open(home, caller, Verb.ALTER)
    standing = _standing(home, name) if name else Standing(new_id("info"))
    if standing.number != after:
        raise StaleVersion(what="public message", name=name[:40])
    message = checked(home, values)
    _about(home, caller, message.about)
    acts = (DRAFT, SUBMIT) if submit else (DRAFT,)
    return _keep(home, caller, standing, acts, message.to_json(), reason="")


def act_on_message(
    home: Home,
    caller: Caller,
    name: str,
    act: str,
    *,
    after: int,
    reason: str = "",
    publish: bool = False,
) -> dict[str, Any]:
    """Submit, send back, approve, publish or withdraw a message.

    Args:
        home: The home.
        caller: Who acts.
        name: The message.
        act: submit, refuse, approve, publish or withdraw.
        after: Number of the act that the decision was made on.
        reason: Why; needed to send back and to withdraw; without names of persons.
        publish: Whether what is approved is published at once.

    Raises:
        Forbidden: When the role may not, a program asks, or the hand wrote what it would approve.
        NotFound: When there is no such message.
        WrongUsage: When there is no such act, or the reason lacks.
        MessageStepRefused: When the message may not do so in its state.
        StaleVersion: When somebody has acted on it meanwhile.
    """
    if act not in ACTS or act == DRAFT:
        raise WrongUsage(reason=f"act {act[:40]}", field="act")
    _open(home, caller, Verb.CONSULT)
    standing = _standing(home, name)
    _open(home, caller, verb_of(act, standing))
    if standing.number != after:
        raise StaleVersion(what="public message", name=name[:40])
    why = scrubbed_reason(reason)
    if act in WITH_REASON and len(why) < LEAST_REASON:
        raise WrongUsage(reason=f"reason: {LEAST_REASON} characters at least", field="reason")
    kept = standing.working or standing.last
    content = {} if kept is None else kept.content
    acts = (act, PUBLISH) if act == APPROVE and publish else (act,)
    return _keep(home, caller, standing, acts, content, reason=why)


def _open(home: Home, caller: Caller, verb: Verb) -> None:
    """Refuse, with a line, whoever may not do this to messages; writes no line otherwise."""
    if not home.rights.may(caller, DATASET, verb):
        home.rights.ask(caller, DATASET, verb)


def _about(home: Home, caller: Caller, about: str) -> None:
    kind, _, name = about.partition(":")
    if kind == "plan":
        plan_seen(home, caller, name)
    elif kind == "alert":
        home.rights.ask(caller, "alerts", subject={"alert": name})
        home.desk.alerts.get(name)


def _keep(
    home: Home,
    caller: Caller,
    standing: Standing,
    acts: tuple[str, ...],
    content: Mapping[str, Any],
    *,
    reason: str,
) -> dict[str, Any]:
    """Check acts against the standing, write their lines, keep them, tell what stands now."""
    at = home.desk.public_messages.now_us()
    entries: list[MessageEntry] = []
    after = standing
    for act in acts:
        entry = MessageEntry(
            message_id=standing.message_id,
            number=after.number + 1,
            act=act,
            content=content,
            expires_us=int(content["expires_us"]),
            who=caller.name,
            hand=hand_of(caller),
            role=caller.role,
            reason=reason,
            at_us=at,
        )
        after = _next(home, caller, after, entry)
        entries.append(entry)
    for one in entries:
        verb = verb_of(one.act, standing)
        recipient = PUBLIC if verb is Verb.DISCLOSE else ""
        home.rights.ask(caller, DATASET, verb, _subject(one), recipient=recipient)
    home.desk.public_messages.append(*entries)
    return read_message(home, caller, standing.message_id)


def _next(home: Home, caller: Caller, standing: Standing, entry: MessageEntry) -> Standing:
    """Return the standing after an act; a hand that may not is refused with a line."""
    verb = verb_of(entry.act, standing)
    if verb is Verb.DISCLOSE and caller.by_token:
        home.rights.refuse(caller, DATASET, verb, _subject(entry), why="token")
    try:
        return standing.follow(entry)
    except MessageStepRefused as error:
        if error.params.get("why") == "same_hand":
            home.rights.refuse(caller, DATASET, verb, _subject(entry), why="same_hand")
        raise


def _subject(entry: MessageEntry) -> dict[str, Any]:
    return {"message": entry.message_id, "number": entry.number, "act": entry.act}
