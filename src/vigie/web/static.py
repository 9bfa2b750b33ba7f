"""The console's files, and a plain page where they were not built."""

from __future__ import annotations

from pathlib import Path
from stat import S_ISREG

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

_PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Vigie</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Vigie</h1>
<p>L'interface HTTP répond (<a href="/api/openapi.json">description</a>), mais la console n'est
pas construite. Installez Node 20.19 ou plus récent, puis relancez
<code>python3 run.py demo</code>.</p>
<p lang="en">The HTTP interface answers (<a href="/api/openapi.json">description</a>), but the
console is not built. Install Node 20.19 or newer, then run
<code>python3 run.py demo</code> again.</p>
</main></body></html>
"""
_FOREVER = "public, max-age=31536000, immutable"
FIELD_PAGE = "terrain"
"""Address of the agents' page, which is a page of its own (``terrain.html``)."""

_READING = frozenset({"GET", "HEAD"})
_INTERFACES = ("/api", "/ogc", "/metrics", "/problems")


def console_folder() -> Path:
    """Return where the console's build lies: in the package when installed, else in the source."""
    packaged = Path(__file__).resolve().parent / "console"
    if (packaged / "index.html").is_file():
        return packaged
    return Path(__file__).resolve().parents[3] / "console" / "dist"


class Console(StaticFiles):
    """The built console: hashed files for ever, the page itself always fresh.

    An address without a file of that name gives the page: the console's own addresses
    (``/hier``, ``/sources``) may be opened directly. ``/terrain`` gives the agents' page.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)
        self._page = folder / "index.html"
        self._field = folder / f"{FIELD_PAGE}.html"

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or the page."""
        wanted = path.replace("\\", "/")
        found, facts = self.lookup_path(wanted)
        is_page = Path(found) == self._page
        if facts is not None and S_ISREG(facts.st_mode) and not is_page:
            answer = await super().get_response(wanted, scope)
            if wanted.startswith("assets/"):
                answer.headers["Cache-Control"] = _FOREVER
            return answer
        if scope["method"] not in _READING or (_names_a_file(scope) and not is_page):
            raise HTTPException(status_code=404)
        page = self._field if wanted == FIELD_PAGE and self._field.is_file() else self._page
        return FileResponse(page, headers={"Cache-Control": "no-cache"})


async def unbuilt(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer in place of a console that was not built."""
    if scope["method"] not in _READING or _names_a_file(scope):
        raise HTTPException(status_code=404)
    answer = HTMLResponse(_PAGE, headers={"Cache-Control": "no-store"})
    await answer(scope, receive, send)


def _names_a_file(scope: Scope) -> bool:
    path = Request(scope).url.path
    return bool(Path(path).suffix) or path.startswith(_INTERFACES)


def console_application(folder: Path) -> ASGIApp:
    """Return what serves the console's addresses."""
    return Console(folder) if (folder / "index.html").is_file() else unbuilt
