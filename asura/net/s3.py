"""A bucket of S3 or of one of its relatives: files are put, listed and deleted, by plain signed requests."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx2
import msgspec

from asura.clock import Clock
from asura.domain.fields import Secret
from asura.domain.reason import Reason
from asura.errors import AsuraError
from asura.net import s3_refusals, sigv4
from asura.net.client import guarded_client
from asura.net.errors import NetError
from asura.net.network import Network
from asura.net.sigv4 import Credentials

# A file is sent in parts of this size, of which one at a time is in memory; there may be 10,000 of them.
PART = 8 * 1024 * 1024
MOST_PARTS = 9_000
PIECE = 128 * 1024
TRIES = 3
WITHIN_S = 300.0
# Of a thousand names each.
MOST_PAGES = 100
LARGEST_ANSWER = 4 * 1024 * 1024
_KEY = re.compile(r"<Key>(.*?)</Key>", re.S)
_NEXT = re.compile(r"<NextContinuationToken>(.*?)</NextContinuationToken>", re.S)
_UPLOAD = re.compile(r"<UploadId>(.*?)</UploadId>", re.S)

Query = Sequence[tuple[str, str]]


class BucketConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Where a bucket is, and who may write into it."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: Secret
    region: str = "us-east-1"
    prefix: str = ""
    path_style: bool = True


class S3Error(AsuraError):
    """The bucket could not be used: what happened, and what to do."""


class _Answer(NamedTuple):
    status: int
    headers: httpx2.Headers
    text: str


class Bucket:
    """Files of one prefix of one bucket. The service may be on a private address: the configuration names it."""

    def __init__(self, network: Network, config: BucketConfig, clock: Clock, *, pause_s: float = 1.0) -> None:
        self._config = config
        # Before the second try, and twice as long before the third.
        self._pause_s = pause_s
        self._clock = clock
        parts = urlsplit(config.endpoint)
        self._base = "" if config.path_style is False else f"/{config.bucket}"
        host = parts.netloc if config.path_style else f"{config.bucket}.{parts.netloc}"
        self._origin, self._host = f"{parts.scheme}://{host}", host
        self._who = Credentials(config.access_key, config.secret_key, config.region)
        self._client = guarded_client(network.allowing(httpx2.URL(self._origin).host), keep=1)

    async def close(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    async def put(self, name: str, path: Path, tell: Callable[[float], None] | None = None) -> None:
        """Upload a file under a name and look whether all of it is there; S3Error when it is not."""
        size = await asyncio.to_thread(_size, path)
        part = max(PART, -(-size // MOST_PARTS))
        if size <= part:
            await self._ask("PUT", name, body=await asyncio.to_thread(_read, path, 0, part))
        else:
            await self._put_in_parts(name, path, part, size, tell)
        there = int((await self._ask("HEAD", name)).headers.get("content-length", "-1"))
        if there != size:
            raise S3Error(f"{self._where(name)} has {there} bytes after the upload, not {size}. It is uploaded again.")

    async def names(self) -> list[str]:
        """Return the names of the files behind the prefix, folders below it left out."""
        found: list[str] = []
        token = ""
        for _ in range(MOST_PAGES):
            query = [("list-type", "2"), ("prefix", self._config.prefix), ("delimiter", "/")]
            query += [("continuation-token", token)] if token else []
            text = (await self._ask("GET", None, query)).text
            found += [html.unescape(key).removeprefix(self._config.prefix) for key in _KEY.findall(text)]
            following = _NEXT.search(text)
            if following is None:
                return found
            token = html.unescape(following[1])
        raise S3Error(
            f"{self._where(None)}: more than {MOST_PAGES} pages of names behind {self._config.prefix!r}, or a service "
            "that does not come to an end. Set backup.s3.prefix to a folder of its own."
        )

    async def delete(self, name: str) -> None:
        """Delete a file; one that is not there is fine."""
        await self._ask("DELETE", name)

    async def _put_in_parts(
        self, name: str, path: Path, part: int, size: int, tell: Callable[[float], None] | None
    ) -> None:
        begun = _UPLOAD.search((await self._ask("POST", name, [("uploads", "")])).text)
        if begun is None:
            raise S3Error(f"{self._where(name)}: the service did not begin an upload in parts. Is this its S3 address?")
        upload = ("uploadId", html.unescape(begun[1]))
        try:
            tags = []
            for number, start in enumerate(range(0, size, part), start=1):
                body = await asyncio.to_thread(_read, path, start, part)
                sent = await self._ask("PUT", name, [("partNumber", str(number)), upload], body=body)
                tags.append((number, sent.headers.get("etag", "")))
                if tell is not None:
                    tell(min(1.0, (start + part) / size))
            await self._ask("POST", name, [upload], body=_manifest(tags), refuse_errors=True)
        except BaseException:
            # What was sent so far would stay there unseen, and cost.
            await asyncio.shield(asyncio.ensure_future(self._abandon(name, upload)))
            raise

    async def _abandon(self, name: str, upload: tuple[str, str]) -> None:
        try:
            async with asyncio.timeout(10):
                await self._ask("DELETE", name, [upload], tries=1)
        except (AsuraError, TimeoutError):
            # The error that led here is the one to tell; most services clear such a thing up by a rule.
            return

    async def _ask(
        self,
        method: str,
        name: str | None,
        query: Query = (),
        *,
        body: bytes = b"",
        tries: int = TRIES,
        refuse_errors: bool = False,
    ) -> _Answer:
        """Return the answer to a request, asked again where it is the service's fault; S3Error when it is refused."""
        digest = await asyncio.to_thread(sigv4.sha256, body)
        for left in reversed(range(tries)):
            try:
                answer = await self._exchange(method, name, query, body, digest)
            except NetError as error:
                failure = S3Error(f"{self._where(name)}: {error.message}")
                if error.reason is Reason.BLOCKED_ADDRESS:
                    raise failure from None
            else:
                refused = refuse_errors and "<Error>" in answer.text
                if answer.status < 300 and not refused:
                    return answer
                failure = S3Error(self._refusal(name, answer))
                if answer.status < 500 and answer.status not in (408, 429) and not refused:
                    raise failure
            if not left:
                raise failure
            await asyncio.sleep(self._pause_s * (tries - left))
        raise AssertionError("a request has at least one try")

    async def _exchange(self, method: str, name: str | None, query: Query, body: bytes, digest: str) -> _Answer:
        path = self._base + (f"/{self._config.prefix}{name}" if name is not None else "") or "/"
        at = self._clock.now()
        headers = {"host": self._host, "x-amz-content-sha256": digest, "x-amz-date": sigv4.stamp(at)}
        signed = sigv4.authorization(self._who, method, path, query, headers, payload_hash=digest, at=at)
        url = f"{self._origin}{sigv4.quoted(path, path=True)}?{sigv4.query_string(query)}".rstrip("?")
        headers |= {"authorization": signed, "content-length": str(len(body)), "accept-encoding": "identity"}
        request = self._client.build_request(method, url, headers=headers, content=_pieces(body) if body else None)
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self._send(request)
        except (TimeoutError, httpx2.TimeoutException):
            raise NetError(s3_refusals.SILENT, "there was no answer in time. Is the service up?") from None
        except httpx2.HTTPError as broken:
            raise NetError(s3_refusals.SILENT, f"the exchange failed: {broken}") from None

    async def _send(self, request: httpx2.Request) -> _Answer:
        response = await self._client.send(request, stream=True)
        try:
            text = bytearray()
            async for part in response.aiter_raw():
                text += part
                if len(text) > LARGEST_ANSWER:
                    raise NetError(s3_refusals.SILENT, "the answer is too large for one of S3")
            return _Answer(response.status_code, response.headers, text.decode("utf-8", "replace"))
        finally:
            await response.aclose()

    def _refusal(self, name: str | None, answer: _Answer) -> str:
        skew = _skew(answer.headers.get("date", ""), self._clock.now())
        why = s3_refusals.sentence(self._config.bucket, answer.status, answer.headers, answer.text, skew_s=skew)
        return f"{self._where(name)}: {why}"

    def _where(self, name: str | None) -> str:
        return f"{self._origin}{self._base}" + (f"/{self._config.prefix}{name}" if name else "")


def _size(path: Path) -> int:
    return path.stat().st_size


def _read(path: Path, start: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(size)


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    """Yield a body in pieces: encrypting all of it at once would hold everybody up."""
    for start in range(0, len(body), PIECE):
        yield body[start : start + PIECE]


def _manifest(tags: Sequence[tuple[int, str]]) -> bytes:
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{html.escape(tag)}</ETag></Part>" for number, tag in tags
    )
    return f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()


def _skew(date: str, now: datetime) -> float | None:
    """Return by how many seconds our clock is ahead of that of an answer."""
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (now - theirs.astimezone(UTC)).total_seconds()
