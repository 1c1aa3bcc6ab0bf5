"""What the machine says about its own network."""

from pathlib import Path

import pytest

from asura.net.local import default_gateway, is_local, resolvers

ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
"""


def test_the_default_gateway_is_read_from_the_routes(tmp_path: Path) -> None:
    table = tmp_path / "route"
    table.write_text(ROUTES)
    assert default_gateway(table) == "192.168.0.1"


@pytest.mark.parametrize("text", ["", ROUTES.splitlines()[0], "\n".join(ROUTES.splitlines()[:2]), "x\ny z\n"])
def test_without_a_default_route_there_is_no_gateway(tmp_path: Path, text: str) -> None:
    table = tmp_path / "route"
    table.write_text(text)
    assert default_gateway(table) is None
    assert default_gateway(tmp_path / "absent") is None


def test_the_resolvers_are_read_in_order(tmp_path: Path) -> None:
    table = tmp_path / "resolv.conf"
    table.write_text(
        "# note\nsearch x.test\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\nnameserver\noptions ndots:1\n"
    )
    assert resolvers(table) == ("192.0.2.1", "fe80::1%eth0")
    assert resolvers(tmp_path / "absent") == ()


def test_addresses_of_this_machine_are_told_from_others() -> None:
    assert is_local("127.0.0.1")
    assert is_local("127.9.9.9")
    assert not is_local("192.0.2.77")
    assert not is_local("2001:db8::77")
