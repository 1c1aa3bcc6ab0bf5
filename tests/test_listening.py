"""Which socket is taken for what: from a socket unit, kept from the last start, or bound anew."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from asura.errors import AsuraError
from asura.listening import BACKLOG, Doors, open_doors
from asura.service_manager import Handed, Manager
from asura.settings import Server, Settings
from asura.settings_heartbeat import Heartbeats
from tests.process import free_port
from tests.test_service_manager import Ear


class Bench:
    """A manager with an ear, and everything that was opened, to be closed at the end."""

    def __init__(self, stack: contextlib.ExitStack, folder: Path) -> None:
        self.stack, self.folder = stack, folder
        self.ear = Ear(str(folder / "notify"))
        stack.callback(self.ear.way.close)
        stack.callback(lambda: [one.close() for one in self.ear.sockets])

    def listener(self, address: str | tuple[str, int] = ("127.0.0.1", 0)) -> socket.socket:
        """Return a socket that a manager opened."""
        if isinstance(address, str):
            made = self.stack.enter_context(socket.socket(socket.AF_UNIX))
            made.bind(address)
            made.listen()
            return made
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        return self.stack.enter_context(socket.create_server(address, family=family))

    def open(self, listen: str, *handed: tuple[str, socket.socket], mail: str = "") -> tuple[Doors, Settings]:
        """Open the doors with duplicates of what is handed over, as a new process has them."""
        copies = [Handed(name, socket.socket(fileno=os.dup(one.fileno()))) for name, one in handed]
        manager = Manager(self.ear.way.getsockname(), handed=copies)
        settings = msgspec.structs.replace(
            Settings(), server=Server(listen=listen), heartbeat=Heartbeats(smtp_listen=mail)
        )
        doors = open_doors(settings, manager)
        self.stack.callback(doors.close)
        return doors, doors.settled(settings)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with contextlib.ExitStack() as stack:
        yield Bench(stack, tmp_path)


def port_of(one: socket.socket) -> int:
    """Return the port of a socket."""
    return int(one.getsockname()[1])


def answers(one: socket.socket) -> bool:
    """Return whether somebody listens there."""
    with contextlib.suppress(OSError), socket.create_connection(one.getsockname()[:2], timeout=5):
        return True
    return False


def test_what_is_bound_by_us_is_given_to_the_manager_and_taken_again(bench: Bench) -> None:
    doors, settings = bench.open("127.0.0.1:0", mail="127.0.0.1:0")
    assert settings.server.listen == f"127.0.0.1:{port_of(doors.http[0])}"
    assert [bench.ear.hear()["FDNAME"] for _ in range(2)] == ["asura-http", "asura-mail"]
    kept, letters = bench.ear.sockets
    doors.close()
    assert answers(kept), "the queue stays open"
    again, _ = bench.open(settings.server.listen, ("asura-http", kept), ("asura-mail", letters), mail="127.0.0.1:0")
    assert port_of(again.http[0]) == port_of(kept) and port_of(again.mail[0]) == port_of(letters)
    assert bench.ear.silent(), "what is kept stays kept"
    assert not again.http[0].getblocking()


def test_a_kept_socket_that_does_not_fit_any_more_is_ended_for_everybody(bench: Bench) -> None:
    kept, letters = bench.listener(), bench.listener()
    port = port_of(kept)
    doors, settings = bench.open(f":{port}", ("asura-http", kept), ("asura-mail", letters))
    assert (settings.server.listen, port_of(doors.http[0])) == (f":{port}", port), "the address is free at once"
    assert [bench.ear.hear() for _ in range(3)] == [
        {"FDSTOREREMOVE": "1", "FDNAME": "asura-http"},
        {"FDSTOREREMOVE": "1", "FDNAME": "asura-mail"},
        {"FDSTORE": "1", "FDNAME": "asura-http"},
    ]
    assert not answers(letters) and doors.mail == ()


@pytest.mark.parametrize(
    ("bound", "listen", "fits"),
    [
        (("127.0.0.1", 0), "127.0.0.1:{}", True),
        (("127.0.0.1", 0), "localhost:{}", True),
        (("127.0.0.1", 0), "127.0.0.1:0", True),
        (("127.0.0.1", 0), "127.0.0.2:{}", False),
        (("127.0.0.1", 0), "0.0.0.0:{}", False),
        (("0.0.0.0", 0), "0.0.0.0:{}", True),
        (("0.0.0.0", 0), ":{}", True),
        (("::1", 0), "[::1]:{}", True),
        (("::1", 0), "127.0.0.1:{}", False),
        (("::", 0), "[::]:{}", True),
        (("::", 0), ":{}", False),
    ],
)
def test_a_kept_socket_fits_the_address_that_would_be_bound(
    bench: Bench, bound: tuple[str, int], listen: str, fits: bool
) -> None:
    kept = bench.listener(bound)
    doors, _ = bench.open(listen.format(port_of(kept)), ("asura-http", kept))
    assert os.path.sameopenfile(doors.http[0].fileno(), kept.fileno()) is fits


def test_the_choice_of_a_socket_unit_wins_and_is_told(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    given, six, door = bench.listener(), bench.listener(("::1", 0)), bench.listener(str(bench.folder / "door"))
    stale = bench.listener()
    doors, settings = bench.open(
        "127.0.0.1:1", ("http", given), ("http", six), ("http", door), ("asura-http", stale), mail="127.0.0.1:0"
    )
    assert [one.getsockname() for one in doors.http] == [one.getsockname() for one in (given, six, door)]
    assert settings.server.listen == f"127.0.0.1:{port_of(given)}"
    assert doors.addresses() == (("127.0.0.1", port_of(given)), ("::1", port_of(six)))
    assert not answers(stale), "kept from a time without the socket unit"
    assert "server.listen (127.0.0.1:1) is not used" in caplog.text
    assert [bench.ear.hear()["FDNAME"] for _ in range(2)] == ["asura-http", "asura-mail"]
    assert bench.ear.silent() and len(bench.ear.sockets) == 1, "what a unit opened is not ours to keep"


def test_a_socket_unit_that_says_the_same_is_no_news(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    given = bench.listener()
    _, settings = bench.open(f"127.0.0.1:{port_of(given)}", ("asura.socket", given))
    assert settings.server.listen == f"127.0.0.1:{port_of(given)}" and caplog.text == ""


@pytest.mark.parametrize("names", [("mail", "http"), ("asura.socket", "asura.socket")])
@pytest.mark.parametrize("known", [True, False])
def test_sockets_are_told_apart_by_name_else_by_address_else_by_order(
    bench: Bench, names: tuple[str, str], known: bool
) -> None:
    one, other = bench.listener(), bench.listener()
    swapped = names[0] == "mail" or known
    letters = one if swapped else other
    mail = f"127.0.0.1:{port_of(letters) if known else 1}"
    doors, _ = bench.open("127.0.0.1:1", (names[0], one), (names[1], other), mail=mail)
    assert [port_of(x) for x in doors.mail] == [port_of(letters)]
    assert [port_of(x) for x in doors.http] == [port_of(other if swapped else one)]


def test_a_unix_socket_alone_leaves_the_address_as_it_is(bench: Bench) -> None:
    doors, settings = bench.open("127.0.0.1:8090", ("http", bench.listener(str(bench.folder / "door"))))
    assert settings.server.listen == "127.0.0.1:8090" and doors.addresses() == ()


def test_what_does_not_listen_is_not_taken(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    datagram = bench.stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    bound = bench.stack.enter_context(socket.socket())
    bound.bind(("127.0.0.1", 0))
    doors, _ = bench.open("127.0.0.1:0", ("http", datagram), ("http", bound))
    assert answers(doors.http[0]) and caplog.text.count("does not listen") == 2


def test_a_taken_port_says_what_to_do_and_leaves_nothing_open(bench: Bench) -> None:
    taken, free = bench.listener(), free_port()
    with pytest.raises(AsuraError, match=r"set heartbeat\.smtp_listen to a free address") as caught:
        bench.open(f"127.0.0.1:{free}", mail=f"127.0.0.1:{port_of(taken)}")
    assert caught.value.errno == 98  # type: ignore[attr-defined]
    with socket.create_server(("127.0.0.1", free)):
        assert BACKLOG >= 2048
