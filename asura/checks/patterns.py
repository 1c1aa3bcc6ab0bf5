"""Users' patterns, on an engine that takes linear time whatever the pattern: RE2 for text, JSON paths over it."""

from functools import lru_cache
from typing import Any

from asura.checks.json_paths import Steps, counted, environment, found, spend_on

MAX_PATTERN = 1000
MAX_NODES = 1000
MAX_DESCENTS = 2
_MAX_MEMORY = 8 * 1024 * 1024


class BadPattern(ValueError):
    """A pattern or path that cannot be used, and why."""


@lru_cache(maxsize=4096)
def pattern(text: str) -> Any:
    """Return a compiled RE2 pattern; raises BadPattern."""
    import re2

    if len(text) > MAX_PATTERN:
        raise BadPattern(f"is longer than {MAX_PATTERN} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    try:
        return re2.compile(text, options)
    except re2.error as error:
        why = error.args[0] if error.args else "it does not parse"
        said = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise BadPattern(f"is not a pattern that RE2 understands: {said}") from None


def matches(text: str, found_in: str) -> bool:
    """Return whether a pattern occurs anywhere in a text."""
    return pattern(text).search(found_in) is not None


@lru_cache(maxsize=4096)
def json_path(text: str) -> Any:
    """Return a compiled JSON path; raises BadPattern."""
    import jsonpath

    if len(text) > MAX_PATTERN:
        raise BadPattern(f"is longer than {MAX_PATTERN} characters")
    if text.count("..") > MAX_DESCENTS:
        raise BadPattern(f"descends (..) more than {MAX_DESCENTS} times")
    try:
        return counted(_environment().compile(text))
    except (jsonpath.JSONPathError, RecursionError, ValueError) as error:
        # The error's own text points into the path, and fails where that is empty.
        why = error.args[0] if error.args else "it does not parse"
        raise BadPattern(f"is not a JSON path like $.status: {why}") from None


def select(path: str, document: Any, steps: Steps | None = None) -> list[Any]:
    """Return what a JSON path finds in a document, the first thousand at most; raises TooDear.

    `steps` are what is left to all paths of one check together.
    """
    import jsonpath

    try:
        return found(json_path(path), document, most=MAX_NODES, steps=steps or Steps())
    except (jsonpath.JSONPathError, RecursionError):
        return []


@lru_cache(maxsize=1)
def _environment() -> Any:
    """Return RFC 9535 with counted steps, and with match() and search() on RE2."""
    made = environment()
    made.function_extensions["match"] = _re2_function(whole=True)
    made.function_extensions["search"] = _re2_function(whole=False)
    return made


def _re2_function(*, whole: bool) -> Any:
    """Return match() or search() of RFC 9535; a bad pattern matches nothing."""
    from jsonpath.function_extensions import ExpressionType, FilterFunction

    class Re2Function(FilterFunction):
        arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 - as the library declares it
        return_type = ExpressionType.LOGICAL

        def __call__(self, value: object, text: object) -> bool:
            if not isinstance(value, str) or not isinstance(text, str):
                return False
            spend_on(value)
            try:
                compiled = pattern(text)
            except BadPattern:
                return False
            return (compiled.fullmatch(value) if whole else compiled.search(value)) is not None

    return Re2Function()
