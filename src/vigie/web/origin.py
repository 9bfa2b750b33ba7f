"""Where a request comes from: what another site sends changes nothing here.

Every unsafe method is judged by what browsers say of their own accord (``Sec-Fetch-Site``,
``Origin``), beside the session's token. A program without a browser sends neither header.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request

from vigie.base.errors import Forbidden, SettingsInvalid
from vigie.situation.home import Home

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITES = frozenset({"same-origin", "none"})


def refuse_other_sites(request: Request) -> None:
    """Refuse an unsafe request that a page of another origin sends.

    Raises:
        Forbidden: It does.
    """
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("sec-fetch-site", "none") not in OWN_SITES:
        raise Forbidden(reason="cross-site")
    origin = request.headers.get("origin")
    if origin is not None and not _is_own(request, origin):
        raise Forbidden(reason="cross-site")


def _is_own(request: Request, origin: str) -> bool:
    home: Home = request.app.state.home
    public = home.settings.server.public_url
    if public and origin.lower() == public.lower():
        return True
    # Behind a proxy the scheme is the proxy's: the host alone is compared.
    return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower() != ""


def is_loopback(host: str) -> bool:
    """Say whether an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def own_address(request: Request) -> str:
    """Return scheme and host of this server, from the settings; on this machine, as asked.

    Raises:
        SettingsInvalid: ``server.public_url`` is empty and the browser is on another machine.
    """
    home: Home = request.app.state.home
    public = home.settings.server.public_url
    if public:
        return public
    if not is_loopback(request.url.hostname or ""):
        raise SettingsInvalid(key="server.public_url", reason="empty")
    return f"{request.url.scheme}://{request.url.netloc}"
