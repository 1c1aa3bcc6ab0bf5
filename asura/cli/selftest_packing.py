"""The part of the self-test that packs and unpacks."""

from collections.abc import Callable


def packed_by_brotli() -> str:
    """Pack and unpack by brotli; raises RuntimeError where that does not work."""
    import brotli

    return _round_trip(brotli.compress, brotli.decompress)


def packed_by_zstd() -> str:
    """Pack and unpack by zstd; raises RuntimeError where that does not work."""
    import zstandard

    return _round_trip(zstandard.ZstdCompressor().compress, zstandard.ZstdDecompressor().decompress)


def _round_trip(pack: Callable[[bytes], bytes], unpack: Callable[[bytes], bytes]) -> str:
    text = b"asura " * 100
    packed = pack(text)
    if unpack(packed) != text:
        raise RuntimeError("what went in did not come out")
    return f"{len(text)} bytes in {len(packed)}"
