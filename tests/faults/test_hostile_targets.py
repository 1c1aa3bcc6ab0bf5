"""Targets that do everything wrong: each gives its class, costs little, and delays nobody."""

import asyncio
import os
import resource
from time import perf_counter, process_time

import pytest

from asura.checks.base import Job
from asura.checks.http import CHECK
from asura.checks.http_params import HttpParams
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.net.errors import NetError
from asura.net.network import Network, NetworkConfig, open_network
from asura.net.trace import Trace
from tests import targets, tls_targets

pytestmark = pytest.mark.faults


async def check(url: str, net: Network, *, timeout: float = 5, **settings: object) -> tuple[Outcome, Trace]:
    """Run one check under its deadline, as the runner does; a failure on the way becomes an outcome."""
    trace = Trace()
    job = Job(url, HttpParams(**settings), timeout)
    try:
        async with asyncio.timeout(timeout):
            return await CHECK.run(job, net, trace), trace
    except NetError as error:
        return Outcome(Finding.DOWN, error.reason, error.message), trace


BROKEN = {
    "endless": (targets.endless, Reason.BODY_TOO_LARGE),
    "reset": (targets.resetting, Reason.CONNECT_RESET),
    "closed without a word": (targets.closing, Reason.CONNECTION_CLOSED),
    "garbage": (targets.raw(b"SSH-2.0-OpenSSH_9.2\r\n"), Reason.HTTP_PROTOCOL),
    "binary garbage": (targets.raw(bytes(range(256)) * 8), Reason.HTTP_PROTOCOL),
    "a body cut short": (
        targets.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
        Reason.CONNECTION_CLOSED,
    ),
    "chunks cut short": (
        targets.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
        Reason.CONNECTION_CLOSED,
    ),
    "100,000 headers": (targets.many_headers(), Reason.HTTP_PROTOCOL),
    "a header without end": (targets.endless_header, Reason.HTTP_PROTOCOL),
    "a chunk extension without end": (targets.endless_chunk_extension, Reason.HTTP_PROTOCOL),
    "endless informational answers": (targets.raw(b"HTTP/1.1 103 Early\r\n\r\n" * 20_000), Reason.HTTP_PROTOCOL),
    "a redirect loop": (targets.redirecting("/"), Reason.REDIRECT_LIMIT),
    "a redirect to metadata": (targets.redirecting("http://169.254.169.254/latest/"), Reason.BLOCKED_ADDRESS),
    "a redirect to hidden metadata": (targets.redirecting("http://[::ffff:a9fe:a9fe]/"), Reason.BLOCKED_ADDRESS),
    "a redirect to a file": (targets.redirecting("file:///etc/passwd"), Reason.REDIRECT_INVALID),
    "a redirect to nowhere": (targets.redirecting("https:///path"), Reason.REDIRECT_INVALID),
    "a gzip bomb": (targets.bombing("gzip"), Reason.BODY_TOO_LARGE),
    "a deflate bomb": (targets.bombing("deflate"), Reason.BODY_TOO_LARGE),
    "a brotli bomb": (targets.bombing("br"), Reason.BODY_TOO_LARGE),
    "a zstd bomb": (targets.bombing("zstd"), Reason.BODY_TOO_LARGE),
    "a false encoding": (
        targets.answering(b"this is not gzip", headers=(("Content-Encoding", "gzip"),)),
        Reason.BODY_ENCODING,
    ),
    "an error page": (targets.answering(b"oops", "503 Service Unavailable"), Reason.HTTP_STATUS),
}


@pytest.mark.parametrize(("behaviour", "reason"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_target_is_down_with_its_own_class(behaviour: targets.Behaviour, reason: Reason) -> None:
    net = open_network()
    async with targets.serving(behaviour) as target:
        began = process_time()
        outcome, _ = await check(target.url(), net)
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, reason), outcome.message
    assert len(outcome.message) > 20
    # The server's own work is in this figure too: bounds are for what would be a multiple of it.
    assert process_time() - began < 1.5
    await net.close()


async def test_a_bomb_costs_no_more_memory_than_the_bound() -> None:
    net = open_network()
    behaviours = [targets.bombing(encoding) for encoding in ("gzip", "br", "zstd")]
    for behaviour in behaviours:
        async with targets.serving(behaviour) as target:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            outcome, _ = await check(target.url(), net)
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert outcome.reason is Reason.BODY_TOO_LARGE
        assert grown < 40 * 1024
    await net.close()


PHASES = {
    "says nothing": (targets.half_open, "ttfb"),
    "trickles": (targets.trickling, "transfer"),
    "is slow": (targets.slow(30), "ttfb"),
}


@pytest.mark.parametrize(("behaviour", "phase"), PHASES.values(), ids=PHASES)
async def test_a_target_that_takes_too_long_is_cut_off_in_the_phase_it_hangs_in(
    behaviour: targets.Behaviour, phase: str
) -> None:
    net = open_network()
    trace = Trace()
    async with targets.serving(behaviour) as target:
        began = perf_counter()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.4):
                await CHECK.run(Job(target.url(), HttpParams(), 0.4), net, trace)
        assert perf_counter() - began < 1.0
    assert trace.phase == phase
    assert getattr(trace.phases(), phase) > 0
    await net.close()


async def test_an_unanswered_connection_hangs_in_the_connect_phase() -> None:
    net = open_network()
    trace = Trace()
    async with targets.full_backlog() as port:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await CHECK.run(Job(f"http://127.0.0.1:{port}/", HttpParams(), 0.3), net, trace)
    assert trace.phase == "connect"
    await net.close()


