"""Samples of camera metadata: invented cameras, a few with an invented grant, and what must not pass."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

from typing import Any

PERSONAL = (
    "ZX-418-QV",
    "Apolline Farandole",
    "face-7781-aa",
    "/9j/4AAQSkZJRgABAQ",
    "manteau-rouge-31",
)
AT = "2026-11-23T08:45:00Z"
FIELD = "tns1:RuleEngine/FieldDetector/ObjectsInside"
GRANT = {
    "legal_basis": "loi 2023-380 art. 10", "order": "13-2026-VA-004", "model": "detecteur 2.1", "attestation": "ATT-19",
    "threshold": "0.8", "cameras": {"vs-12": [5.3745, 43.2955], "vs-13": [5.38, 43.30]},
    "types": ["forbidden_zone", "fall", "density", "abandoned_object"],
    "dated": "2026-11-01T00:00:00+01:00", "from": "2026-11-20T08:00:00+01:00", "to": "2026-11-24T08:00:00+01:00",
}  # fmt: skip
VENDOR = {"tnsacme:Analytics/FallDown": "fall", "tnsacme:Analytics/Crowding": "density"}
CONTEXT = {"options": {"grants": [GRANT], "topics": VENDOR}}
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema" '
    'xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tns1="http://www.onvif.org/ver10/topics" xmlns:tnsacme="http://acme.example">'
)
APPEARANCE = (
    '<tt:Frame UtcTime="2026-11-23T08:45:00Z" Source="vs-12"><tt:Object ObjectId="31"><tt:Appearance>'
    '<tt:Shape><tt:BoundingBox left="0.1" top="0.2" right="0.3" bottom="0.4"/></tt:Shape>'
    '<tt:Class><tt:Type Likelihood="0.9">Human</tt:Type></tt:Class><tt:HumanBody>manteau-rouge-31</tt:HumanBody>'
    "<tt:HumanFace>face-7781-aa</tt:HumanFace><tt:LicensePlateInfo><tt:PlateNumber>ZX-418-QV</tt:PlateNumber></tt:LicensePlateInfo>"
    "<tt:Image>/9j/4AAQSkZJRgABAQ</tt:Image></tt:Appearance></tt:Object></tt:Frame>"
)


def item(name: str, value: str) -> str:
    """Return a simple item."""
    return f'<tt:SimpleItem Name="{name}" Value="{value}"/>'


def event(
    topic: str = FIELD, *, at: str | None = AT, camera: str | None = "vs-12", data: str = item("IsInside", "true"),
    operation: str = "Changed", source: str = "", more: str = "",
) -> str:  # fmt: skip
    """Return a notification."""
    when = f' UtcTime="{at}"' if at is not None else ""
    token = item("VideoSourceConfigurationToken", camera) if camera is not None else ""
    return (
        f'<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">{topic}</wsnt:Topic>'
        f'<wsnt:Message><tt:Message{when} PropertyOperation="{operation}"><tt:Source>{token}{source}</tt:Source>{more}'
        f"<tt:Data>{data}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>"
    )


def stream(*events: str, frames: str = "") -> bytes:
    """Return a metadata stream."""
    analytics = f"<tt:VideoAnalytics>{frames}</tt:VideoAnalytics>" if frames else ""
    told = f"<tt:Event>{''.join(events)}</tt:Event>" if events else ""
    return f"{HEAD}{analytics}{told}</tt:MetadataStream>".encode()


def granted(**changes: Any) -> dict[str, Any]:
    """Return a context whose only grant has some parts changed; None takes one away."""
    grant = {name: value for name, value in (GRANT | changes).items() if value is not None}
    return {"options": {"grants": [grant], "topics": VENDOR}}


def _ok(content: bytes, facts: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "content": content,
        "context": CONTEXT,
        "records": {"facts": facts},
        "read": facts,
        **more,
    }


def _no(content: bytes, code: str = "no_legal_grant", n: int = 1, **more: Any) -> dict[str, Any]:
    return {"content": content, "context": CONTEXT, "read": n, "rejects": {code: n}, **more}


ONE = stream(event())
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
CASES: dict[str, dict[str, Any]] = {
    # --- valid
    "valid/zone.xml": _ok(ONE),
    "valid/two_cameras.xml": _ok(stream(event(), event(camera="vs-13", at="2026-11-23T08:46:00.250Z")), 2),
    "valid/line_crossed.xml": _ok(stream(event("tns1:RuleEngine/LineDetector/Crossed", data=""))),
    "valid/vendor_fall.xml": _ok(stream(event("tnsacme:Analytics/FallDown", data=item("State", "true")))),
    "valid/density_with_count.xml": _ok(stream(event("tnsacme:Analytics/Crowding", data=item("Count", "180")))),
    "valid/notify.xml": _ok(
        b'<wsnt:Notify xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tns1="http://www.onvif.org/ver10/topics">'
        + event().encode() + b"</wsnt:Notify>"
    ),
    "valid/offset.xml": _ok(stream(event(at="2026-11-23T09:45:00+01:00"))),
    "valid/rule_name_dropped.xml": _ok(stream(event(source=item("Rule", "Parvis Apolline Farandole"))), notices={"dropped_personal": 1}),
    "valid/duplicates.xml": _ok(stream(event(), event()), 2),
    "valid/out_of_order.xml": _ok(stream(event(at="2026-11-23T08:46:00Z"), event()), 2),
    "valid/end_of_state.xml": {
        "content": stream(event(data=item("IsInside", "false")), event(operation="Deleted"), event(operation="Initialized")),
        "context": CONTEXT, "read": 3, "notices": {"not_used": 3},
    },
    "valid/nothing_happens.xml": {"content": stream(), "context": CONTEXT},
    # --- invalid: files
    "invalid/empty.xml": {"content": b"", "rejects": {"empty_file": 1}},
    "invalid/entity_bomb.xml": {"content": BOMB, "rejects": {"xml_document_type": 1}},
    "invalid/external_entity.xml": {
        "content": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + ONE.partition(b"\n")[2], "rejects": {"xml_document_type": 1},
    },
    "invalid/cut.xml": {"content": ONE[:-30], "rejects": {"unreadable": 1}},
    "invalid/not_utf8.xml": {"content": ONE.replace(b"vs-12", b"vs-\xff"), "rejects": {"unreadable": 1}},
    "invalid/json.xml": {"content": b'{"Topic": "x"}', "rejects": {"unreadable": 1}},
    "invalid/too_deep.xml": {"content": b"<a>" * 90 + b"</a>" * 90, "rejects": {"too_deep": 1}},
    "invalid/other_root.xml": {"content": b"<alert><identifier>x</identifier></alert>", "rejects": {"unknown_message": 1}},
    # --- invalid: no grant
    "invalid/no_grant.xml": {"content": ONE, "read": 1, "rejects": {"no_legal_grant": 1}},
    "invalid/expired_grant.xml": _no(ONE) | {"context": granted(to="2026-11-23T08:44:59Z")},
    "invalid/expired_since.xml": _no(ONE) | {"context": granted(to="2026-11-23T08:59:00Z")},
    "invalid/future_grant.xml": _no(ONE) | {"context": granted(**{"from": "2026-11-23T08:45:01Z"})},
    "invalid/signed_afterwards.xml": _no(ONE) | {"context": granted(dated="2026-11-23T08:45:01Z")},
    "invalid/other_camera.xml": _no(stream(event(camera="vs-99"))),
    "invalid/type_not_granted.xml": _no(stream(event("tnsacme:Analytics/FallDown"))) | {"context": granted(types=["density"])},
    "invalid/grant_without_order.xml": _no(ONE) | {"context": granted(order=None), "notices": {"not_used": 1}},
    "invalid/grant_without_attestation.xml": _no(ONE) | {"context": granted(attestation=None), "notices": {"not_used": 1}},
    "invalid/grant_without_offset.xml": _no(ONE) | {"context": granted(to="2026-11-24T08:00:00"), "notices": {"not_used": 1}},
    "invalid/grant_of_a_ninth_type.xml": _no(ONE) | {"context": granted(types=["forbidden_zone", "loitering"]), "notices": {"not_used": 1}},
    "invalid/one_of_two_is_granted.xml": {
        "content": stream(event(), event(camera="vs-99")), "context": CONTEXT, "records": {"facts": 1}, "read": 2, "rejects": {"no_legal_grant": 1},
    },
    # --- invalid: types that the law does not know, even with a grant
    "invalid/face_recognised.xml": _no(stream(event("tns1:RuleEngine/Recognition/Face", data=item("HumanFace", "face-7781-aa"))), notices={"dropped_personal": 1}),
    "invalid/plate_read.xml": _no(stream(event("tns1:RuleEngine/Recognition/LicensePlate", data=item("PlateNumber", "ZX-418-QV"))), notices={"dropped_personal": 1}),
    "invalid/loitering.xml": _no(stream(event("tns1:RuleEngine/LoiteringDetector/ObjectIsLoitering", data=item("State", "true")))),
    "invalid/motion.xml": _no(stream(event("tns1:RuleEngine/CellMotionDetector/Motion", data=item("State", "true")))),
    "invalid/sound.xml": _no(stream(event("tns1:AudioAnalytics/Audio/DetectedSound", data=item("State", "true")))),
    # --- invalid: persons
    "invalid/appearance_in_event.xml": {
        "content": stream(event(data=item("IsInside", "true") + item("ObjectId", "31") + item("Likelihood", "0.9")
                                + f'<tt:ElementItem Name="Appearance">{APPEARANCE}</tt:ElementItem>', more="<tt:Key>" + item("ObjectId", "31") + "</tt:Key>")),
        "context": CONTEXT, "records": {"facts": 1}, "read": 1, "notices": {"dropped_personal": 4},
    },
    "invalid/frames.xml": {
        "content": stream(event(), frames=APPEARANCE), "context": CONTEXT, "records": {"facts": 1}, "read": 1, "notices": {"dropped_personal": 1},
    },
    "invalid/frames_alone.xml": {"content": stream(frames=APPEARANCE), "notices": {"dropped_personal": 1}},
    "invalid/unknown_item.xml": _ok(stream(event(data=item("IsInside", "true") + item("Gait", "manteau-rouge-31"))), notices={"unmapped_column": 1}),
    # --- invalid: rows
    "invalid/without_time.xml": _no(stream(event(at=None)), "missing_required"),
    "invalid/without_offset.xml": _no(stream(event(at="2026-11-23T08:45:00")), "naive_time"),
    "invalid/bad_time.xml": _no(stream(event(at="ce matin")), "bad_time"),
    "invalid/clock_ahead.xml": _no(stream(event(at="2026-11-23T09:01:01Z")), "time_in_future"),
    "invalid/without_camera.xml": _no(stream(event(camera=None)), "missing_required"),
    "invalid/without_topic.xml": _no(stream(event(topic="")), "missing_required"),
    "invalid/count_of_words.xml": _no(stream(event(data=item("Count", "beaucoup"))), "bad_number"),
    "invalid/huge_count.xml": _no(stream(event(data=item("Count", "1e999"))), "bad_number"),
    "invalid/empty_notification.xml": _no(f"{HEAD}<tt:Event><wsnt:NotificationMessage/></tt:Event></tt:MetadataStream>".encode(), "missing_required") | {"read": 0, "rejects": {}},
}  # fmt: skip
