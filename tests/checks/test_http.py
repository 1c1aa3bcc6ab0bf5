"""The HTTP check: its settings, and what it makes of answers."""

from typing import Any

import pytest

from asura.checks.base import Job
from asura.checks.http import CHECK
from asura.checks.http_params import HttpParams, prepared
from asura.domain.fields import Secret, conceal, convert
from asura.domain.monitor import Assertion
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.errors import Invalid
from asura.net.network import open_network
from asura.net.trace import Trace
from tests import targets, tls_targets


async def check(url: str, *assertions: Assertion, match: Any = "all", **settings: Any) -> tuple[Outcome, Trace]:
    net = open_network()
    trace = Trace()
    params = convert(settings, HttpParams)
    CHECK.validate(url, params)
    try:
        return await CHECK.run(Job(url, params, 5, assertions, match), net, trace), trace
    finally:
        await net.close()


STATUSES = [(200, Finding.UP), (204, Finding.UP), (301, Finding.UP), (399, Finding.UP), (400, Finding.DOWN)]


@pytest.mark.parametrize(("status", "expected"), [*STATUSES, (404, Finding.DOWN), (503, Finding.DOWN)])
async def test_200_to_399_is_up_unless_something_else_is_asserted(status: int, expected: Finding) -> None:
    async with targets.serving(targets.answering(b"", f"{status} Words")) as target:
        outcome, _ = await check(target.url())
        asserted, _ = await check(target.url(), Assertion("status", "eq", status))
    assert outcome.finding is expected
    assert outcome.code == status
    assert outcome.reason is (Reason.OK if expected is Finding.UP else Reason.HTTP_STATUS)
    assert f"{status} Words" in outcome.message
    assert expected is Finding.UP or f"127.0.0.1 port {target.port}" in outcome.message
    assert asserted.finding is Finding.UP


async def test_latency_is_the_sum_of_the_phases() -> None:
    async with targets.serving(targets.slow(0.05)) as target:
        outcome, _ = await check(target.url())
    assert outcome.latency_ms is not None
    assert 45 < outcome.latency_ms < 2000
    parts = (outcome.phases.connect, outcome.phases.ttfb, outcome.phases.transfer)
    assert outcome.latency_ms == pytest.approx(sum(part for part in parts if part is not None))


async def test_assertions_decide_between_up_degraded_and_down() -> None:
    body = b'{"ok": false, "load": 0.9}'
    async with targets.serving(targets.answering(body, headers=(("X-Version", "7"),))) as target:
        weak = Assertion("json", "lt", 0.5, path="$.load", severity="degraded")
        hard = Assertion("json", "eq", True, path="$.ok")
        fine = Assertion("header", "eq", "7", name="x-version")
        degraded, trace = await check(target.url(), fine, weak)
        down, _ = await check(target.url(), fine, weak, hard)
        lenient, _ = await check(target.url(), fine, weak, hard, match="any")
    assert (degraded.finding, degraded.reason) == (Finding.DEGRADED, Reason.ASSERTION)
    assert [outcome.passed for outcome in trace.evidence().assertions] == [True, False]
    assert "$.load in the JSON to be less than 0.5, but it was 0.9" in degraded.message
    assert (down.finding, down.code) == (Finding.DOWN, 200)
    assert lenient.finding is Finding.UP


async def test_big_bodies_are_searched_and_charsets_respected() -> None:
    body = ("grün" * 50_000).encode("latin-1")
    headers = (("Content-Type", "text/html; charset=ISO-8859-1"),)
    async with targets.serving(targets.answering(body, headers=headers)) as target:
        outcome, _ = await check(target.url(), Assertion("body", "matches", "grün$"))
    assert outcome.finding is Finding.UP, outcome.message


async def test_a_body_over_the_limit_is_down_unless_longer_ones_are_accepted() -> None:
    async with targets.serving(targets.endless) as target:
        down, _ = await check(target.url(), max_body=4096)
        fine, _ = await check(target.url(), Assertion("body", "contains", "xx"), accept_longer_bodies=True)
    assert (down.finding, down.reason) == (Finding.DOWN, Reason.BODY_TOO_LARGE)
    assert "4 KiB" in down.message
    assert fine.finding is Finding.UP


