"""What a check saw, as assertions ask for it; text and JSON are decoded only when one does."""

from typing import Any, Final

import msgspec

from asura.checks.json_paths import Steps, TooDear
from asura.checks.patterns import select

MISSING: Final = object()


class Unreadable(Exception):
    """What an assertion asks for cannot be had at all, and why."""


class Seen(msgspec.Struct, kw_only=True):
    """What was seen. A check type fills what it is assertable on; None stands for nothing."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | str | None = None
    charset: str = "utf-8"
    response_ms: float | None = None
    certificate_days: float | None = None
    answers: tuple[str, ...] | None = None
    rcode: str | None = None
    loss_ratio: float | None = None
    jitter_ms: float | None = None
    protocol: str | None = None
    _text: str | None = None
    _document: Any = MISSING
    # All paths of one check share them.
    _steps: Steps = msgspec.field(default_factory=Steps)

    def text(self) -> str:
        """Return the body as text; bytes that do not fit the charset become the replacement character."""
        if self._text is None:
            self._text = decoded(self.body, self.charset)
        return self._text

    def document(self) -> Any:
        """Return the body as JSON; raises Unreadable."""
        if self._document is MISSING:
            try:
                self._document = msgspec.json.decode(self.text().removeprefix("\ufeff").encode("utf-8", "replace"))
            except (msgspec.DecodeError, RecursionError):
                raise Unreadable("the body is not JSON") from None
        return self._document

    def value(self, on: str, name: str = "", path: str = "") -> Any:
        """Return what an assertion is about, MISSING where the target gave none; raises Unreadable."""
        if on == "header":
            found = [value for key, value in self.headers if key == name.lower()]
            return ", ".join(found) if found else MISSING
        if on == "body":
            return MISSING if self.body is None else self.text()
        if on == "json":
            nodes = self._found(path)
            return MISSING if not nodes else nodes[0] if len(nodes) == 1 else nodes
        value = getattr(self, _FIELDS[on])
        return MISSING if value is None else value

    def _found(self, path: str) -> list[Any]:
        try:
            return select(path, self.document(), self._steps)
        except TooDear:
            raise Unreadable("that takes too many steps in this document: write a more exact path") from None


_FIELDS = {
    "status": "status",
    "response_time": "response_ms",
    "certificate_days": "certificate_days",
    "answer": "answers",
    "rcode": "rcode",
    "loss": "loss_ratio",
    "jitter": "jitter_ms",
    "protocol": "protocol",
}


def decoded(body: bytes | str | None, charset: str) -> str:
    """Return a body as text, by its charset where there is such a one, else as UTF-8."""
    if body is None or isinstance(body, str):
        return body or ""
    try:
        return body.decode(charset, "replace")
    except (LookupError, UnicodeError, ValueError):
        return body.decode("utf-8", "replace")
