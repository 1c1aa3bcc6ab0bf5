"""Rate limits, and what they must never hit."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.web.limits import MOST_BUCKETS, Buckets, bucket_of
from tests.web.harness import V1, asura


def test_a_burst_passes_then_the_rate_holds() -> None:
    buckets = Buckets(2, 3)
    assert [buckets.take("a", 100.0) for _ in range(4)] == [0, 0, 0, pytest.approx(0.5)]
    assert buckets.take("b", 100.0) == 0
    assert buckets.take("a", 100.5) == 0
    assert buckets.take("a", 100.5) == pytest.approx(0.5)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=200), st.floats(0.5, 50), st.integers(1, 50))
def test_never_more_than_burst_and_rate_allow(gaps: list[float], rate: float, burst: int) -> None:
    buckets, now, passed = Buckets(rate, burst), 0.0, 0
    for gap in gaps:
        now += gap
        passed += buckets.take("a", now) == 0
    assert passed <= burst + now * rate + 1e-6


def test_the_table_does_not_grow() -> None:
    buckets = Buckets(1, 1)
    for number in range(MOST_BUCKETS + 500):
        buckets.take(str(number), 1.0)
    assert len(buckets) == MOST_BUCKETS


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    buckets = Buckets(1, 1)
    assert buckets.take("a", 100.0) == 0
    assert buckets.take("a", 50.0) > 0


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("local", "local"),
    ],
)
def test_one_customer_is_one_bucket(address: str, name: str) -> None:
    assert bucket_of(address) == name


@given(st.floats(0.1, 50), st.lists(st.floats(0, 5), min_size=1, max_size=100))
def test_a_bucket_with_a_rate_of_its_own_holds_to_it(own: float, gaps: list[float]) -> None:
    buckets, now, passed = Buckets(1_000, 1_000), 0.0, 0
    for gap in gaps:
        now += gap
        passed += buckets.take("a", now, own_rate=own) == 0
    assert passed <= max(1.0, own) + now * own + 1e-6


async def test_a_key_has_its_own_rate_whatever_everybody_has(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        _, slow = await site.engine.keys.create("slow", "viewer", rate_per_sec=2)
        async with site.client(key=slow) as client, site.client("viewer") as free:
            answers = [await client.get(f"{V1}/me") for _ in range(4)]
            assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
            assert answers[2].headers["retry-after"] == "1"
            assert {(await free.get(f"{V1}/me")).status_code for _ in range(10)} == {200}


async def test_a_key_with_a_rate_of_its_own_is_not_held_up_by_its_address(tmp_path: Path) -> None:
    async with asura(tmp_path, rate_limit_per_sec=1, rate_limit_burst=2) as site:
        _, quick = await site.engine.keys.create("quick", "viewer", rate_per_sec=50)
        async with site.client(key=quick) as client, site.client("viewer") as free:
            assert {(await client.get(f"{V1}/me")).status_code for _ in range(20)} == {200}
            assert [(await free.get(f"{V1}/me")).status_code for _ in range(3)] == [200, 200, 429]


async def test_too_many_requests_are_told_when_to_come_back(tmp_path: Path) -> None:
    async with asura(tmp_path, rate_limit_per_sec=1, rate_limit_burst=3) as site, site.client() as client:
        answers = [await client.get(f"{V1}/me") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert answers[-1].headers["content-type"] == "application/problem+json"
        # Whether we are alive, and our figures, must be known in a storm too.
        for path in (f"{V1}/health", f"{V1}/health/ready", "/metrics", "/", "/assets/none.js"):
            assert (await client.get(path)).status_code != 429


async def test_a_key_is_limited_wherever_it_comes_from(tmp_path: Path) -> None:
    options = {"rate_limit_per_sec": 1, "rate_limit_burst": 3, "trusted_proxies": ("127.0.0.1",)}
    async with asura(tmp_path, **options) as site, site.client("viewer") as client:
        found = []
        for number in range(5):
            answer = await client.get(f"{V1}/me", headers={"X-Forwarded-For": f"198.51.100.{number}"})
            found.append(answer.status_code)
        assert found == [200, 200, 200, 429, 429]
        # Another key at a fresh address is none of that.
        other = {"X-Forwarded-For": "198.51.100.99", "Authorization": f"Bearer {site.keys['admin']}"}
        assert (await client.get(f"{V1}/me", headers=other)).status_code == 200


async def test_guessing_keys_is_limited_by_address(tmp_path: Path) -> None:
    async with asura(tmp_path, rate_limit_per_sec=1, rate_limit_burst=2) as site, site.client(None) as client:
        found = [
            (await client.get(f"{V1}/me", headers={"X-API-Key": f"guess-{number}"})).status_code for number in range(4)
        ]
    assert found == [401, 401, 429, 429]
