"""A real S3 server on loopback, whose buckets are folders: it verifies signatures, and takes uploads in parts."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from nanio.app import build_app
from nanio.auth.credentials import StaticCredentialResolver
from nanio.config import Settings

from asura.clock import Clock, SystemClock
from asura.domain.fields import Secret
from asura.net.network import Network, open_network
from asura.net.s3 import Bucket, BucketConfig
from tests.web.harness import served

ACCESS, SECRET = "backups", "a secret of twenty letters"


class Service:
    """The server, and what it was asked."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    def config(self, **other: Any) -> BucketConfig:
        """Return how a bucket of it is named to asura."""
        named: dict[str, Any] = {
            "endpoint": self.url, "bucket": "kept", "prefix": "asura/",
            "access_key": ACCESS, "secret_key": Secret(SECRET),
        }  # fmt: skip
        return BucketConfig(**(named | other))

    def files(self, bucket: str = "kept") -> dict[str, int]:
        """Return what lies in a bucket, with sizes."""
        return {str(path.relative_to(self.folder / bucket)): path.stat().st_size for path in self._files(bucket)}

    def _files(self, bucket: str) -> Iterator[Path]:
        for path in sorted((self.folder / bucket).rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(self.folder / bucket).parts)
            if path.is_file() and not hidden:
                yield path

    def unfinished(self) -> list[Path]:
        """Return what is left of uploads in parts."""
        return [path for path in self.folder.rglob("*") if path.is_file() and "part" in path.name.lower()]


@asynccontextmanager
async def service(folder: Path) -> AsyncIterator[Service]:
    """Run it with one bucket."""
    (folder / "kept").mkdir(parents=True)
    credentials = StaticCredentialResolver({ACCESS: SECRET})
    app = build_app(Settings(data_dir=folder, credentials=credentials))
    async with served(app) as url:
        yield Service(folder, url)


@asynccontextmanager
async def bucket(
    config: BucketConfig, *, net: Network | None = None, clock: Clock | None = None
) -> AsyncIterator[Bucket]:
    """Yield a bucket as asura uses it."""
    network = net or open_network()
    one = Bucket(network, config, clock or SystemClock(), pause_s=0.01)
    try:
        yield one
    finally:
        await one.close()
        await network.close()
