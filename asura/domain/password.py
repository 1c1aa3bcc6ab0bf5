"""Whether a password is good enough, and how good: its length, what everybody takes, and what is easy to guess."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from math import log2

import msgspec

SHORTEST, LONGEST = 10, 200
# Guesses as powers of two from which on a score is given: 1, 2, 3, 4.
STEPS = (28, 36, 46, 60)
_LEET = str.maketrans("@4831!|0$57+92", "aaebiilossttgz")
_EDGES = re.compile(r"^[\s\d!-/:-@\[-`{-~]+|[\s\d!-/:-@\[-`{-~]+$")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertzuiopü",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.",
    "qazwsxedcrfvtgbyhnujmikolp",
    "!@#$%^&*()",
)
_RUNS = tuple(way for row in _ROWS for way in (row, row[::-1]))
SHORTEST_RUN = 4


class Weak(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PREDICTABLE = "predictable"
    REPEATED = "repeated"
    PERSONAL = "personal"


PHRASES = {
    Weak.SHORT: f"must have at least {SHORTEST} characters",
    Weak.LONG: f"must have at most {LONGEST} characters",
    Weak.COMMON: "is one of the passwords that everybody takes, or nearly; choose another",
    Weak.PREDICTABLE: "follows the keyboard, the alphabet or the calendar; choose another",
    Weak.REPEATED: "repeats itself; choose another",
    Weak.PERSONAL: "holds your name, your address or the name of this program; choose another",
}


class Verdict(msgspec.Struct, frozen=True):
    """How good a password is, from 0 to 4, and why it is refused (None: it is taken)."""

    score: int
    why: Weak | None = None

    @property
    def message(self) -> str:
        """Return what to tell the one who chose it."""
        return PHRASES[self.why] if self.why is not None else ""


def normalised(password: str) -> str:
    """Return a password as it is hashed: the same whatever keyboard composed its letters."""
    return unicodedata.normalize("NFKC", password)


def judge(password: str, names: Iterable[str] = ()) -> Verdict:
    """Return the verdict on a password of somebody with these names (user name, e-mail address)."""
    text = normalised(password)
    if len(text) < SHORTEST:
        return Verdict(0, Weak.SHORT)
    if len(text) > LONGEST:
        return Verdict(0, Weak.LONG)
    plain = text.casefold()
    why = _weakness(plain, names)
    return Verdict(0, why) if why is not None else Verdict(_score(text, plain))


def _weakness(plain: str, names: Iterable[str]) -> Weak | None:
    unleet, common = plain.translate(_LEET), _common()[0]
    if any(form in common or form[::-1] in common for form in (plain, unleet, plain.replace(" ", ""))):
        return Weak.COMMON
    if len(set(plain)) < 4 or _period(plain) is not None:
        return Weak.REPEATED
    if _without_runs(plain) < 4:
        return Weak.PREDICTABLE
    stem, unleet_stem = _stem(plain), _stem(unleet)
    if _is_personal(plain, unleet, names):
        return Weak.PERSONAL
    if any(_is_word(one) for one in (stem, unleet_stem, _stem(plain).translate(_LEET))):
        return Weak.COMMON
    return None


@cache
def _common() -> tuple[frozenset[str], frozenset[str]]:
    """Return long common passwords, and words; read when the first password is judged, for most days have none."""
    from asura.domain.common_passwords import COMMON
    from asura.domain.common_words import WORDS

    return COMMON, WORDS


def _stem(text: str) -> str:
    """Return what is left without digits and signs around it."""
    return _EDGES.sub("", text)


def _is_word(stem: str) -> bool:
    """Whether a stem is a common word or password, once or many times over, or nothing at all."""
    unit = stem[: _period(stem) or len(stem)]
    return len(unit) < 3 or any(unit in words for words in _common())


def _period(text: str) -> int | None:
    """Return the length of what a text repeats from its beginning to its end, or None."""
    place = (text + text).find(text, 1)
    return place if place <= len(text) // 2 else None


def _without_runs(plain: str) -> int:
    """Return how many characters are left when each run along a keyboard, an alphabet or the digits counts once."""
    left, at = 0, 0
    while at < len(plain):
        length = max((_run(plain, at, row) for row in _RUNS), default=0)
        same = _same(plain, at)
        at += max(1, length if length >= SHORTEST_RUN else 0, same if same >= 3 else 0)
        left += 1
    return left


def _run(plain: str, at: int, row: str) -> int:
    place, length = row.find(plain[at]), 0
    while place >= 0 and at + length < len(plain) and place + length < len(row):
        if plain[at + length] != row[place + length]:
            break
        length += 1
    return length


def _same(plain: str, at: int) -> int:
    length = 1
    while at + length < len(plain) and plain[at + length] == plain[at]:
        length += 1
    return length


def _is_personal(plain: str, unleet: str, names: Iterable[str]) -> bool:
    """Whether a password is little more than a name of its owner or of this program."""
    for part in _parts(names):
        for form in (plain, unleet):
            rest = form.replace(part, "")
            # What is left beside the name must be enough by itself.
            if part in form and (len(rest) < SHORTEST or _is_word(_stem(rest))):
                return True
    return False


def _parts(names: Iterable[str]) -> set[str]:
    found = {"asura"}
    for name in names:
        whole = normalised(name).casefold()
        pieces = [whole, whole.partition("@")[0], *re.split(r"[\W_]+", whole)]
        found |= {piece for piece in pieces if len(piece) >= 3}
    return found


def _score(text: str, plain: str) -> int:
    """Return 1 to 4 by the bits of what is left of a password without its runs and repetitions."""
    kinds = (
        (26, any(c.islower() for c in text)),
        (26, any(c.isupper() for c in text)),
        (10, any(c.isdigit() for c in text)),
        (33, any(c.isascii() and not c.isalnum() for c in text)),
        (100, not text.isascii()),
    )
    alphabet = sum(size for size, there in kinds if there) or 1
    counted = min(_without_runs(plain), 2 * len(set(plain)))
    bits = counted * log2(alphabet) * 0.8
    return max(1, sum(bits >= step for step in STEPS))
