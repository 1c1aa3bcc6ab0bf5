"""The log: one line an event, ids on every line, never a secret."""

import io
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from asura import log
from asura.domain.fields import Secret


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield io.StringIO()
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(False)


def one_json(stream: io.StringIO) -> dict[str, object]:
    (line,) = stream.getvalue().splitlines()
    found: dict[str, object] = json.loads(line)
    return found


@pytest.mark.parametrize("form", ["text", "json"])
def test_journald_is_told_how_urgent_each_line_is(
    form: str, stream: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As systemd does: a stream, and the variable that names it.
    with (tmp_path / "journal").open("w+") as journal:
        about = os.fstat(journal.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{about.st_dev}:{about.st_ino}")
        log.configure(level="debug", format=form, stream=journal)
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
            logging.getLogger("asura").log(level, "word")
        try:
            raise ValueError("seven")
        except ValueError:
            logging.getLogger("asura").exception("broken")
        log.configure(stream=stream)
        logging.getLogger("asura").error("elsewhere")
        journal.seek(0)
        lines = journal.read().splitlines()
    assert [line[:3] for line in lines[:5]] == ["<7>", "<6>", "<4>", "<3>", "<2>"]
    assert {line[:3] for line in lines[5:]} == {"<3>"} and "ValueError: seven" in lines[-1]
    assert form == "text" or all(json.loads(line[3:])["message"] for line in lines)
    assert stream.getvalue().endswith("elsewhere\n") and "<" not in stream.getvalue()


def test_json_lines_have_level_logger_message_ids_and_extras(stream: io.StringIO) -> None:
    log.configure(format="json", stream=stream)
    with log.bound(request="r-1", check="c-2"):
        logging.getLogger("asura.web").info("%s %d", "GET", 200, extra={"duration_ms": 1.5, "actor": "ann"})
    found = one_json(stream)
    assert str(found.pop("at")).endswith("Z")
    assert found == {
        "level": "info",
        "logger": "asura.web",
        "message": "GET 200",
        "request_id": "r-1",
        "check_id": "c-2",
        "duration_ms": 1.5,
        "actor": "ann",
    }


def test_ids_end_with_their_block(stream: io.StringIO) -> None:
    log.configure(format="json", stream=stream)
    with log.bound(request="r-1"):
        pass
    logging.getLogger("x").info("later")
    assert "request_id" not in one_json(stream)


def test_text_lines_show_the_same(stream: io.StringIO) -> None:
    log.configure(stream=stream)
    logging.getLogger("x").warning("slow", extra={"request_id": "r-1", "who": "ann lee"})
    line = stream.getvalue().rstrip("\n")
    assert line.endswith(' WARNING slow request_id=r-1 who="ann lee"')


def test_the_level_holds_and_a_second_call_replaces_the_first(stream: io.StringIO) -> None:
    log.configure(level="debug", stream=io.StringIO())
    log.configure(level="error", stream=stream)
    logging.getLogger("x").warning("hidden")
    logging.getLogger("x").error("shown")
    assert stream.getvalue().count("\n") == 1


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize(
    "text",
    [
        "GET https://user:canary-77@host/ failed",
        "Authorization: Bearer canary-77",
        "sent X-API-Key: canary-77",
        "token=canary-77&a=1",
        '{"password": "canary-77"}',
        "known canary-77 in the middle",
        "said %s",
    ],
)
def test_secrets_are_stars_whoever_writes_them(stream: io.StringIO, format: str, text: str) -> None:
    if "known" in text:
        log.know(None, Secret("a"))
        log.know_in({"auth": {"tokens": [Secret("canary-77")]}})
    log.configure(format=format, stream=stream)
    arguments = (Secret("canary-77"),) if "%s" in text else ()
    logging.getLogger("x").info(text, *arguments, extra={"note": text % arguments if arguments else text})
    assert "canary-77" not in stream.getvalue()
    assert "****" in stream.getvalue()


@pytest.mark.parametrize("format", ["text", "json"])
def test_secrets_in_tracebacks_are_stars_too(stream: io.StringIO, format: str) -> None:
    log.know(Secret("canary-88"))
    log.configure(format=format, stream=stream)
    try:
        raise ValueError("canary-88")
    except ValueError:
        logging.getLogger("x").exception("failed")
    assert "ValueError" in stream.getvalue()
    assert "canary-88" not in stream.getvalue()


def test_a_message_cannot_pretend_to_be_another_line(stream: io.StringIO) -> None:
    log.configure(stream=stream)
    logging.getLogger("x").info("a\n2026-01-01 ERROR forged \x1b[31m")
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


def test_what_is_hidden_for_a_block_is_in_none_of_its_lines_and_forgotten_after_it(stream: io.StringIO) -> None:
    log.configure(format="json", stream=stream)
    with log.hiding(Secret("ann@example.org"), Secret("")), log.hiding(Secret("tok")):
        logging.getLogger("x").info("to ann@example.org by tok: %s", "ann@example.org")
    logging.getLogger("x").info("to ann@example.org by tok")
    first, second = stream.getvalue().splitlines()
    assert "ann" not in first
    assert '"to ******** by ********: ********"' in first
    assert "to ann@example.org by tok" in second
