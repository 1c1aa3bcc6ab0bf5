"""The TLS check against real servers: chains good and broken, and STARTTLS in five protocols."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest

from asura.checks.tls import CHECK
from asura.domain.fields import convert
from asura.domain.monitor import Assertion
from asura.domain.reason import Reason
from asura.domain.status import Finding
from asura.errors import Invalid
from tests.checks.bench import attempt, served, served_bluntly, silent
from tests.checks.certificates import Link, good, intermediate, issue, root, serving

NAMES = ("localhost", "127.0.0.1")


def trusted(**more):
    return {"ca_pem": root().pem, **more}


async def idle(reader, writer):
    await reader.read()


async def checked(context: ssl.SSLContext, settings: dict, *assertions: Assertion, host: str = "localhost"):
    async with served(idle, tls=context) as port:
        return await attempt(CHECK, f"{host}:{port}", settings, *assertions)


async def test_a_good_chain_is_up_with_everything_in_evidence():
    outcome = await checked(good(), trusted())
    assert (outcome.finding, outcome.reason) == (Finding.UP, Reason.OK), outcome.message
    leaf, above = outcome.evidence.certificates
    assert leaf.names == ("localhost", "127.0.0.1", "::1")
    assert 89 < leaf.days_left < 90
    assert outcome.certificate_days == leaf.days_left
    assert above.subject == "CN=Test Intermediate"
    assert outcome.evidence.tls_version == "TLSv1.3"
    assert outcome.evidence.tls_cipher
    assert outcome.phases.tls is not None


async def test_an_address_is_verified_too():
    outcome = await checked(good(), trusted(), host="127.0.0.1")
    assert outcome.finding is Finding.UP, outcome.message


async def test_an_expired_certificate_says_since_when_and_by_whom():
    leaf = issue("localhost", intermediate(), names=NAMES, begins=-90, ends=-3.5)
    day = datetime.now(UTC) - timedelta(days=3.5)
    for settings in (trusted(), {"verify": False}):
        outcome = await checked(serving(leaf, intermediate()), settings)
        assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_EXPIRED)
        assert f"expired 3 days ago, on {day:%Y-%m-%d}" in outcome.message
        assert "issued by Test Intermediate" in outcome.message
        assert outcome.evidence.certificates[0].days_left < -3


async def test_an_expired_intermediate_is_named():
    above = issue("Old Intermediate", root(), ca=True, begins=-90, ends=-1.2)
    leaf = issue("localhost", above, names=NAMES)
    outcome = await checked(serving(leaf, above), trusted())
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_EXPIRED)
    assert "intermediate certificate Old Intermediate" in outcome.message
    assert "expired 28 hours ago" in outcome.message


async def test_a_certificate_of_tomorrow_is_not_valid_yet():
    leaf = issue("localhost", intermediate(), names=NAMES, begins=1.02)
    outcome = await checked(serving(leaf, intermediate()), trusted())
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_NOT_YET_VALID)
    assert "begins in 24 hours" in outcome.message


async def test_another_name_names_what_the_certificate_is_for():
    leaf = issue("other", intermediate(), names=("other.example", "*.example.org"))
    outcome = await checked(serving(leaf, intermediate()), trusted())
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_HOSTNAME)
    assert "other.example" in outcome.message
    assert outcome.evidence.certificates[0].names == ("other.example", "*.example.org")
    named = await checked(serving(leaf, intermediate()), trusted(server_name="www.example.org"))
    assert named.finding is Finding.UP


async def test_a_self_signed_certificate_is_down_until_verification_is_off():
    context = serving(issue("localhost", names=NAMES))
    outcome = await checked(context, {})
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_SELF_SIGNED)
    assert len(outcome.evidence.certificates) == 1
    assert (await checked(context, {"verify": False})).finding is Finding.UP


@pytest.mark.parametrize("above", [(), (intermediate(),)], ids=["missing intermediate", "unknown root"])
async def test_an_untrusted_chain_says_who_issued_it(above: tuple[Link, ...]):
    leaf = issue("localhost", intermediate(), names=NAMES)
    settings = {} if above else trusted()
    outcome = await checked(serving(leaf, *above), settings)
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_UNTRUSTED)
    assert "Test Intermediate" in outcome.message
    assert len(outcome.evidence.certificates) == 1 + len(above)


async def test_a_leaf_that_expires_soon_is_degraded():
    leaf = issue("localhost", intermediate(), names=NAMES, ends=5.5)
    context = serving(leaf, intermediate())
    outcome = await checked(context, trusted())
    assert (outcome.finding, outcome.reason) == (Finding.DEGRADED, Reason.TLS_EXPIRES_SOON)
    assert "expires in 5 days" in outcome.message
    assert (await checked(context, trusted(warn_days=5))).finding is Finding.UP


async def test_an_intermediate_that_expires_soon_is_degraded():
    above = issue("Tired Intermediate", root(), ca=True, ends=9.5)
    context = serving(issue("localhost", above, names=NAMES), above)
    outcome = await checked(context, trusted())
    assert (outcome.finding, outcome.reason) == (Finding.DEGRADED, Reason.TLS_EXPIRES_SOON)
    assert "Tired Intermediate" in outcome.message
    assert (await checked(context, trusted(warn_days_intermediate=9))).finding is Finding.UP


async def test_expected_names_must_be_covered():
    leaf = issue("localhost", intermediate(), names=("localhost", "*.shop.example"))
    context = serving(leaf, intermediate())
    assert (await checked(context, trusted(names=["a.shop.example", "localhost"]))).finding is Finding.UP
    outcome = await checked(context, trusted(names=["localhost", "b.a.shop.example", "shop.example"]))
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_HOSTNAME)
    assert "does not cover b.a.shop.example, shop.example" in outcome.message


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_an_old_protocol_is_down():
    leaf = issue("localhost", intermediate(), names=NAMES)
    context = serving(leaf, intermediate(), newest=ssl.TLSVersion.TLSv1_2)
    assert (await checked(context, trusted())).evidence.tls_version == "TLSv1.2"
    outcome = await checked(context, trusted(min_protocol="1.3"))
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_PROTOCOL)
    assert "TLSv1.2, which is older than TLS 1.3" in outcome.message


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_a_server_of_tls_1_1_is_refused_and_read_when_allowed():
    leaf = issue("localhost", intermediate(), names=NAMES)
    context = serving(leaf, intermediate(), newest=ssl.TLSVersion.TLSv1_1)
    with served_bluntly(context) as port:
        refused = await attempt(CHECK, f"localhost:{port}", trusted())
        allowed = await attempt(
            CHECK, f"localhost:{port}", trusted(min_protocol="1.0"), Assertion("protocol", "eq", "TLSv1.1")
        )
    assert (refused.finding, refused.reason) == (Finding.DOWN, Reason.TLS_PROTOCOL)
    assert allowed.finding is Finding.UP, allowed.message


async def test_assertions_on_days_and_protocol():
    outcome = await checked(
        good(),
        trusted(),
        Assertion("certificate_days", "gt", 60),
        Assertion("protocol", "eq", "TLSv1.2", severity="degraded"),
        Assertion("response_time", "lt", 4000),
    )
    assert (outcome.finding, outcome.reason) == (Finding.DEGRADED, Reason.ASSERTION)
    assert [one.passed for one in outcome.evidence.assertions] == [True, False, True]


async def test_a_port_without_tls_says_so():
    async def http(reader, writer):
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        await writer.drain()

    async with served(http) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", {})
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_PROTOCOL)


async def test_a_silent_port_is_a_tls_timeout():
    async with served(silent) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", {}, timeout=0.4)
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_TIMEOUT)


@pytest.mark.parametrize(
    ("target", "settings", "path"),
    [
        ("", {}, "target"),
        ("https://example.com", {}, "target"),
        ("example.com:x", {}, "target"),
        ("example.com", {"ca_pem": "x", "verify": False}, "settings.ca_pem"),
        ("example.com", {"names": ["a.example", "a b"]}, "settings.names[1]"),
    ],
)
def test_what_cannot_work_is_refused_with_its_path(target, settings, path):
    with pytest.raises(Invalid) as refused:
        CHECK.validate(target, convert(settings, CHECK.params))
    assert [fault.path for fault in refused.value.faults] == [path]


def test_the_port_follows_the_protocol():
    from asura.checks.tls import endpoint_of

    ports = [
        endpoint_of("mail.example", convert({"starttls": protocol}, CHECK.params)).port
        for protocol in ("none", "smtp", "imap", "pop3", "ftp", "postgres")
    ]
    assert ports == [443, 25, 143, 110, 21, 5432]
