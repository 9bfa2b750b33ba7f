"""Where a request comes from: what another site sends changes nothing here.

Every unsafe method is judged by what browsers say of their own accord (``Sec-Fetch-Site``,
``Origin``), beside the session's token. A program without a browser sends neither header.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from vigie.base.errors import Forbidden
from vigie.situation.home import Home

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN = frozenset({"same-origin", "none"})


def refuse_other_sites(request: Request) -> None:
    """Refuse an unsafe request that a page of another origin sends.

    Raises:
        Forbidden: It does.
    """
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("sec-fetch-site", "none") not in _OWN:
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
