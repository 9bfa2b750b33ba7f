"""A bucket of S3-compatible object storage, reached by ``obstore``.

The same client is beneath ``deltalake``: what one can reach, the other can. Every request here may
be repeated without harm, for contents never change under a name. The one that may not (a version
of a table's log, once) is Delta's own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.base.clock import to_us
from vigie.base.errors import MissingPart, SettingsInvalid, Unavailable
from vigie.base.ids import new_id
from vigie.base.settings_bucket import BucketSettings

if TYPE_CHECKING:
    from obstore.store import S3Store

WHAT = "object storage (lake.bucket)"
_BLOCK = 1 << 20
_RETRIES = 4
_PATIENCE = timedelta(seconds=60)
_TIMEOUT = timedelta(seconds=30)
_FEW = 8
_MANY = 1_000


@dataclass(frozen=True, slots=True)
class Keys:
    """Who asks; never shown."""

    access: str
    secret: str
    session: str = ""

    def __repr__(self) -> str:
        """Say nothing of them."""
        return "Keys()"


def read_keys(settings: BucketSettings) -> Keys:
    """Return the keys of a bucket, from the files that the settings name or from the environment.

    Raises:
        SettingsInvalid: When there are none.
    """
    held = {
        "access_key_file": (settings.access_key_file, "AWS_ACCESS_KEY_ID"),
        "secret_key_file": (settings.secret_key_file, "AWS_SECRET_ACCESS_KEY"),
    }
    found = []
    for name, (file, variable) in held.items():
        try:
            text = Path(file).read_text("utf-8") if file else os.environ.get(variable, "")
        except OSError as error:
            raise SettingsInvalid(key=f"lake.bucket.{name}", reason=str(error.strerror)) from error
        if not text.strip():
            raise SettingsInvalid(key=f"lake.bucket.{name}", reason=f"no key, nor in {variable}")
        found.append(text.strip())
    session = "" if settings.access_key_file else os.environ.get("AWS_SESSION_TOKEN", "")
    return Keys(found[0], found[1], session)


@dataclass(frozen=True, slots=True)
class Listed:
    """An object: its path, and when it was put there by the server's clock (epoch µs)."""

    path: str
    at_us: int


class Bucket:
    """The objects under a prefix of a bucket; from any thread.

    Args:
        settings: Where it is.

    Raises:
        SettingsInvalid: When its keys cannot be read.
        MissingPart: When ``obstore`` is not installed.
    """

    def __init__(self, settings: BucketSettings) -> None:
        self.name, _, self.prefix = settings.location.removeprefix("s3://").partition("/")
        self.region = settings.region
        self.endpoint = settings.endpoint or f"https://s3.{settings.region}.amazonaws.com"
        self.keys = read_keys(settings)
        self._clear = self.endpoint.startswith("http://")
        self._store = self._connect()

    def _connect(self) -> S3Store:
        try:
            from obstore.store import S3Store  # noqa: PLC0415 -- optional
        except ImportError as error:
            raise MissingPart(what="obstore", remedy="pip install 'vigie[cluster]'") from error
        return S3Store(
            self.name,
            prefix=self.prefix or None,
            endpoint=self.endpoint,
            region=self.region,
            access_key_id=self.keys.access,
            secret_access_key=self.keys.secret,
            virtual_hosted_style_request=False,
            client_options={"allow_http": self._clear, "timeout": _TIMEOUT},
            retry_config={"max_retries": _RETRIES, "retry_timeout": _PATIENCE},
            config={"session_token": self.keys.session} if self.keys.session else None,
        )

    def delta_options(self) -> dict[str, str]:
        """Return how ``deltalake`` reaches it; a version of a log is put once or refused."""
        options = {
            "aws_access_key_id": self.keys.access,
            "aws_secret_access_key": self.keys.secret,
            "aws_region": self.region,
            "aws_endpoint": self.endpoint,
            "aws_virtual_hosted_style_request": "false",
            "aws_conditional_put": "etag",
            "allow_http": "true" if self._clear else "false",
        }
        if self.keys.session:
            options["aws_session_token"] = self.keys.session
        return options

    def url(self, path: str) -> str:
        """Return where ``deltalake`` finds what stands under a path."""
        return f"s3://{self.name}/" + "/".join(part for part in (self.prefix, path) if part)

    # --- Verbs ------------------------------------------------------------------------------------

    def exists(self, path: str) -> bool:
        """Say whether an object is there."""
        try:
            with _answering():
                self._store.head(path)
        except FileNotFoundError:
            return False
        return True

    def read(self, path: str) -> bytes | None:
        """Return a small object, or None."""
        try:
            with _answering():
                return bytes(self._store.get(path).bytes())
        except FileNotFoundError:
            return None

    def fetch(self, path: str, target: Path) -> bool:
        """Write an object to a file, whole or not at all; False when there is none."""
        partial = target.parent / f".partial-{new_id()}"
        try:
            with _answering():
                found = self._store.get(path)
                target.parent.mkdir(parents=True, exist_ok=True)
                with partial.open("wb") as stream:
                    for block in found.stream(_BLOCK):
                        stream.write(block)
            partial.replace(target)
        except FileNotFoundError:
            return False
        finally:
            partial.unlink(missing_ok=True)
        return True

    def put(self, path: str, source: Path) -> None:
        """Put a file; durable when this returns."""
        with _answering():
            self._store.put(path, source)

    def some(self, path: str, after: str) -> set[str]:
        """Return the first objects under a path that come after a name."""
        return {one.path for one in islice(self._listed(path, after, _FEW), _FEW)}

    def list(self, path: str) -> Iterator[Listed]:
        """Yield every object under a path."""
        return self._listed(path, None, _MANY)

    def _listed(self, path: str, after: str | None, chunk: int) -> Iterator[Listed]:
        with _answering():
            for found in self._store.list(path or None, offset=after, chunk_size=chunk):
                for one in found:
                    yield Listed(one["path"], to_us(one["last_modified"]))

    def delete(self, paths: Iterable[str]) -> None:
        """Delete objects; those that are not there are passed over."""
        waiting = iter(paths)
        while some := list(islice(waiting, _MANY)):
            with _answering():
                self._store.delete(some)


@contextmanager
def _answering() -> Iterator[None]:
    """Tell a server that is not there, or refuses, as such; what is not found stays that.

    Raises:
        FileNotFoundError: When the object is not there.
        Unavailable: When the server is not there, or refuses.
    """
    from obstore.exceptions import BaseError  # noqa: PLC0415 -- optional

    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, PermissionError, TimeoutError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise Unavailable(reason[:200], what=WHAT) from error
