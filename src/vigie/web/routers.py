"""Every router of the interface, in the order of its description."""

from __future__ import annotations

from fastapi import APIRouter

from vigie.web.ogc.routes import router as ogc
from vigie.web.routes.alert_rules import router as alert_rules
from vigie.web.routes.allocation import router as allocation
from vigie.web.routes.audit import router as audit
from vigie.web.routes.breakglass import router as breakglass
from vigie.web.routes.calendar_keys import router as calendar_keys
from vigie.web.routes.city import router as city
from vigie.web.routes.civic import router as civic
from vigie.web.routes.clashes import router as clashes
from vigie.web.routes.delegates import router as delegates
from vigie.web.routes.detection import router as detection
from vigie.web.routes.effects import router as effects
from vigie.web.routes.event_files import router as event_files
from vigie.web.routes.export import router as export
from vigie.web.routes.facts import router as facts
from vigie.web.routes.field_reports import router as field_reports
from vigie.web.routes.forecasts import router as forecasts
from vigie.web.routes.indicators import router as indicators
from vigie.web.routes.inquiry import router as inquiry
from vigie.web.routes.mapview import router as mapview
from vigie.web.routes.operations import router as operations
from vigie.web.routes.plan_entry import router as plan_entry
from vigie.web.routes.plans import router as plans
from vigie.web.routes.public_messages import router as public_messages
from vigie.web.routes.questions import router as questions
from vigie.web.routes.records import router as records
from vigie.web.routes.retention import router as retention
from vigie.web.routes.rights_requests import router as rights_requests
from vigie.web.routes.session import router as session
from vigie.web.routes.session_factor import router as session_factor
from vigie.web.routes.session_list import router as session_list
from vigie.web.routes.session_provider import router as session_provider
from vigie.web.routes.shift import router as shift
from vigie.web.routes.signals import router as signals
from vigie.web.routes.situation import router as situation
from vigie.web.routes.sources import router as sources
from vigie.web.routes.stream import router as stream
from vigie.web.routes.video import router as video
from vigie.web.routes.video_exports import router as video_exports
from vigie.web.routes.video_masks import router as video_masks
from vigie.web.routes.video_search import router as video_search
from vigie.web.routes.whatif import router as whatif

ROUTERS: tuple[APIRouter, ...] = (
    session,
    session_factor,
    session_list,
    session_provider,
    city,
    mapview,
    facts,
    field_reports,
    records,
    plans,
    calendar_keys,
    clashes,
    allocation,
    plan_entry,
    whatif,
    event_files,
    effects,
    forecasts,
    indicators,
    civic,
    public_messages,
    detection,
    signals,
    questions,
    situation,
    shift,
    alert_rules,
    video,
    video_masks,
    video_exports,
    video_search,
    sources,
    stream,
    export,
    inquiry,
    breakglass,
    delegates,
    audit,
    retention,
    rights_requests,
    ogc,
    operations,
)
