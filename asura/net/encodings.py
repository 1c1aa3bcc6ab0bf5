"""Bodies unpacked under a bound: a few kilobytes that claim to be gigabytes cost as much as the bound allows."""

import zlib
from collections.abc import Callable

ACCEPTED = "gzip, deflate, br, zstd"
MAX_LAYERS = 3
# A zstd frame may ask for a window of gigabytes before its first byte.
_MAX_WINDOW = 8 * 1024 * 1024
_ZLIB = 15
_GZIP = 31

Unpacked = tuple[bytes, bool]


class BadEncoding(Exception):
    """The body is not what its Content-Encoding says."""


def unpack(body: bytes, encoding: str, limit: int, *, cut: bool = False) -> Unpacked:
    """Return the body with its Content-Encoding undone, at most `limit` bytes of it, and whether there was more.

    `cut` says that `body` itself is not whole, so that a missing end is no fault. Raises BadEncoding.
    """
    layers = [layer.strip().lower() for layer in encoding.split(",")]
    names = [layer for layer in layers if layer not in ("", "identity")]
    if len(names) > MAX_LAYERS:
        raise BadEncoding(f"it is packed {len(names)} times")
    for name in reversed(names):
        decoder = _DECODERS.get(name)
        if decoder is None:
            raise BadEncoding(f"the encoding {name[:30]!r} is not known here")
        if body:
            body, more = decoder(body, limit, cut)
            cut = cut or more
    return body, cut


def _gzip(body: bytes, limit: int, cut: bool) -> Unpacked:
    """Unpack gzip; a file may be several members one after the other."""
    unpacked = b""
    while body and len(unpacked) <= limit:
        part, body, whole = _inflate(body, limit + 1 - len(unpacked), _GZIP)
        unpacked += part
        if not whole:
            break
        if not body.startswith(b"\x1f\x8b"):
            body = b""
    else:
        whole = True
    return _bounded(unpacked, limit, whole or cut)


def _deflate(body: bytes, limit: int, cut: bool) -> Unpacked:
    """Unpack deflate, which some servers send with a zlib header and some without."""
    try:
        unpacked, _, whole = _inflate(body, limit + 1, _ZLIB)
    except BadEncoding:
        unpacked, _, whole = _inflate(body, limit + 1, -_ZLIB)
    return _bounded(unpacked, limit, whole or cut)


def _inflate(body: bytes, limit: int, window: int) -> tuple[bytes, bytes, bool]:
    unpacker = zlib.decompressobj(window)
    try:
        unpacked = unpacker.decompress(body, limit)
    except zlib.error:
        raise BadEncoding("it is not what its Content-Encoding says") from None
    return unpacked, unpacker.unused_data, unpacker.eof


def _brotli(body: bytes, limit: int, cut: bool) -> Unpacked:
    import brotli

    unpacker = brotli.Decompressor()
    try:
        parts = [unpacker.process(body, output_buffer_limit=limit + 1)]
        size = len(parts[0])
        while size <= limit and not unpacker.is_finished() and not unpacker.can_accept_more_data():
            parts.append(unpacker.process(b"", output_buffer_limit=limit + 1 - size))
            size += len(parts[-1])
    except brotli.error:
        raise BadEncoding("it is not what its Content-Encoding says") from None
    return _bounded(b"".join(parts), limit, unpacker.is_finished() or cut)


def _zstd(body: bytes, limit: int, cut: bool) -> Unpacked:
    import zstandard

    unpacker = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
    unpacked = bytearray()
    try:
        with unpacker.stream_reader(body, read_across_frames=True) as reader:
            while len(unpacked) <= limit and (part := reader.read(min(65_536, limit + 1 - len(unpacked)))):
                unpacked += part
    except zstandard.ZstdError:
        raise BadEncoding("it is not what its Content-Encoding says") from None
    return _bounded(bytes(unpacked), limit, bool(unpacked) or cut)


def _bounded(unpacked: bytes, limit: int, whole: bool) -> Unpacked:
    if len(unpacked) > limit:
        return unpacked[:limit], True
    if not whole:
        raise BadEncoding("its end is missing")
    return unpacked, False


_DECODERS: dict[str, Callable[[bytes, int, bool], Unpacked]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
