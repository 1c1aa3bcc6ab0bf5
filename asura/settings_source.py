"""One YAML file as plain values, with the line of each and every problem that the file itself has."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import yaml

from asura.domain.fields import Secret
from asura.settings_problem import Problem, secret_file

_VARIABLE = re.compile(r"\$\$\{|\$\{([A-Z_][A-Z0-9_]*)(?::-([^}]*))?\}")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]{1,2})?")
# Far more than a file of a person holds, and far less than what stops a process.
MOST_LEVELS = 100
MOST_VALUES = 1_000_000
MOST_BLOCKS = 200
# Where a line begins that is neither empty, below another, an item of a list, nor the end of something.
_BLOCK = re.compile(r"^[^\s#\-.%\]})]", re.MULTILINE)
_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(_TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value"))


class Source:
    """Turns the nodes of a YAML file into plain values. Problems are collected, never raised one by one."""

    def __init__(self, place: str, variables: Mapping[str, str]) -> None:
        self.place = place
        self.problems: list[Problem] = []
        # The keys whose whole value is a variable: text that may stand for a number.
        self.expanded: set[str] = set()
        self._variables = variables
        self._open: set[int] = set()
        self._values = 0

    def complain(self, line: int | None, key: str, message: str, *, nearest: str = "") -> None:
        """Note a problem of this file."""
        self.problems.append(Problem(self.place, line, key, message, nearest))

    @property
    def exhausted(self) -> bool:
        """Return whether there were too many values, so that what came after them was not read."""
        return self._values >= MOST_VALUES

    def blocks(self, text: str) -> tuple[dict[str, tuple[yaml.Node, int]], str]:
        """Return what `top` does of a file that is no YAML as a whole, block by block, and the text of all others.

        A block is a top-level key with what is below it. What is wrong with the others is not told again.
        """
        found: dict[str, tuple[yaml.Node, int]] = {}
        starts = [match.start() for match in _BLOCK.finditer(text)]
        if not starts or len(starts) > MOST_BLOCKS:
            return {}, text
        unread = text[: starts[0]]
        for start, end in pairwise([*starts, len(text)]):
            alone = Source(self.place, self._variables)
            # The lines before it are left empty, so that it has its place.
            pairs = alone.top("\n" * text.count("\n", 0, start) + text[start:end])
            twice = found.keys() & pairs.keys()
            if not pairs or alone.problems or twice:
                unread += text[start:end]
                found = {name: pair for name, pair in found.items() if name not in twice}
            else:
                found |= pairs
        return found, unread

    def top(self, text: str) -> dict[str, tuple[yaml.Node, int]]:
        """Return the nodes of the top-level keys, each with its line."""
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            too_deep = _too_deep(text, loader)
            if too_deep is not None:
                self.complain(too_deep, "", f"is nested deeper than {MOST_LEVELS} levels")
                return {}
            root = yaml.compose(text, Loader=loader)
        except yaml.YAMLError as error:
            self.complain(*_fault_of(error))
            return {}
        if root is None or (isinstance(root, yaml.ScalarNode) and not root.value):
            return {}
        if not isinstance(root, yaml.MappingNode):
            self.complain(_line(root), "", "expected keys such as `server:`")
            return {}
        return self._pairs(root, "")

    def plain(self, node: yaml.Node, key: str, *, shown: str, lines: dict[str, int]) -> Any:
        """Return the plain value of a node; `lines` gets the line of `key` and of everything below it.

        `shown` is how the key is called in problems, where `key` is relative to an item of a list.
        """
        lines.setdefault(key, _line(node))
        self._values += 1
        if self._values >= MOST_VALUES:
            # Aliases of aliases: a few lines that stand for more values than there is memory.
            if self._values == MOST_VALUES:
                self.complain(_line(node), shown, f"is more than {MOST_VALUES} values, with all its aliases")
            return None
        if id(node) in self._open:
            self.complain(_line(node), shown, "refers to itself")
            return None
        if node.tag not in _KNOWN_TAGS and not node.tag.startswith((_TAG + "map", _TAG + "seq")):
            self.complain(_line(node), shown, f"the tag {node.tag.replace(_TAG, '!!')} has no meaning here")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, shown)
        self._open.add(id(node))
        try:
            return self._collection(node, key, shown, lines)
        finally:
            self._open.discard(id(node))

    def _collection(self, node: yaml.Node, key: str, shown: str, lines: dict[str, int]) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return [
                self.plain(item, f"{key}[{index}]", shown=f"{shown}[{index}]", lines=lines)
                for index, item in enumerate(node.value)
                if self._values < MOST_VALUES
            ]
        assert isinstance(node, yaml.MappingNode)
        values = {}
        for name, (child, line) in self._pairs(node, shown).items():
            path = f"{key}.{name}" if key else name
            lines[path] = line
            values[name] = self.plain(child, path, shown=f"{shown}.{name}" if shown else name, lines=lines)
        return values

    def _pairs(self, node: yaml.MappingNode, shown: str) -> dict[str, tuple[yaml.Node, int]]:
        found: dict[str, tuple[yaml.Node, int]] = {}
        merged: dict[str, tuple[yaml.Node, int]] = {}
        for name_node, child in node.value:
            line = _line(name_node)
            # Keys are taken as they are written: YAML 1.1 would read the key `on` of an assertion as true.
            name = name_node.value if isinstance(name_node, yaml.ScalarNode) else None
            if name is None:
                self.complain(line, shown, "a key must be a word")
            elif name == "<<" and not name_node.style:
                self._merge(child, shown, merged)
            elif name in found:
                full = f"{shown}.{name}" if shown else name
                self.complain(line, full, f"duplicate key, first written in line {found[name][1]}")
            else:
                found[name] = (child, line)
        return {**merged, **found}

    def _merge(self, node: yaml.Node, shown: str, into: dict[str, tuple[yaml.Node, int]]) -> None:
        for part in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if not isinstance(part, yaml.MappingNode) or id(part) in self._open:
                self.complain(_line(part), shown, "`<<` takes keys, or a list of them")
                continue
            self._open.add(id(part))
            for name, pair in self._pairs(part, shown).items():
                into.setdefault(name, pair)
            self._open.discard(id(part))

    def _scalar(self, node: yaml.ScalarNode, shown: str) -> Any:
        text: str = node.value
        if "${" in text:
            return self._expanded(text, _line(node), shown)
        if node.style or node.tag == _TAG + "str":
            return text
        return _typed(text)

    def _expanded(self, text: str, line: int, shown: str) -> str | Secret:
        whole = _VARIABLE.fullmatch(text)
        if whole:
            self.expanded.add(shown)
        if whole and whole[1] and whole[1] not in self._variables and f"{whole[1]}_FILE" in self._variables:
            return self._from_file(f"{whole[1]}_FILE", line, shown)

        def value(found: re.Match[str]) -> str:
            if found[1] is None:
                return "${"
            given = self._variables.get(found[1]) if found[1] in self._variables else found[2]
            if given is None:
                self.complain(line, shown, f"the environment variable {found[1]} is not set")
            return given or ""

        return _VARIABLE.sub(value, text)

    def _from_file(self, variable: str, line: int, shown: str) -> Secret | str:
        try:
            return secret_file(self._variables[variable])
        except ValueError as error:
            self.complain(line, shown, f"{variable}: {error}")
            return ""


def _typed(text: str) -> Any:
    """Return a plain scalar by the rules of YAML 1.2, so that `no`, `on`, `1:30`, `0123` and dates stay text."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _DECIMAL.fullmatch(text) and len(text) < 20:
        return int(text)
    if _HEX.fullmatch(text) and len(text) < 20:
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _too_deep(text: str, loader: Any) -> int | None:
    """Return the line in which a file is nested too deep; its parser in C would end the process there."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MOST_LEVELS:
                return (event.start_mark.line if event.start_mark else 0) + 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _fault_of(error: yaml.YAMLError) -> tuple[int | None, str, str]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or str(error)
    if isinstance(error, yaml.reader.ReaderError):
        return None, "", f"not YAML: {error.reason} at character {error.position}"
    if "nesting depth" in str(what):
        # Newer releases of the parser have a limit of their own.
        return (mark.line + 1 if mark else None), "", f"is nested deeper than {MOST_LEVELS} levels"
    if "'\\t'" in str(what):
        what = "a tab where spaces are needed"
    return (mark.line + 1 if mark else None), "", f"not YAML: {what}"
