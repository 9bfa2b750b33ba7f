"""Whatever SIRI is wrapped in, the same service delivery comes out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.siri_envelope import elements, open_message, shown
from vigie.intake.tabular.block import FileRefused

SERVICE = {"ResponseTimestamp": "now", "VehicleMonitoringDelivery": {"VehicleActivity": "a"}}
INSIDE = (
    "<ServiceDelivery><ResponseTimestamp>now</ResponseTimestamp><VehicleMonitoringDelivery>"
    "<VehicleActivity>a</VehicleActivity></VehicleMonitoringDelivery></ServiceDelivery>"
)
ANSWER = (
    "<x:GetVehicleMonitoringResponse xmlns:x='urn:x'><ServiceDeliveryInfo><ResponseTimestamp>now"
    "</ResponseTimestamp></ServiceDeliveryInfo><Answer><VehicleMonitoringDelivery><VehicleActivity>"
    "a</VehicleActivity></VehicleMonitoringDelivery></Answer><AnswerExtension/>"
    "</x:GetVehicleMonitoringResponse>"
)


def envelope(body: str) -> str:
    return f"<s:Envelope xmlns:s='urn:soap'><s:Header/><s:Body>{body}</s:Body></s:Envelope>"


@pytest.mark.parametrize(
    "content",
    [
        f"<Siri>{INSIDE}</Siri>",
        INSIDE,
        envelope(INSIDE),
        envelope(f"<Siri version='2.1'>{INSIDE}</Siri>"),
        envelope(ANSWER),
        envelope(ANSWER.replace("Answer>", "Notification>")),
        json.dumps({"Siri": {"ServiceDelivery": SERVICE}}),
        json.dumps({"ServiceDelivery": SERVICE}),
        json.dumps(
            {"Siri": {"ServiceDelivery": SERVICE | {"ResponseTimestamp": {"value": "now"}}}}
        ),
    ],
)
def test_every_envelope_gives_the_same(content):
    opened = open_message(content.encode())

    assert opened.services == [SERVICE]
    assert opened.others == []


def test_a_situation_alone_is_delivered_too():
    opened = open_message(
        b"<a:PtSituationElement xmlns:a='urn:a'><a:Version>1</a:Version></a:PtSituationElement>"
    )

    assert opened.services == [
        {"SituationExchangeDelivery": {"Situations": {"PtSituationElement": {"Version": "1"}}}}
    ]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("<Siri><CheckStatusRequest/></Siri>", "CheckStatusRequest"),
        ("<VehicleMonitoringCapabilitiesResponse/>", "VehicleMonitoringCapabilitiesResponse"),
        ("<Siri><LinesDelivery/></Siri>", "LinesDelivery"),
        (envelope("<s:Fault><faultcode/></s:Fault>"), "Fault"),
    ],
)
def test_the_framework_s_own_messages_are_named(content, name):
    opened = open_message(content.encode())

    assert (opened.services, opened.others) == ([], [name])


@pytest.mark.parametrize(
    "content", ["<html/>", "<Siri/>", envelope(""), '{"a": 1}', "{}", "<Siri><Odd/></Siri>"]
)
def test_what_is_no_message_of_siri_is_refused(content):
    with pytest.raises(FileRefused) as refusal:
        open_message(content.encode())

    assert refusal.value.reject.code == "unknown_message"


def test_json_that_is_no_object_is_refused():
    with pytest.raises(FileRefused) as refusal:
        open_message(b"[1]")

    assert refusal.value.reject.code == "unreadable"


def test_a_text_of_siri_lite_keeps_its_language():
    told = {"Siri": {"ServiceDelivery": {"Note": [{"value": "Rue", "lang": "FR"}, {"value": "a"}]}}}
    (service,) = open_message(json.dumps(told).encode()).services

    assert service == {"Note": [{"#": "Rue", "@lang": "FR"}, "a"]}


def test_a_name_that_is_none_is_not_shown():
    assert shown("GeneralMessageDelivery") == "GeneralMessageDelivery"
    assert shown("Zélie 06 00") == "…"


LEAF = st.text(max_size=4) | st.none()


@given(
    st.lists(st.dictionaries(st.sampled_from(["RecordedAtTime", "Journey", "b"]), LEAF), max_size=4)
)
def test_each_element_alone_is_a_message_that_gives_it_again(journeys):
    service = {
        "ResponseTimestamp": "now",
        "ProducerRef": "x",
        "EstimatedTimetableDelivery": [
            {"@version": "2.1", "Frame": [{"RecordedAtTime": "then", "Journey": journeys}]}
        ],
    }
    path = "EstimatedTimetableDelivery.Frame.Journey"
    found = list(elements(service, path))

    assert [element.tree for element in found] == journeys
    for element in found:
        (alone,) = open_message(element.raw()).services
        (again,) = elements(alone, path)
        assert again.tree == element.tree
        assert again.name == "Journey"
        assert again.above[0]["RecordedAtTime"] == "then"
        assert again.above[1]["@version"] == "2.1"
        assert alone["ResponseTimestamp"] == "now"
        assert "ProducerRef" not in alone