async def test_a_server_that_never_shakes_hands_hangs_in_the_tls_phase() -> None:
    net = open_network()
    trace = Trace()
    async with targets.serving(targets.half_open, silent=True) as target:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await CHECK.run(Job(f"https://127.0.0.1:{target.port}/", HttpParams(), 0.3), net, trace)
    assert trace.phase == "tls"
    await net.close()


async def test_a_closed_port_is_refused_with_address_and_port_in_the_sentence() -> None:
    net = open_network()
    port = targets.free_port()
    outcome, _ = await check(f"http://127.0.0.1:{port}/", net)
    assert outcome.reason is Reason.CONNECT_REFUSED
    assert f"127.0.0.1 port {port}" in outcome.message
    await net.close()


TLS = {
    "expired": (lambda: tls_targets.authority().expired(), Reason.TLS_EXPIRED, "3 days ago"),
    "not yet valid": (lambda: tls_targets.authority().not_yet_valid(), Reason.TLS_NOT_YET_VALID, "not valid until"),
    "wrong host": (lambda: tls_targets.authority().wrong_host(), Reason.TLS_HOSTNAME, "elsewhere.example"),
    "self-signed": (tls_targets.self_signed, Reason.TLS_SELF_SIGNED, "self-signed"),
    "untrusted": (lambda: tls_targets.stranger().good(), Reason.TLS_UNTRUSTED, "not trusted"),
}


@pytest.mark.parametrize(("context", "reason", "words"), TLS.values(), ids=TLS)
async def test_each_kind_of_broken_tls_has_its_class_and_plain_words(
    context: object, reason: Reason, words: str
) -> None:
    net = open_network()
    async with targets.serving(targets.answering(), tls=context()) as target:  # type: ignore[operator]
        outcome, trace = await check(target.url(), net, ca_pem=tls_targets.authority().pem)
    assert outcome.reason is reason
    assert words in outcome.message
    assert f"127.0.0.1 port {target.port}" in outcome.message
    assert "SSL" not in outcome.message
    assert trace.evidence().certificates
    await net.close()


async def test_a_server_of_old_protocols_is_refused_unless_the_monitor_takes_it() -> None:
    net = open_network()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    pem = tls_targets.authority().pem
    with tls_targets.blocking_server(tls_targets.authority().old_protocol(), answer) as port:
        outcome, _ = await check(f"https://127.0.0.1:{port}/", net, ca_pem=pem)
        assert outcome.reason is Reason.TLS_PROTOCOL
        assert "TLS version" in outcome.message
        outcome, trace = await check(f"https://127.0.0.1:{port}/", net, ca_pem=pem, min_tls_version="1.0")
        assert outcome.finding is Finding.UP, outcome.message
        assert trace.evidence().tls_version in ("TLSv1", "TLSv1.1")
    await net.close()


async def test_plain_http_on_a_tls_port_and_tls_on_a_plain_port_are_told_apart() -> None:
    net = open_network()
    async with targets.serving(targets.answering(status="400 Bad Request"), silent=True) as plain:
        outcome, _ = await check(f"https://127.0.0.1:{plain.port}/", net)
        assert outcome.reason in (Reason.TLS_PROTOCOL, Reason.TLS_FAILED)
    async with targets.serving(targets.closing, silent=True) as closing:
        outcome, _ = await check(f"https://127.0.0.1:{closing.port}/", net)
        assert outcome.reason is Reason.TLS_FAILED
    async with targets.serving(targets.raw(b"220 mail.example ESMTP\r\n"), silent=True) as talker:
        outcome, _ = await check(f"https://127.0.0.1:{talker.port}/", net)
        assert outcome.reason in (Reason.TLS_PROTOCOL, Reason.TLS_FAILED)
    await net.close()


async def test_hundreds_of_hanging_targets_delay_no_healthy_one() -> None:
    net = open_network()
    async with (
        targets.serving(targets.half_open) as hanging,
        targets.serving(targets.trickling) as trickling,
        targets.serving(targets.answering()) as healthy,
    ):
        bad = [asyncio.create_task(check(hanging.url(), net, timeout=60)) for _ in range(300)]
        bad += [asyncio.create_task(check(trickling.url(), net, timeout=60)) for _ in range(50)]
        while hanging.connections < 300:
            await asyncio.sleep(0.02)
        began = perf_counter()
        outcomes = await asyncio.gather(*(check(healthy.url(), net) for _ in range(100)))
        assert all(outcome.finding is Finding.UP for outcome, _ in outcomes)
        assert perf_counter() - began < 4
        for task in bad:
            task.cancel()
        assert all(
            isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*bad, return_exceptions=True)
        )
    await net.close()


async def test_a_cancelled_check_leaves_no_open_file_behind() -> None:
    net = open_network()
    async with targets.serving(targets.half_open) as target:
        before = len(os.listdir("/proc/self/fd"))
        tasks = [asyncio.create_task(check(target.url(), net)) for _ in range(20)]
        await asyncio.sleep(0.2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        while target.connections < 20:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert len(os.listdir("/proc/self/fd")) <= before + 1
    await net.close()


async def test_asura_does_not_check_itself() -> None:
    async with targets.serving(targets.answering()) as target:
        net = open_network(NetworkConfig(own_listeners=(("0.0.0.0", target.port),)))
        for host in ("127.0.0.1", "localhost", "127.0.0.9", "[::ffff:127.0.0.1]"):
            outcome, _ = await check(target.url(host=host), net)
            assert outcome.reason is Reason.BLOCKED_ADDRESS, host
        assert not target.connections
        await net.close()