CERTIFICATES = [
    (10, {}, Finding.DEGRADED),
    (20, {}, Finding.UP),
    (20, {"certificate_warning_days": 30}, Finding.DEGRADED),
]


@pytest.mark.parametrize(
    ("days", "settings", "expected"), [*CERTIFICATES, (5, {"certificate_warning_days": 0}, Finding.UP)]
)
async def test_a_certificate_that_ends_soon_degrades(days: float, settings: dict[str, Any], expected: Finding) -> None:
    context = tls_targets.authority().good(days=days)
    async with targets.serving(targets.answering(), tls=context) as target:
        outcome, trace = await check(target.url(), ca_pem=tls_targets.authority().pem, **settings)
    assert outcome.finding is expected
    assert outcome.reason is (Reason.OK if expected is Finding.UP else Reason.TLS_EXPIRES_SOON)
    assert expected is Finding.UP or f"expires in {days} days" in outcome.message
    assert trace.evidence().certificates[0].days_left == pytest.approx(days, abs=0.1)


async def test_an_expired_certificate_warns_even_where_it_is_not_verified() -> None:
    async with targets.serving(targets.answering(), tls=tls_targets.authority().expired(3)) as target:
        outcome, _ = await check(target.url(), verify=False)
        asserted, _ = await check(target.url(), Assertion("certificate_days", "ge", 1), verify=False)
        assert asserted.certificate_days == pytest.approx(-3, abs=0.1)
    assert (outcome.finding, outcome.reason) == (Finding.DEGRADED, Reason.TLS_EXPIRES_SOON)
    assert "expired 3 days ago" in outcome.message
    assert asserted.finding is Finding.DOWN


async def test_the_earliest_certificate_of_a_redirect_counts() -> None:
    authority = tls_targets.authority()
    async with (
        targets.serving(targets.answering(), tls=authority.good(days=300)) as end,
        targets.serving(targets.redirecting(end.url()), tls=authority.good(days=4)) as start,
    ):
        outcome, _ = await check(start.url(), ca_pem=authority.pem)
    assert outcome.reason is Reason.TLS_EXPIRES_SOON


SENT = [
    ({"method": "POST", "body": "plain"}, b"plain", None),
    ({"method": "POST", "body": '{"a": 1}', "body_type": "json"}, b'{"a": 1}', "application/json"),
    ({"method": "PUT", "body": {"a": [1]}, "body_type": "json"}, b'{"a":[1]}', "application/json"),
    ({"method": "POST", "body": {"a": "ü b"}, "body_type": "form"}, b"a=%C3%BC+b", "application/x-www-form-urlencoded"),
    ({"method": "POST", "body": "a=b", "body_type": "form"}, b"a=b", "application/x-www-form-urlencoded"),
    (
        {"method": "POST", "body": "x", "body_type": "json", "headers": {"content-type": "x/y"}} | {"body": '"x"'},
        b'"x"',
        "x/y",
    ),
]


@pytest.mark.parametrize(("settings", "body", "content_type"), SENT)
async def test_bodies_are_sent_in_their_form(settings: dict[str, Any], body: bytes, content_type: str | None) -> None:
    async with targets.serving(targets.answering()) as target:
        await check(target.url(), **settings)
    assert target.body() == body
    assert target.header("Content-Type") == content_type
    assert target.header("Content-Length") == str(len(body))


async def test_credentials_are_sent_and_never_shown() -> None:
    async with targets.serving(targets.answering()) as target:
        _, trace = await check(
            target.url(),
            auth={"type": "basic", "username": "me", "password": "canary"},
            secret_headers={"X-Key": "canary"},
            headers={"User-Agent": "mine", "Host": "shop.example"},
        )
        await check(target.url(), auth={"type": "bearer", "token": "canary"})
    assert target.header("Authorization", request=0) == "Basic bWU6Y2FuYXJ5"
    assert target.header("Authorization", request=1) == "Bearer canary"
    assert target.header("X-Key", request=0) == "canary"
    assert target.header("User-Agent", request=0) == "mine"
    assert target.header("Host", request=0) == "shop.example"
    assert "canary" not in repr(trace.evidence())
    assert "bWU6" not in repr(trace.evidence())


