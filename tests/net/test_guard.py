"""The address table against every way of writing a place that must not be dialled."""

import socket
from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.net.guard import AllowList, literal, refusal

METADATA = ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "169.254.170.2", "168.63.129.16"]
NEVER = [*METADATA, "0.0.0.0", "0.1.2.3", "::", "169.254.0.1", "fe80::1", "224.0.0.1", "ff02::1", "255.255.255.255"]
PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "fc00::1",
    "fd12:3456::1",
    "198.18.0.1",
    "192.0.2.1",
    "2001:db8::1",
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1"]


def hidden(address: str) -> dict[str, str]:
    """Return every form of IPv6 that carries an IPv4 address."""
    number = int(IPv4Address(address))
    high, low = number >> 16, number & 0xFFFF
    teredo = number ^ 0xFFFFFFFF
    return {
        "mapped": f"::ffff:{address}",
        "compatible": f"::{high:x}:{low:x}" if high else f"::ffff:0:{address}",
        "translated": f"::ffff:0:{high:x}:{low:x}",
        "nat64": f"64:ff9b::{address}",
        "local nat64 /96": f"64:ff9b:1::{address}",
        "local nat64 /48": f"64:ff9b:1:{high:x}:{low >> 8:x}:{(low & 0xFF) << 8:x}::",
        "6to4": f"2002:{high:x}:{low:x}::1",
        "teredo client": f"2001:0:808:808:0:0:{teredo >> 16:x}:{teredo & 0xFFFF:x}",
        "teredo server": f"2001:0:{high:x}:{low:x}::1",
        "isatap": f"2a00::5efe:{address}",
        "isatap global": f"2a00::200:5efe:{address}",
    }


@pytest.mark.parametrize("address", NEVER)
def test_nobody_dials_these(address: str) -> None:
    assert refusal(address, private_ok=True)
    assert refusal(address, private_ok=False)


@pytest.mark.parametrize("address", PRIVATE)
def test_checks_may_dial_private_addresses_and_channels_may_not(address: str) -> None:
    assert refusal(address, private_ok=True) is None
    assert refusal(address, private_ok=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_everybody_dials_public_addresses(address: str) -> None:
    assert refusal(address, private_ok=False) is None


@pytest.mark.parametrize("form", hidden("8.8.8.8"))
@pytest.mark.parametrize("address", ["169.254.169.254", "100.100.100.200", "224.0.0.1"])
def test_a_forbidden_address_inside_an_ipv6_address_is_found(form: str, address: str) -> None:
    assert refusal(hidden(address)[form], private_ok=True), hidden(address)[form]


@pytest.mark.parametrize("form", hidden("8.8.8.8"))
@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.0.10"])
def test_a_private_address_inside_an_ipv6_address_is_found(form: str, address: str) -> None:
    assert refusal(hidden(address)[form], private_ok=False), hidden(address)[form]


def test_what_is_no_address_is_refused() -> None:
    assert refusal("example.com", private_ok=True)
    assert refusal("fe80::1%eth0", private_ok=True) == "a link-local address"


LITERALS = {
    "127.1": "127.0.0.1",
    "127.0.1": "127.0.0.1",
    "0x7f000001": "127.0.0.1",
    "0x7F.1": "127.0.0.1",
    "2130706433": "127.0.0.1",
    "017700000001": "127.0.0.1",
    "0177.0.0.01": "127.0.0.1",
    "127.0.0.1.": "127.0.0.1",
    "127。0。0。1": "127.0.0.1",
    "\uff11\uff12\uff17.0.0.1": "127.0.0.1",
    "2852039166": "169.254.169.254",
    "0xa9fea9fe": "169.254.169.254",
    "169.254.43518": "169.254.169.254",
    "0": "0.0.0.0",
    "[::1]": "::1",
    "fe80::1%eth0": "fe80::1",
    "[fe80::1%25eth0]": "fe80::1",
    "::FFFF:127.0.0.1": "::ffff:7f00:1",
}


@pytest.mark.parametrize(("text", "address"), LITERALS.items())
def test_every_way_of_writing_an_address_is_understood(text: str, address: str) -> None:
    # Python 3.13 and later write ::ffff:127.0.0.1 for what was ::ffff:7f00:1 before.
    understood = literal(text)
    assert understood is not None and ip_address(understood) == ip_address(address)


@pytest.mark.parametrize(
    "name",
    ["example.com", "1e5.example", "256.1.1.1.example", "127.0.0.1.nip.example", "face", "a1", "", "1.2.3.4.5", "-1"],
)
def test_names_are_not_taken_for_addresses(name: str) -> None:
    assert literal(name) is None


@given(st.integers(0, 2**32 - 1), st.integers(0, 3), st.sampled_from(["{}", "0x{:x}", "0{:o}"]))
def test_literals_are_read_as_the_system_reads_them(number: int, dots: int, notation: str) -> None:
    heads = [number >> 8 * (3 - index) & 0xFF for index in range(dots)]
    tail = number & (2 ** (8 * (4 - dots)) - 1)
    text = ".".join(notation.format(part) for part in [*heads, tail])
    assert literal(text) == socket.inet_ntoa(socket.inet_aton(text))


@given(st.integers(0, 2**32 - 1))
def test_no_hidden_form_is_freer_than_the_address_it_hides(number: int) -> None:
    address = str(IPv4Address(number))
    for private_ok in (True, False):
        if refusal(address, private_ok=private_ok):
            assert all(refusal(str(ip_address(form)), private_ok=private_ok) for form in hidden(address).values())


def test_an_allow_list_names_networks_hosts_and_domains() -> None:
    allow = AllowList(("10.1.0.0/16", "192.168.1.5", "Chat.internal", ".lan"))
    assert allow.covers("10.1.2.3")
    assert allow.covers("::ffff:10.1.2.3")
    assert allow.covers("192.168.1.5")
    assert not allow.covers("10.2.0.1")
    assert not allow.covers("192.168.1.6")
    assert allow.names("chat.internal.")
    assert allow.names("box.lan")
    assert not allow.names("lan")
    assert not allow.names("evil-chat.internal")
    assert not AllowList().covers("10.0.0.1")
