"""Files go to a real S3 server and back; what it refuses is said in plain words."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from asura.clock import SystemClock
from asura.domain.fields import Secret
from asura.net import s3
from asura.net.s3 import Bucket, BucketConfig, S3Error
from tests.buckets import Service, bucket, service
from tests.channels.services import Reply, hang_up, network, provider

PART = s3.PART


class WrongClock(SystemClock):
    """A clock that is an hour ahead."""

    def now(self) -> datetime:
        return super().now() + timedelta(hours=1)


@asynccontextmanager
async def trying(folder: Path, **config: Any) -> AsyncIterator[tuple[Service, Bucket]]:
    async with service(folder / "service") as one, bucket(one.config(**config)) as used:
        yield one, used


def file(folder: Path, size: int) -> Path:
    path = folder / f"file-{size}"
    path.write_bytes(os.urandom(size))
    return path


async def test_files_are_put_listed_and_deleted_behind_the_prefix_alone(tmp_path: Path) -> None:
    async with trying(tmp_path) as (one, used):
        (one.folder / "kept" / "theirs").write_text("x")
        (one.folder / "kept" / "asura" / "deeper").mkdir(parents=True)
        (one.folder / "kept" / "asura" / "deeper" / "x").write_text("x")
        small = file(tmp_path, 1000)
        await used.put("b", small)
        await used.put("a", small)
        await used.put("empty", file(tmp_path, 0))
        assert await used.names() == ["a", "b", "empty"]
        assert (one.folder / "kept" / "asura" / "a").read_bytes() == small.read_bytes()
        await used.delete("a")
        await used.delete("a")
        assert await used.names() == ["b", "empty"]
        assert "theirs" in one.files()


async def test_a_large_file_goes_in_parts_and_is_put_together(tmp_path: Path) -> None:
    async with trying(tmp_path) as (one, used):
        told: list[float] = []
        large = file(tmp_path, 2 * PART + 17)
        await used.put("large", large, told.append)
        assert (one.folder / "kept" / "asura" / "large").read_bytes() == large.read_bytes()
        assert one.unfinished() == []
    assert told == sorted(told)
    assert (len(told), told[-1]) == (3, 1.0)


async def test_names_come_in_pages_and_may_hold_any_sign(tmp_path: Path) -> None:
    async with trying(tmp_path, prefix="my büro/a+b & c~") as (one, used):
        folder = one.folder / "kept" / "my büro"
        folder.mkdir()
        for number in range(1003):
            (folder / f"a+b & c~{number:04}").touch()
        await used.put("<x>", file(tmp_path, 5))
        names = await used.names()
    assert len(names) == 1004
    assert set(names) == {"<x>", *(f"{number:04}" for number in range(1003))}


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"secret_key": Secret("another")}, "the secret key or the region is another. Look at backup.s3.access_key"),
        ({"access_key": "nobody"}, "the service knows no such access key"),
        ({"bucket": "missing"}, "there is no bucket missing. Make it, or correct backup.s3.bucket."),
    ],
    ids=str,
)
async def test_refusals_say_what_to_do(tmp_path: Path, config: dict[str, Any], sentence: str) -> None:
    async with trying(tmp_path, **config) as (one, used):
        for size in (10, PART + 1):
            with pytest.raises(S3Error) as error:
                await used.put("x", file(tmp_path, size))
            assert sentence in str(error.value)
            assert one.url in str(error.value)
            assert "another" not in str(error.value).replace("is another", "")
        assert one.unfinished() == []


async def test_a_wrong_clock_is_named(tmp_path: Path) -> None:
    async with service(tmp_path / "service") as one, bucket(one.config(), clock=WrongClock()) as used:
        with pytest.raises(S3Error, match=r"the clock of this machine is wrong by 3[56]\d\d s"):
            await used.put("x", file(tmp_path, 10))


def canned(code: str, message: str = "") -> str:
    return f"<Error><Code>{code}</Code><Message>{message}</Message><Region>eu-north-1</Region></Error>"


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(403, canned("AccessDenied")), "this key may not do that"),
        (Reply(400, canned("AuthorizationHeaderMalformed")), "in another region, eu-north-1"),
        (Reply(301, "", {"x-amz-bucket-region": "eu-west-3"}), "in another region, eu-west-3"),
        (Reply(404, "<html>nothing</html>"), "Is this the address of an S3 service"),
        (Reply(418, canned("Teapot", "short &amp; stout")), "the service answered 418: Teapot short & stout."),
        (Reply(403, ""), "the service answered 403."),
    ],
    ids=str,
)
async def test_other_answers_are_understood(tmp_path: Path, reply: Reply, sentence: str) -> None:
    async with provider(reply) as fake, bucket(config_of(fake.url)) as used:
        with pytest.raises(S3Error, match=sentence.replace(".", r"\.").replace("?", r"\?")):
            await used.put("x", file(tmp_path, 10))
        assert len(fake.received) == 1, "what is refused is not asked again"


def config_of(url: str) -> BucketConfig:
    return BucketConfig(endpoint=url, bucket="kept", access_key="a", secret_key=Secret("s"))


async def test_what_is_the_services_fault_is_tried_again(tmp_path: Path) -> None:
    replies = (
        Reply(503, canned("SlowDown")),
        Reply(instead=hang_up),
        Reply(200),
    )
    async with provider(*replies) as fake, bucket(config_of(fake.url)) as used:
        with pytest.raises(S3Error, match="has 0 bytes after the upload, not 10"):
            await used.put("x", file(tmp_path, 10))
    assert [one.method for one in fake.received[:3]] == ["PUT", "PUT", "PUT"]
    assert fake.received[-1].method == "HEAD"


async def test_a_part_that_fails_abandons_the_upload(tmp_path: Path) -> None:
    begun = Reply(200, "<InitiateMultipartUploadResult><UploadId>an id</UploadId></InitiateMultipartUploadResult>")
    async with (
        provider(begun, Reply(200), Reply(403, canned("AccessDenied"))) as fake,
        bucket(config_of(fake.url)) as used,
    ):
        with pytest.raises(S3Error, match="may not do that"):
            await used.put("x", file(tmp_path, 2 * PART))
    assert [f"{one.method} {one.path}" for one in fake.received] == [
        "POST /kept/x?uploads=",
        "PUT /kept/x?partNumber=1&uploadId=an%20id",
        "PUT /kept/x?partNumber=2&uploadId=an%20id",
        "DELETE /kept/x?uploadId=an%20id",
    ]


async def test_an_error_in_a_good_answer_is_an_error(tmp_path: Path) -> None:
    begun = Reply(200, "<UploadId>1</UploadId>")
    broken = Reply(200, canned("InternalError", "try later"))
    async with provider(begun, Reply(200), Reply(200), broken) as fake, bucket(config_of(fake.url)) as used:
        with pytest.raises(S3Error, match="InternalError try later"):
            await used.put("x", file(tmp_path, PART + 1))


async def test_it_may_be_in_the_lan_because_it_is_named_and_never_metadata(tmp_path: Path) -> None:
    async with network() as net, provider(Reply(403)) as fake, bucket(config_of(fake.url), net=net) as used:
        with pytest.raises(S3Error, match="answered 403"):
            await used.put("x", file(tmp_path, 10))
    for host in ("169.254.169.254", "[fd00:ec2::254]"):
        async with network() as net, bucket(config_of(f"http://{host}"), net=net) as used:
            with pytest.raises(S3Error, match=r"169\.254|fd00"):
                await used.names()


async def test_a_list_without_end_is_given_up(tmp_path: Path) -> None:
    page = Reply(200, "<Key>x</Key><NextContinuationToken>again</NextContinuationToken>")
    async with provider(*[page] * (s3.MOST_PAGES + 5)) as fake, bucket(config_of(fake.url)) as used:
        with pytest.raises(S3Error, match=r"more than 100 pages of names .* Set backup\.s3\.prefix"):
            await used.names()
        assert len(fake.received) == s3.MOST_PAGES


async def test_a_bucket_may_stand_before_the_host(tmp_path: Path) -> None:
    async with provider(Reply(403)) as fake, network("kept.localhost", "127.0.0.0/8") as net:
        config = BucketConfig(
            endpoint=f"http://localhost:{fake.port}",
            bucket="kept",
            access_key="a",
            secret_key=Secret("s"),
            path_style=False,
        )
        async with bucket(config, net=net) as used:
            with pytest.raises(S3Error):
                await used.put("x", file(tmp_path, 1))
    if fake.received:
        assert fake.received[0].headers["host"] == f"kept.localhost:{fake.port}"
        assert fake.received[0].path == "/x"