def test_secrets_of_the_settings_do_not_show() -> None:
    params = convert(
        {
            "auth": {"type": "basic", "password": "canary"},
            "secret_headers": {"X": "canary"},
            "client_key_pem": "canary",
        },
        HttpParams,
    )
    assert "canary" not in repr(params) + str(conceal(params))
    assert params.secret_headers["X"] == Secret("canary")


FAULTS = [
    ("example.com", {}, "target"),
    ("ftp://example.com/", {}, "target"),
    ("http://", {}, "target"),
    ("http://exa mple.com/", {}, "target"),
    ("http://example.com:99999/", {}, "target"),
    ("http://example.com:0/", {}, "target"),
    ("http://me:canary@example.com/", {}, "target"),
    ("http://169.254.169.254/latest", {}, "target"),
    ("http://[fd00:ec2::254]/", {}, "target"),
    ("http://0xa9fea9fe/", {}, "target"),
    ("http://0.0.0.0/", {}, "target"),
    ("http://224.0.0.1/", {}, "target"),
    ("http://example.com/\r\nX: y", {}, "target"),
    ("http://x.test/", {"headers": {"a b": "c"}}, "settings.headers.a b"),
    ("http://x.test/", {"headers": {"a": "c\r\nd: e"}}, "settings.headers.a"),
    ("http://x.test/", {"headers": {"Content-Length": "5"}}, "settings.headers.Content-Length"),
    ("http://x.test/", {"headers": {"A": "1", "a": "2"}}, "settings.headers.a"),
    ("http://x.test/", {"secret_headers": {"a": "c\n"}}, "settings.secret_headers.a"),
    ("http://x.test/", {"body": "{", "body_type": "json"}, "settings.body"),
    ("http://x.test/", {"body": {"a": 1}}, "settings.body"),
    ("http://x.test/", {"auth": {"type": "bearer"}}, "settings.auth.token"),
    ("http://x.test/", {"auth": {"type": "basic", "username": "a:b"}}, "settings.auth.username"),
    ("http://x.test/", {"proxy": "socks5://x.test:1"}, "settings.proxy"),
    ("http://x.test/", {"proxy": "https://x.test:1"}, "settings.proxy"),
    ("http://x.test/", {"proxy": "http://169.254.169.254:80"}, "settings.proxy"),
    ("http://x.test/", {"proxy_username": "me"}, "settings.proxy"),
    ("http://x.test/", {"ca_pem": "nonsense"}, "settings.ca_pem"),
    ("http://x.test/", {"client_cert_pem": "nonsense"}, "settings.client_cert_pem"),
    ("http://x.test/", {"client_key_pem": "nonsense"}, "settings.client_cert_pem"),
]


@pytest.mark.parametrize(("target", "settings", "path"), FAULTS)
def test_what_cannot_work_is_refused_with_its_path(target: str, settings: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        CHECK.validate(target, convert(settings, HttpParams))
    assert [fault.path for fault in refused.value.faults] == [path]
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    "target",
    [
        "https://example.com",
        "http://127.0.0.1:8080/x",
        "http://[::1]/",
        "http://10.0.0.1/",
        "https://grün.example/ü?q=ä",
    ],
)
def test_ordinary_and_private_targets_are_accepted(target: str) -> None:
    CHECK.validate(target, HttpParams())


def test_a_request_is_prepared_once_for_as_long_as_its_settings_live() -> None:
    params = HttpParams()
    first = prepared("http://x.test/", params)
    assert prepared("http://x.test/", params) is first
    assert prepared("http://y.test/", params) is not first
    assert prepared("http://x.test/", HttpParams()) is not first
