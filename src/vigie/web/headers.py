"""The security headers of every answer (OWASP ASVS 5.0, 3.4): set once, here."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PRESSABLE = "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='"
"""The one sheet that react-aria adds by itself: touch-action of what can be pressed."""
_API_PREFIXES = ("/api", "/ogc", "/metrics", "/healthz", "/readyz", "/problems")


def content_security_policy(style_url: str | None) -> str:
    """Return the policy of the console: own scripts only, no inline script, framed by nobody.

    Args:
        style_url: MapLibre style of another host when the city chose one; its origin may then be
            read for style, tiles, glyphs and images.
    """
    maps = ""
    if style_url and "://" in style_url:
        scheme, _, rest = style_url.partition("://")
        maps = f" {scheme}://{rest.partition('/')[0]}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' {_PRESSABLE}",
            "style-src-attr 'unsafe-inline'",  # attributes of map markers and charts, no sheet
            f"img-src 'self' data: blob:{maps}",
            "font-src 'self'",
            f"connect-src 'self'{maps}",
            "worker-src 'self' blob:",
            "media-src 'self' blob:",  # recordings play from memory: segments, then a blob
            "manifest-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class SecurityHeaders:
    """Add the headers to every answer; interfaces are never stored unless a route says so."""

    def __init__(self, app: ASGIApp, *, style_url: str | None = None, https: bool = False) -> None:
        """Prepare.

        Args:
            app: What answers.
            style_url: MapLibre style of another host, if any.
            https: Whether browsers come through TLS that ends before this server.
        """
        self._app = app
        self._https = https
        self._page_policy = content_security_policy(style_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the head of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_api = scope["path"].startswith(_API_PREFIXES)

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _FIXED.items():
                    headers.setdefault(name, value)
                headers.setdefault(
                    "Content-Security-Policy",
                    "default-src 'none'; frame-ancestors 'none'" if is_api else self._page_policy,
                )
                if is_api:
                    headers.setdefault("Cache-Control", "no-store")
                if self._https or scope["scheme"] == "https":
                    headers.setdefault(
                        "Strict-Transport-Security", "max-age=31536000; includeSubDomains"
                    )
            await send(message)

        await self._app(scope, receive, complete)
