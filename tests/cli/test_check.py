"""`asura check` against real servers on this machine."""

import json
import socket
import threading
from collections.abc import Iterator

import pytest

from asura.cli.root import run


@pytest.fixture
def web() -> Iterator[int]:
    """A server that answers every connection with a small page; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    connection.recv(65536)
                    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{"ok":true}')
                except OSError:
                    pass

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


@pytest.fixture
def closed() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_server_that_answers_is_up_with_its_phases(web: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", f"http://127.0.0.1:{web}/"]) == 0
    out = capsys.readouterr().out
    assert "UP" in out
    assert "connect" in out
    assert "ttfb" in out
    assert "127.0.0.1" in out
    assert "\x1b" not in out


def test_assertions_are_drawn_and_decide(web: int, capsys: pytest.CaptureFixture[str]) -> None:
    target = f"http://127.0.0.1:{web}/"
    assert run(["check", target, "--assert", "json $.ok eq true", "--assert", "status in 200-299"]) == 0
    assert capsys.readouterr().out.count("✔") == 3
    assert run(["check", target, "--assert", "json $.ok eq false"]) == 1
    assert "assertion" in capsys.readouterr().out


def test_nobody_listens(closed: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "-json", f"127.0.0.1:{closed}"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["type"], found["status"], found["reason"]) == ("tcp", "down", "connect_refused")
    assert found["message"]


def test_json_has_the_names_of_the_api(web: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--json", f"http://127.0.0.1:{web}/"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["status"], found["code"], found["reason"]) == ("up", 200, "ok")
    assert set(found["phases_ms"]) == {"dns", "connect", "tls", "ttfb", "transfer"}
    assert found["phases_ms"]["connect"] > 0
    assert found["evidence"]["address"].startswith("127.0.0.1")


def test_the_type_can_be_chosen_and_settings_given(web: int, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--type", "tcp", "--set", "send=hello", "--set", "expect=HTTP/1.1 200", "--timeout", "3s"]
    assert run(["check", f"127.0.0.1:{web}", *words]) == 0
    assert "UP" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["what is this"], "cannot tell what to check"),
        (["example.com", "--type", "nonsense"], "there is no check type"),
        (["127.0.0.1:1", "--set", "sned=x"], "did you mean send?"),
        (["example.com", "--timeout", "soon"], "--timeout"),
        (["example.com", "--timeout", "1h"], "timeout"),
        (["example.com", "--assert", "loudness > 5"], "assertions[0]"),
        (["http://169.254.169.254/"], "target"),
    ],
)
def test_wrong_use_is_told_before_anything_is_sent(
    capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert run(["check", *words]) == 2
    assert told in capsys.readouterr().err


def test_a_secret_is_not_drawn(web: int, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ([], ["--json"]):
        words = ["--set", 'auth={"type":"bearer","token":"canary-55"}', *more]
        run(["check", f"http://127.0.0.1:{web}/", *words])
        told = capsys.readouterr()
        assert "canary-55" not in told.out + told.err
