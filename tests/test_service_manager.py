"""The protocol of service managers: news as datagrams, sockets in both directions, and nobody there."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from asura import service_manager
from asura.service_manager import Manager


class Ear:
    """The manager's end of the way."""

    def __init__(self, address: str) -> None:
        self.way = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.way.bind(address)
        self.way.settimeout(5)
        self.sockets: list[socket.socket] = []

    def hear(self) -> dict[str, str]:
        """Return the next piece of news; sockets that came with it are kept."""
        message, numbers, _, _ = socket.recv_fds(self.way, 8192, 8)
        self.sockets += [socket.socket(fileno=number) for number in numbers]
        return dict(line.split("=", 1) for line in message.decode().splitlines())

    def silent(self) -> bool:
        """Return whether there is no more news."""
        self.way.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            return not self.way.recv(8192)
        return True


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    one = Ear(str(tmp_path / "notify"))
    yield one
    for kept in (one.way, *one.sockets):
        kept.close()


def test_news_arrive_as_they_are_defined(ear: Ear) -> None:
    manager = Manager(ear.way.getsockname())
    assert manager.there
    manager.ready("watching 42 monitors, 1 down")
    assert ear.hear() == {"READY": "1", "STATUS": "watching 42 monitors, 1 down"}
    before = time.monotonic_ns() // 1000
    manager.reloading()
    said = ear.hear()
    assert said["RELOADING"] == "1" and before <= int(said["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
    assert manager.status("two\nlines\tand a READY=1") and ear.hear() == {"STATUS": "two lines and a READY=1"}
    assert manager.alive() and ear.hear() == {"WATCHDOG": "1"}
    manager.failed("cannot listen", 98)
    assert ear.hear() == {"STATUS": "cannot listen", "ERRNO": "98"}
    manager.failed("x" * 5000)
    assert len(ear.hear()["STATUS"]) == 300
    manager.stopping()
    assert ear.hear() == {"STOPPING": "1", "STATUS": "stopping"}
    assert ear.silent()


def test_a_socket_is_handed_over_to_be_kept_and_taken_back(ear: Ear) -> None:
    manager = Manager(ear.way.getsockname())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        manager.keep("asura-http", listener)
    assert ear.hear() == {"FDSTORE": "1", "FDNAME": "asura-http"}
    (kept,) = ear.sockets
    with socket.create_connection(address):
        # It goes on to listen though the sender has closed it.
        kept.accept()[0].close()
    manager.forget("asura-http")
    assert ear.hear() == {"FDSTOREREMOVE": "1", "FDNAME": "asura-http"}


def test_an_abstract_address_is_understood(ear: Ear) -> None:
    name = f"asura-test-{os.getpid()}"
    other = Ear(f"\0{name}")
    Manager(f"@{name}").ready("here")
    assert other.hear()["READY"] == "1"
    other.way.close()


def test_time_is_asked_for_again_and_again_while_the_caller_is_held_up(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_manager, "EXTEND_EVERY_S", 0.02)
    with Manager(ear.way.getsockname()).patient("opening the database"):
        assert ear.hear() == {"STATUS": "opening the database", "EXTEND_TIMEOUT_USEC": "30000000"}
        assert [ear.hear() for _ in range(3)] == [{"EXTEND_TIMEOUT_USEC": "30000000"}] * 3
    while ear.way.gettimeout() and not ear.silent():
        ear.way.settimeout(5)
    assert ear.silent(), "it ends with the block"
    with Manager().patient("nobody is told"):
        assert not Manager().there


def test_a_manager_that_is_gone_or_busy_holds_nobody_up(ear: Ear, tmp_path: Path) -> None:
    for address in ("", str(tmp_path / "nowhere"), "x" * 300):
        assert not Manager(address).alive()
    manager, began = Manager(ear.way.getsockname()), time.monotonic()
    while manager.alive():
        continue
    assert not manager.status("not heard")
    assert time.monotonic() - began < 5
    while not ear.silent():
        continue
    assert manager.alive()


@pytest.mark.parametrize(
    ("pid", "microseconds", "seconds"),
    [
        (str(os.getpid()), "3000000", 3.0),
        (str(os.getppid()), "500000", 0.5),
        ("", "1000000", 1.0),
        ("1", "3000000", 0.0),
        ("", "", 0.0),
        ("", "-5", 0.0),
        ("", "soon", 0.0),
    ],
    ids=["us", "our launcher", "anybody", "another", "none", "negative", "no number"],
)
def test_the_watchdog_counts_when_it_means_us_or_our_launcher(pid: str, microseconds: str, seconds: float) -> None:
    environment = {"WATCHDOG_PID": pid, "WATCHDOG_USEC": microseconds, "OTHER": "stays"}
    assert Manager.found(environment).watchdog_s == seconds
    assert environment == {"OTHER": "stays"}, "no child of ours shall answer for us"


def test_without_a_manager_nothing_is_found() -> None:
    manager = Manager.found({})
    assert not manager.there and manager.handed == () and manager.watchdog_s == 0
    assert Manager.found({"LISTEN_FDS": "1", "LISTEN_PID": "1"}).handed == (), "meant for somebody else"
    assert Manager.found({"LISTEN_FDS": "what", "LISTEN_PID": str(os.getpid())}).handed == ()


TAKES = """
import os
from asura.service_manager import Manager
found = Manager.found()
for one in found.handed:
    print(one.name, one.socket.fileno(), one.socket.getsockname()[1], one.socket.get_inheritable())
print(sorted(name for name in os.environ if name.startswith("LISTEN")))
"""


@pytest.mark.parametrize("launcher", ["", "; exit"], ids=["ours", "our launcher's"])
def test_sockets_are_taken_over_by_number_with_their_names(launcher: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        numbers = [os.dup(one.fileno()) for one in (first, second)]
        high = [os.dup2(number, 150 + at) for at, number in enumerate(numbers)]
        script = f'exec 3<&{high[0]} 4<&{high[1]} 5</dev/null; export LISTEN_PID=$$; "$@" {launcher}'
        environment = {**os.environ, "LISTEN_FDS": "3", "LISTEN_FDNAMES": "http:mail"}
        for number in high:
            os.set_inheritable(number, True)
        command = ["bash", "-c", script if launcher else script.replace('"$@"', 'exec "$@"'), "sh"]
        said = subprocess.run(
            [*command, sys.executable, "-c", TAKES], env=environment, pass_fds=high, check=True, capture_output=True
        )
        for number in (*numbers, *high):
            os.close(number)
        ports = [one.getsockname()[1] for one in (first, second)]
    assert said.stdout.decode().splitlines() == [f"http 3 {ports[0]} False", f"mail 4 {ports[1]} False", "[]"]
    assert b"is no socket" in said.stderr
