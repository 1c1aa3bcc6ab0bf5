"""What can be wrong between a probe and its primary, each in words that say what to do."""

from collections.abc import Mapping
from enum import Enum, auto
from urllib.parse import urlsplit

import msgspec

from asura import __version__
from asura.errors import AsuraError

# No primary may make a probe wait longer than this.
LONGEST_WAIT_S = 300.0
ASSIGNMENTS, RESULTS = "/api/v1/internal/monitors", "/api/v1/internal/results"
# No more of what others say is shown.
_LONGEST_WORDS = 300
# What the primary says of a batch that makes no sense to it: it will not do so later either.
_SENSELESS = (400, 413, 415, 422)


class Kind(Enum):
    """What is wrong."""

    AWAY = auto()  # no answer, or one that says that it is busy or broken
    KEY = auto()  # not known, or not that of a probe
    REGION = auto()  # the key is for another one
    SUPERSEDED = auto()  # another process uses the key
    ADDRESS = auto()  # something else answers there, or sends us elsewhere
    VERSION = auto()  # the two do not understand each other
    SENSELESS = auto()  # one batch is not taken, and never will be


# With these nothing is checked: nobody wants the results.
NOT_OURS = frozenset({Kind.KEY, Kind.REGION, Kind.SUPERSEDED})
# With these a process that has only just begun ends: nothing heals them but another configuration.
HOPELESS = frozenset({Kind.KEY, Kind.REGION})


class Trouble(AsuraError):
    """Why something did not work; `retry_after` is in seconds where the primary says when to come again."""

    def __init__(self, kind: Kind, sentence: str, *, retry_after: float | None = None) -> None:
        self.kind = kind
        self.sentence = _one_line(sentence)
        self.retry_after = retry_after
        super().__init__(self.sentence)


class _Problem(msgspec.Struct):
    detail: str = ""


def trouble(primary: str, status: int, headers: Mapping[str, str], body: bytes) -> Trouble:
    """Return what an answer other than the wanted one means; `primary` is the address that was given."""
    said = _detail(body)
    match status:
        case 401 | 403:
            return _key(primary, status, said)
        case 404 | 405 | 410:
            text = f"Nothing at {primary} takes probes: correct probe.primary, or set probes.enabled there."
            return Trouble(Kind.ADDRESS, text)
        case 409:
            return _conflict(primary, said)
        case 426:
            text = f"The primary at {primary} and this probe (asura {__version__}) do not understand each other: "
            return Trouble(Kind.VERSION, text + (said or "upgrade the older of the two."))
        case _ if 300 <= status < 400:
            return _redirect(primary, headers.get("location", ""))
        case _ if status in _SENSELESS:
            return Trouble(Kind.SENSELESS, f"The primary at {primary} cannot take it ({status}): {said or 'no reason'}")
    text = f"The primary at {primary} answers {status}{f': {said}' if said else ''}"
    return Trouble(Kind.AWAY, text, retry_after=_retry_after(headers))


def nonsense(primary: str, why: str) -> Trouble:
    """Return that something answers which is no asura."""
    return Trouble(Kind.ADDRESS, f"What answers at {primary} is not the primary of this probe: {_short(why)}")


def too_new(primary: str, why: str) -> Trouble:
    """Return that the primary speaks what this version does not understand."""
    text = f"The primary at {primary} is too new for this probe (asura {__version__}): upgrade the probe. {_short(why)}"
    return Trouble(Kind.VERSION, text)


def _key(primary: str, status: int, said: str) -> Trouble:
    if status == 401:
        text = f"The primary at {primary} does not know the key of this probe: it is mistyped, or was revoked."
    else:
        text = f"The primary at {primary} does not let this key in: {said or 'it is not that of a probe'}"
    return Trouble(Kind.KEY, f"{text} Make a key there, under Probes, and set it as probe.key (ASURA_KEY).")


def _conflict(primary: str, said: str) -> Trouble:
    if "of the region" in said:
        return Trouble(Kind.REGION, f"The primary at {primary} says: {said} Correct probe.region, or leave it out.")
    text = f"The primary at {primary} has another process in the place of this one, which waits"
    return Trouble(Kind.SUPERSEDED, f"{text}: {said or 'each needs a key, or with a shared key a name, of its own.'}")


def _redirect(primary: str, location: str) -> Trouble:
    try:
        parts = urlsplit(location)
        elsewhere = f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else ""
    except ValueError:
        elsewhere = ""
    for path in (ASSIGNMENTS, RESULTS):
        elsewhere = elsewhere.removesuffix("/").removesuffix(path)
    hint = f" to {_short(elsewhere)}: set probe.primary to that" if elsewhere else ": set probe.primary anew"
    return Trouble(Kind.ADDRESS, f"{primary} leads elsewhere{hint}. A key is not sent after a redirect.")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "")
    return min(float(text), LONGEST_WAIT_S) if text.isascii() and text.isdigit() else None


def _detail(body: bytes) -> str:
    """Return the sentence of a problem; empty where the body is none."""
    try:
        words = _short(msgspec.json.decode(body, type=_Problem).detail)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return words if not words or words[-1] in ".!?" else f"{words}."


def _short(text: str) -> str:
    return _one_line(text)[:_LONGEST_WORDS]


def _one_line(text: str) -> str:
    """Return a text without what moves the cursor of a terminal, colours it, or turns the direction of writing."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
