"""A bucket of S3-compatible object storage: the few requests that a lake makes, signed.

Signature version 4 and five verbs over plain HTTP, so that no provider's kit is needed. Every
request here may be repeated without harm: contents never change under a name. The one that may
not (a version of a table's log, once) is Delta's own.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import stamina
from lxml import etree

from vigie.base.clock import SystemClock, from_us, now_us, to_us
from vigie.base.errors import SettingsInvalid, Unavailable
from vigie.base.ids import new_id
from vigie.base.settings_bucket import BucketSettings

WHAT = "object storage (lake.bucket)"
_ALGORITHM = "AWS4-HMAC-SHA256"
_NOTHING = hashlib.sha256(b"").hexdigest()
_BLOCK = 1 << 20
_ATTEMPTS = 5
_TIMEOUT_S = 30.0
_TOGETHER = 8
_FEW = "8"
_PASSING = frozenset({429, 500, 502, 503, 504})


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


class _Passing(Exception):
    """An answer that may be another the next time."""


class Bucket:
    """The objects under a prefix of a bucket; from any thread.

    Args:
        settings: Where it is.
    """

    def __init__(self, settings: BucketSettings) -> None:
        self.name, _, prefix = settings.location.removeprefix("s3://").partition("/")
        self.prefix = f"{prefix}/" if prefix else ""
        self.region = settings.region
        self.endpoint = settings.endpoint or f"https://s3.{settings.region}.amazonaws.com"
        self.keys = read_keys(settings)
        self.ca_file = settings.ca_file
        self._host = urlsplit(self.endpoint).netloc
        self._client = httpx.Client(
            timeout=_TIMEOUT_S,
            verify=settings.ca_file or True,
            limits=httpx.Limits(max_connections=2 * _TOGETHER),
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def delta_options(self) -> dict[str, str]:
        """Return how ``deltalake`` reaches it; a version of a log is put once or refused."""
        options = {
            "aws_access_key_id": self.keys.access,
            "aws_secret_access_key": self.keys.secret,
            "aws_region": self.region,
            "aws_endpoint": self.endpoint,
            "aws_virtual_hosted_style_request": "false",
            "aws_conditional_put": "etag",
            "allow_http": "true" if self.endpoint.startswith("http://") else "false",
        }
        if self.keys.session:
            options["aws_session_token"] = self.keys.session
        return options

    def url(self, path: str) -> str:
        """Return where ``deltalake`` finds what stands under a path."""
        return f"s3://{self.name}/{self.prefix}{path}"

    # --- Verbs ------------------------------------------------------------------------------------

    def exists(self, path: str) -> bool:
        """Say whether an object is there."""
        return self._ask("HEAD", path).status_code != HTTPStatus.NOT_FOUND

    def read(self, path: str) -> bytes | None:
        """Return a small object, or None."""
        answer = self._ask("GET", path)
        return None if answer.status_code == HTTPStatus.NOT_FOUND else answer.content

    def fetch(self, path: str, target: Path) -> bool:
        """Write an object to a file, whole or not at all; False when there is none."""
        for attempt in stamina.retry_context(
            on=(_Passing, httpx.TransportError), attempts=_ATTEMPTS, timeout=None
        ):
            with attempt:
                return self._fetch_once(path, target)
        raise Unavailable(what=WHAT)

    def _fetch_once(self, path: str, target: Path) -> bool:
        partial = target.parent / f".partial-{new_id()}"
        with self._client.stream(
            "GET", self._address(path), headers=self._signed("GET", path)
        ) as a:
            if a.status_code == HTTPStatus.NOT_FOUND:
                return False
            if a.is_error:
                a.read()
                self._judge(a)
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                with partial.open("wb") as stream:
                    for block in a.iter_bytes(_BLOCK):
                        stream.write(block)
                partial.replace(target)
            finally:
                partial.unlink(missing_ok=True)
        return True

    def put(self, path: str, source: Path) -> None:
        """Put a file; durable when this returns."""
        hashed = hashlib.sha256()
        with source.open("rb") as stream:
            while block := stream.read(_BLOCK):
                hashed.update(block)
        digest = hashed.hexdigest()
        headers = {"Content-Length": str(source.stat().st_size)}
        self._ask("PUT", path, digest=digest, headers=headers, source=source)

    def some(self, path: str, after: str) -> set[str]:
        """Return the first objects under a path that come after a name."""
        first = {"prefix": self.prefix + path, "start-after": self.prefix + after}
        query = {"list-type": "2", "max-keys": _FEW, **first}
        return {self._path(one) for one in self._tree(query).iter("{*}Contents")}

    def list(self, path: str) -> Iterator[Listed]:
        """Yield every object under a path."""
        start = f"{self.prefix}{path}"
        query = {"list-type": "2", "prefix": start}
        while True:
            tree = self._tree(query)
            for one in tree.iter("{*}Contents"):
                at = datetime.fromisoformat(str(one.findtext("{*}LastModified")))
                yield Listed(self._path(one), to_us(at))
            token = tree.findtext("{*}NextContinuationToken")
            if tree.findtext("{*}IsTruncated") != "true" or not token:
                return
            query = {**query, "continuation-token": token}

    def _tree(self, query: Mapping[str, str]) -> etree._Element:
        text = self._ask("GET", "", query=query).content
        return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))

    def _path(self, one: etree._Element) -> str:
        return str(one.findtext("{*}Key")).removeprefix(self.prefix)

    def delete(self, paths: Iterable[str]) -> None:
        """Delete objects; those that are not there are passed over."""
        with ThreadPoolExecutor(_TOGETHER) as pool:
            list(pool.map(lambda path: self._ask("DELETE", path), paths))

    # --- Requests ---------------------------------------------------------------------------------

    def _key(self, path: str) -> str:
        whole = f"/{self.name}/{self.prefix}{path}" if path else f"/{self.name}"
        return quote(whole, safe="/-_.~")

    def _address(self, path: str, query: str = "") -> str:
        return f"{self.endpoint}{self._key(path)}" + (f"?{query}" if query else "")

    def _signed(
        self, verb: str, path: str, query: str = "", digest: str = _NOTHING
    ) -> dict[str, str]:
        at = f"{from_us(now_us(SystemClock())):%Y%m%dT%H%M%SZ}"  # what the server compares with
        headers = {"host": self._host, "x-amz-content-sha256": digest, "x-amz-date": at}
        if self.keys.session:
            headers["x-amz-security-token"] = self.keys.session
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        request = "\n".join([verb, self._key(path), query, lines, names, digest])
        scope = f"{at[:8]}/{self.region}/s3/aws4_request"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        key = f"AWS4{self.keys.secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        text = f"{_ALGORITHM}\n{at}\n{scope}\n{hashed}"
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        headers["authorization"] = (
            f"{_ALGORITHM} Credential={self.keys.access}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}"
        )
        return headers

    def _ask(
        self,
        verb: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        digest: str = _NOTHING,
        headers: Mapping[str, str] | None = None,
        source: Path | None = None,
    ) -> httpx.Response:
        """Return the answer to a request: a success, or 404.

        Raises:
            Unavailable: When the server is not there, or refuses.
        """
        text = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in sorted((query or {}).items())
        )
        try:
            for attempt in stamina.retry_context(
                on=(_Passing, httpx.TransportError), attempts=_ATTEMPTS, timeout=None
            ):
                with attempt, nullcontext() if source is None else source.open("rb") as body:
                    answer = self._client.request(
                        verb,
                        self._address(path, text),
                        headers={**self._signed(verb, path, text, digest), **(headers or {})},
                        content=body,
                    )
                    self._judge(answer)
                    return answer
        except (_Passing, httpx.TransportError) as error:
            raise Unavailable(f"{type(error).__name__}: {error}", what=WHAT) from error
        raise Unavailable(what=WHAT)

    @staticmethod
    def _judge(answer: httpx.Response) -> None:
        if answer.status_code in _PASSING:
            raise _Passing(str(answer.status_code))
        if answer.is_error and answer.status_code != HTTPStatus.NOT_FOUND:
            raise Unavailable(f"status {answer.status_code}", what=WHAT)
        if answer.status_code == HTTPStatus.NOT_FOUND and b"NoSuchBucket" in answer.content:
            raise Unavailable("no such bucket", what=WHAT)
