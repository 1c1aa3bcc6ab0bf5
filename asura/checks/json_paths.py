"""JSON paths whose work is counted: a few characters may ask for more steps than there is time in the world."""

from contextvars import ContextVar
from functools import cache
from typing import Any

# About half a second. Looking at every value of a whole mebibyte of JSON takes a tenth of it.
MAX_STEPS = 500_000
# A step is about as much work as comparing this many bytes.
_BYTES = 100
# A value is handed up through all parts of its path: that many of them make one step more.
_PARTS = 8


class TooDear(Exception):
    """A path asks for more steps in this document than anybody should wait for."""


class Steps:
    """How many steps are left to the paths of one check."""

    __slots__ = ("_each", "left")

    def __init__(self, left: int = MAX_STEPS) -> None:
        self.left = left
        self._each = 1

    def follow(self, parts: int) -> None:
        """Begin a path of so many parts: the longer it is, the more each of its values costs."""
        self._each = max(self._each, 1 + parts // _PARTS)
        self.spend(self._each)

    def value(self) -> None:
        """Take what one value costs."""
        self.spend(self._each)

    def spend(self, steps: int) -> None:
        """Take steps; raises TooDear when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise TooDear


_steps: ContextVar[Steps] = ContextVar("steps")


def spend_on(text: str) -> None:
    """Take the steps that searching a text costs."""
    _steps.get().spend(len(text) // _BYTES + 1)


def found(path: Any, document: Any, *, most: int, steps: Steps) -> list[Any]:
    """Return at most `most` values that a counted path finds; raises TooDear."""
    token = _steps.set(steps)
    try:
        nodes: list[Any] = []
        for match in path.finditer(document):
            nodes.append(match.obj)
            if len(nodes) == most:
                break
        return nodes
    finally:
        _steps.reset(token)


def counted(path: Any) -> Any:
    """Return a compiled path, it and every query in its filters changed so that each step is counted."""
    from jsonpath.selectors import Filter

    counted_path, counted_filter, _ = _classes()
    # The library makes these objects itself; their layout is the same, so that the class can be exchanged.
    path.__class__ = counted_path
    for segment in path.segments:
        for selector in segment.selectors:
            if isinstance(selector, Filter):
                _count_in(selector.expression)
                selector.__class__ = counted_filter
    return path


def _count_in(expression: Any) -> None:
    from jsonpath.filter import FilterQuery

    if isinstance(expression, FilterQuery):
        counted(expression.path)
    for child in expression.children():
        _count_in(child)


def environment() -> Any:
    """Return RFC 9535 as the library has it (without `=~`), whose comparisons are counted."""
    return _classes()[2](strict=True)


def _weight(value: Any) -> int:
    """Return about how many bytes a comparison with a value may look at."""
    import msgspec

    if isinstance(value, str):
        return len(value)
    return len(msgspec.json.encode(value)) if isinstance(value, dict | list) else 0


@cache
def _classes() -> tuple[Any, Any, Any]:
    from jsonpath import JSONPath, JSONPathEnvironment, JSONPathMatch
    from jsonpath.selectors import Filter

    class Match(JSONPathMatch):
        """A step on the way; where it is does not matter here, and writing that down costs most of the time."""

        __slots__ = ()

        def new_child(self, obj: object, key: int | str) -> Any:
            _steps.get().value()
            return Match(filter_context={}, obj=obj, parent=self, path="", parts=(), root=self.root)

        def add_child(self, *children: Any) -> None:
            """Keep nothing: nobody asks for it."""

    class Path(JSONPath):
        __slots__ = ()

        def finditer(self, data: Any, *, filter_context: Any = None) -> Any:
            """Begin at the value as it is: the library would read a text as JSON once more."""
            _steps.get().follow(len(self.segments))
            matches: Any = [Match(filter_context={}, obj=data, parent=None, path="", parts=(), root=data)]
            for segment in self.segments:
                matches = segment.resolve(matches)
            return matches

    class CountedFilter(Filter):
        __slots__ = ()

        def resolve(self, node: Any) -> Any:
            if isinstance(node.obj, dict | list):
                _steps.get().spend(len(node.obj))
            return super().resolve(node)

    class Environment(JSONPathEnvironment):
        def compare(self, left: object, operator: str, right: object) -> bool:
            if type(left) is type(right) and isinstance(left, str | dict | list):
                _steps.get().spend(min(_weight(left), _weight(right)) // _BYTES)
            return super().compare(left, operator, right)

    return Path, CountedFilter, Environment
