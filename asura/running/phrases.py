"""What the body of a ping says, by the phrases that somebody wrote down."""

from collections.abc import Mapping, Sequence
from typing import Any

from asura.checks.patterns import BadPattern, matches, pattern
from asura.domain.heartbeat_params import HTTP_BODY, MAIL_BODY, MAIL_SUBJECT
from asura.domain.ping import PingKind
from asura.errors import Fault

LISTS = (("fail_if", PingKind.FAIL), ("success_if", PingKind.SUCCESS), ("start_if", PingKind.START))


def phrase_faults(settings: Mapping[str, Any]) -> list[Fault]:
    """Return a fault for each phrase that is no pattern."""
    faults = []
    for name, _ in LISTS:
        for index, phrase in enumerate(settings.get(name) or ()):
            inner = _expression(phrase)
            if inner is None:
                continue
            try:
                pattern(inner)
            except BadPattern as bad:
                faults.append(Fault(f"settings.{name}[{index}]", str(bad)))
    return faults


def has_phrases(settings: Mapping[str, Any]) -> bool:
    """Return whether what a ping means depends on what it says."""
    return any(settings.get(name) for name, _ in LISTS)


def meaning(settings: Mapping[str, Any], parts: Mapping[str, str]) -> PingKind:
    """Return what a plain ping means: failures are looked for first, then successes, then starts; else `otherwise`.

    `parts` are the texts by where they stand (`http_body`, `mail_subject`, `mail_body`). Phrases are case-sensitive.
    A ping without any part in which to look is a success.
    """
    wanted = settings.get("look_in") or (HTTP_BODY, MAIL_SUBJECT, MAIL_BODY)
    texts = [text for name, text in parts.items() if name in wanted]
    if not texts or not has_phrases(settings):
        return PingKind.SUCCESS
    for name, kind in LISTS:
        if _any(settings.get(name) or (), texts):
            return kind
    fallback = settings.get("otherwise") or ("ignore" if settings.get("success_if") else "success")
    return {"success": PingKind.SUCCESS, "fail": PingKind.FAIL}.get(fallback, PingKind.IGNORED)


def _any(phrases: Sequence[str], texts: Sequence[str]) -> bool:
    for phrase in phrases:
        inner = _expression(phrase)
        if any(phrase in text if inner is None else matches(inner, text) for text in texts):
            return True
    return False


def _expression(phrase: str) -> str | None:
    """Return the regular expression in a phrase, or None where it is plain text."""
    return phrase[1:-1] if len(phrase) > 2 and phrase[0] == phrase[-1] == "/" else None
