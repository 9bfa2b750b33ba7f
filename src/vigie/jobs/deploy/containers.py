"""What compose file and manifests share: what a container may be asked for, and is refused."""

from __future__ import annotations

from pathlib import PurePosixPath

from vigie.base.errors import SettingsInvalid
from vigie.jobs.deploy.plan import ALL, Plan

READY, ALIVE = "/readyz", "/healthz"
STOP_S = 60
START_S = 300
TASKS = 1_024


def refuse_containers(plan: Plan) -> None:
    """Look whether the processes of a plan can run in containers.

    Raises:
        SettingsInvalid: Without an image of a version, the address of browsers and the proxy, or
            with a place that containers do not have.
    """
    image, server = plan.settings.deploy.image, plan.settings.server
    if not image or image.endswith(":latest"):
        raise SettingsInvalid(key="deploy.image", reason="an image with its version or digest")
    if not server.public_url.startswith("https:"):
        raise SettingsInvalid(key="server.public_url", reason="https, behind a TLS proxy")
    if not server.trusted_proxies:
        raise SettingsInvalid(key="server.trusted_proxies", reason="the addresses of that proxy")
    if plan.settings.log.syslog.startswith("unix:"):
        raise SettingsInvalid(key="log.syslog", reason="a container has no such socket; tls://")
    for place in plan.places:
        if PurePosixPath(plan.home).is_relative_to(place.path):
            raise SettingsInvalid(key=place.key, reason="the home stands within")


def address(plan: Plan) -> list[str]:
    """Return the options that let a container be reached."""
    return ["--host", ALL, "--port", str(plan.settings.server.port)]


def environment(plan: Plan) -> dict[str, str]:
    """Return what every container is told; nothing of it is secret.

    The account has no line in the image's list of accounts: its name, which verbs write into the
    audit, is told.
    """
    told = {"HOME": "/tmp", "USER": plan.settings.deploy.user}  # noqa: S108 - of the container
    return told | {"VIGIE_HOME": plan.home}
