"""What a browser calls itself, in two words: enough to tell one's own sessions apart."""

from __future__ import annotations

from starlette.requests import Request

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_of(request: Request) -> str:
    """Return browser and system, as ``Firefox, Linux``; empty when neither is known."""
    agent = request.headers.get("user-agent", "")
    words = [
        next((name for mark, name in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(word for word in words if word)
