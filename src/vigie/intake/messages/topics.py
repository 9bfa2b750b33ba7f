"""Topics of a broker as names of messages: one component, nothing lost."""

from __future__ import annotations

RETAINED = ";retain=1"
"""Ends the media type of a message that the broker had kept: it is as old as its own time says."""


def label_of(topic: str, limit: int) -> str:
    """Return a topic as a name without a slash (percent-encoded), at most ``limit`` characters."""
    return topic.replace("%", "%25").replace("/", "%2F")[:limit]


def topic_of(label: str) -> str:
    """Return the topic that a message's name stands for."""
    return label.replace("%2F", "/").replace("%25", "%")
