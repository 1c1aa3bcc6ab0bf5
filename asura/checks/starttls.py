"""The few words that each protocol needs before a plain connection may turn to TLS."""

from collections.abc import Awaitable, Callable
from typing import Literal

from asura.checks.exchange import quoted
from asura.domain.reason import Reason
from asura.net.dialer import Stream
from asura.net.errors import NetError

StartTls = Literal["none", "smtp", "imap", "pop3", "ftp", "postgres"]
PORTS = {"none": 443, "smtp": 25, "imap": 143, "pop3": 110, "ftp": 21, "postgres": 5432}
PROTOCOLS = {
    "none": "None: TLS from the first byte",
    "smtp": "SMTP",
    "imap": "IMAP",
    "pop3": "POP3",
    "ftp": "FTP",
    "postgres": "PostgreSQL",
}
MAX_LINES = 100
# The request of PostgreSQL's protocol for TLS: its length, and the number 80877103.
POSTGRES_REQUEST = (8).to_bytes(4) + (80877103).to_bytes(4)


async def prepare(stream: Stream, protocol: StartTls) -> None:
    """Talk until the far end waits for the TLS handshake.

    NetError: `starttls_refused` where it does not offer or refuses it, `unexpected_answer` where it speaks another
    protocol, `connection_closed` and `connect_reset` where it hangs up.
    """
    talk = _TALKS.get(protocol)
    if talk is None:
        return
    try:
        await talk(stream)
    except (ConnectionError, OSError) as exc:
        text = f"{stream.where} broke the connection off (reset) before STARTTLS."
        raise NetError(Reason.CONNECT_RESET, text) from exc


async def _smtp(stream: Stream) -> None:
    await _expect(stream, b"220", "greet as a mail server does")
    _say(stream, b"EHLO asura.invalid\r\n")
    offers = await _expect(stream, b"250", "accept EHLO")
    if not any(line[4:].strip().upper() == b"STARTTLS" for line in offers):
        raise _refused(stream, "does not offer STARTTLS")
    _say(stream, b"STARTTLS\r\n")
    await _agree(stream, b"220")


async def _ftp(stream: Stream) -> None:
    await _expect(stream, b"220", "greet as an FTP server does")
    _say(stream, b"AUTH TLS\r\n")
    await _agree(stream, b"234")


async def _imap(stream: Stream) -> None:
    greeting = await _line(stream)
    if not greeting.upper().startswith((b"* OK", b"* PREAUTH")):
        raise _foreign(stream, greeting, "greet as an IMAP server does")
    _say(stream, b"a1 STARTTLS\r\n")
    for _ in range(MAX_LINES):
        answer = await _line(stream)
        if answer[:3].lower() == b"a1 ":
            if answer[3:5].upper() != b"OK":
                raise _refused(stream, f"refused STARTTLS: {quoted(answer)}")
            return
    raise _refused(stream, "did not answer STARTTLS")


async def _pop3(stream: Stream) -> None:
    greeting = await _line(stream)
    if not greeting.startswith(b"+OK"):
        raise _foreign(stream, greeting, "greet as a POP3 server does")
    _say(stream, b"STLS\r\n")
    answer = await _line(stream)
    if not answer.startswith(b"+OK"):
        raise _refused(stream, f"refused STLS: {quoted(answer)}")


async def _postgres(stream: Stream) -> None:
    _say(stream, POSTGRES_REQUEST)
    answer = await stream.reader.read(1)
    if answer == b"N":
        raise _refused(stream, "does not offer TLS (PostgreSQL answered N); set ssl = on in its configuration")
    if answer != b"S":
        rest = await stream.reader.read(200) if answer else b""
        raise _foreign(stream, answer + rest, "answer as PostgreSQL does")


async def _agree(stream: Stream, code: bytes) -> None:
    lines = await _reply(stream)
    if not lines[-1].startswith(code):
        raise _refused(stream, f"refused STARTTLS: {quoted(lines[-1])}")


async def _expect(stream: Stream, code: bytes, doing: str) -> list[bytes]:
    lines = await _reply(stream)
    if not lines[-1].startswith(code):
        raise _foreign(stream, lines[-1], doing)
    return lines


async def _reply(stream: Stream) -> list[bytes]:
    """Return the lines of one answer of SMTP or FTP: all but the last have a dash after the code."""
    lines = [await _line(stream)]
    code = lines[0][:3]
    while code.isdigit() and lines[0][3:4] == b"-" and lines[-1][:4] != code + b" " and lines[-1] != code:
        if len(lines) >= MAX_LINES:
            raise _foreign(stream, lines[0], f"end an answer within {MAX_LINES} lines")
        lines.append(await _line(stream))
    return lines


async def _line(stream: Stream) -> bytes:
    try:
        line = await stream.reader.readline()
    except ValueError:
        raise _foreign(stream, b"", "send lines of text") from None
    if not line.endswith(b"\n"):
        said = f" after {quoted(line)}" if line else ""
        text = f"{stream.where} closed the connection{said} before STARTTLS."
        raise NetError(Reason.CONNECTION_CLOSED, text)
    return line.rstrip(b"\r\n")


def _say(stream: Stream, words: bytes) -> None:
    stream.writer.write(words)


def _refused(stream: Stream, what: str) -> NetError:
    return NetError(Reason.STARTTLS_REFUSED, f"{stream.where} {what}.")


def _foreign(stream: Stream, said: bytes, doing: str) -> NetError:
    what = f"; it said {quoted(said)}" if said else ""
    return NetError(Reason.UNEXPECTED_ANSWER, f"{stream.where} does not {doing}{what}.")


_TALKS: dict[str, Callable[[Stream], Awaitable[None]]] = {
    "smtp": _smtp,
    "imap": _imap,
    "pop3": _pop3,
    "ftp": _ftp,
    "postgres": _postgres,
}
