"""Bytes that were made of boards: kept until there is a newer board, compressed once for all who ask."""

import asyncio
import gzip
from collections import OrderedDict
from functools import lru_cache
from hashlib import blake2b
from weakref import WeakValueDictionary

from asura.domain.board import Board

# Smaller ones are sent as they are; larger ones than the second figure are compressed off the event loop.
PACKED_FROM, THREAD_FROM = 2_048, 16_384
MOST, MOST_BYTES = 512, 48 * 1024 * 1024
GZIP_LEVEL, BROTLI_QUALITY = 6, 5
# Of what somebody accepts only the beginning is read: the texts are kept.
LONGEST = 1_000
IDENTITY = "identity"
# In the order in which they are preferred.
CODINGS = ("br", "gzip", IDENTITY)


class Kept:
    """One answer, made of one board, with its tag and its compressed forms."""

    __slots__ = ("_lock", "_packed", "board", "body", "etag", "language", "packs")

    def __init__(self, board: Board, body: bytes, *, media_type: str, language: str, without: bytes = b"") -> None:
        self.board = board
        self.body = body
        self.language = language
        counted = body.replace(without, b"") if without else body
        self.etag = f'"{blake2b(counted, digest_size=12).hexdigest()}"'
        self.packs = len(body) >= PACKED_FROM and is_text(media_type)
        self._packed: dict[str, bytes] = {IDENTITY: body}
        self._lock = asyncio.Lock()

    @property
    def size(self) -> int:
        """Return how many bytes are kept."""
        return sum(map(len, self._packed.values()))

    async def packed(self, coding: str) -> bytes:
        """Return the body in a coding; whoever asks first has it made, all others wait for that."""
        found = self._packed.get(coding)
        if found is None:
            async with self._lock:
                found = self._packed.get(coding)
                if found is None:
                    large = len(self.body) > THREAD_FROM
                    found = await asyncio.to_thread(pack, self.body, coding) if large else pack(self.body, coding)
                    self._packed[coding] = found
        return found


class Shelf:
    """Everything that is kept, by page, kind, address and language; what was asked for least lately goes first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
        self._making: WeakValueDictionary[tuple[object, ...], asyncio.Lock] = WeakValueDictionary()
        self.made = 0

    def making(self, key: tuple[object, ...]) -> asyncio.Lock:
        """Return the lock under which something is made, so that it is made once."""
        lock = self._making.get(key)
        if lock is None:
            lock = self._making[key] = asyncio.Lock()
        return lock

    def get(self, key: tuple[object, ...], board: Board) -> Kept | None:
        """Return what is kept under a key, if it was made of this very board."""
        found = self._kept.get(key)
        if found is None or found.board is not board:
            return None
        self._kept.move_to_end(key)
        return found

    def put(self, key: tuple[object, ...], kept: Kept) -> None:
        """Keep something in the place of what was kept under its key."""
        self.made += 1
        self._kept[key] = kept
        self._kept.move_to_end(key)
        size = sum(one.size for one in self._kept.values())
        while len(self._kept) > MOST or (size > MOST_BYTES and len(self._kept) > 1):
            _, gone = self._kept.popitem(last=False)
            size -= gone.size


def pack(body: bytes, coding: str) -> bytes:
    """Return bytes in a coding that `coding_of` chose."""
    if coding == "gzip":
        return gzip.compress(body, GZIP_LEVEL, mtime=0)
    import brotli

    packed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY)
    return packed


def is_text(media_type: str) -> bool:
    """Return whether something of a media type becomes smaller when it is compressed."""
    kind = media_type.partition(";")[0].strip()
    return kind.startswith("text/") or kind.endswith(("json", "xml", "javascript"))


def coding_of(accepted: str) -> str:
    """Return the best coding that an `Accept-Encoding` header takes."""
    return best_coding(accepted[:LONGEST])


@lru_cache(maxsize=512)
def best_coding(accepted: str) -> str:
    """Return the best coding that a header takes which is not too long to be kept."""
    weights = weights_of(accepted)
    usual = weights.get("*", 0.0)
    best = max(CODINGS[:2], key=lambda coding: weights.get(coding, usual))
    return best if weights.get(best, usual) > 0 else IDENTITY


def language_of(accepted: str, offered: tuple[str, ...]) -> str:
    """Return the offered language that an `Accept-Language` header likes best; the first one when it likes none."""
    return best_language(accepted[:LONGEST], offered)


@lru_cache(maxsize=512)
def best_language(accepted: str, offered: tuple[str, ...]) -> str:
    """Return the offered language that a header likes best which is not too long to be kept."""
    weights: dict[str, float] = {}
    for name, weight in weights_of(accepted).items():
        primary = name.partition("-")[0]
        weights[primary] = max(weight, weights.get(primary, 0.0))
    usual = weights.get("*", 0.0)
    best = max(offered, key=lambda name: weights.get(name, usual))
    return best if weights.get(best, usual) > 0 else offered[0]


def weights_of(header: str) -> dict[str, float]:
    """Return what a header accepts with its weights, in small letters; what cannot be read is left out."""
    found: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, more = part.partition(";")
        weight = more.replace(" ", "").removeprefix("q=") if more else "1"
        try:
            found[name.strip()] = min(1.0, max(0.0, float(weight)))
        except ValueError:
            continue
    return found
