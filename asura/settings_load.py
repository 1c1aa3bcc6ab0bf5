"""Puts settings together: the keys of a struct, read from file, environment and flags, with every problem at once."""

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import msgspec

from asura.errors import AsuraError
from asura.settings_declared import CONFIGS, Declared, declare
from asura.settings_env import SHORT, Given, from_environment
from asura.settings_ignored import AGREED, key_entry, why_ignored
from asura.settings_part import Reading, touched
from asura.settings_problem import Problem, nearest_key
from asura.settings_values import Kind

if TYPE_CHECKING:
    from asura.settings_source import Source

S = TypeVar("S", bound=msgspec.Struct)


def _items(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise ValueError("expected a list")
    return raw


# A list of keyed items, of the struct that the key's type names.
ITEMS = Kind("list", _items, list)


class Key(NamedTuple):
    """One key: its dotted path, its line of help, the kind of its value, its default, and the struct of its items."""

    path: str
    help: str
    kind: Kind
    default: Any
    items: type[msgspec.Struct] | None = None

    @property
    def secret(self) -> bool:
        """Return whether the value must never be shown."""
        return self.kind.name == "secret"


class Loaded(NamedTuple, Generic[S]):
    """Settings, and what to warn of; `path` is the file that was read, if any.

    `problems`: what is wrong with keys that nobody here needs, which have their defaults.
    """

    settings: S
    warnings: tuple[Problem, ...]
    path: Path | None
    problems: tuple[Problem, ...] = ()


class SettingsError(AsuraError):
    """Settings that cannot be used; `problems` has every one of them."""

    def __init__(self, problems: tuple[Problem, ...], declared: tuple[Declared, ...] = ()) -> None:
        self.problems = problems
        # What could be read of monitors and channels, so that their problems can be told too.
        self.declared = declared
        super().__init__("\n".join(str(problem) for problem in problems))


@cache
def keys_of(struct: type[msgspec.Struct], prefix: str = "") -> dict[str, Key]:
    """Return the keys of a struct of sections, by dotted path, in the order in which they are written."""
    found: dict[str, Key] = {}
    for name, hint, default in _fields(struct):
        path = f"{prefix}{name}"
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            found |= keys_of(hint, f"{path}.")
        for meta in getattr(hint, "__metadata__", ()):
            if isinstance(meta, msgspec.Meta) and meta.extra:
                found[path] = Key(path, meta.description or "", meta.extra["kind"], default, _item_struct(hint))
    return found


def sections_of(struct: type[msgspec.Struct], prefix: str = "") -> dict[str, type[msgspec.Struct]]:
    """Return the sections of settings by dotted path, each before those inside it."""
    found: dict[str, type[msgspec.Struct]] = {}
    for name, hint, _ in _fields(struct):
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and keys_of(hint):
            found[prefix + name] = hint
            found |= sections_of(hint, f"{prefix}{name}.")
    return found


def _fields(struct: type[msgspec.Struct]) -> Iterator[tuple[str, Any, Any]]:
    hints = typing.get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        yield field.encode_name, hints[field.name], default


def _made(struct: type[msgspec.Struct], values: Mapping[str, Any]) -> msgspec.Struct:
    """Return a section of its values by key; a key may be a word that no attribute can be, such as `from`."""
    names = {field.encode_name: field.name for field in msgspec.structs.fields(struct)}
    return struct(**{names[key]: value for key, value in values.items()})


def _item_struct(hint: Any) -> type[msgspec.Struct] | None:
    arguments = typing.get_args(typing.get_args(hint)[0])
    first = arguments[0] if arguments else None
    return first if isinstance(first, type) and issubclass(first, msgspec.Struct) else None


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems by place and line, each once."""
    return tuple(dict.fromkeys(sorted(problems, key=lambda one: (one.place, one.line or 0))))


def assemble(
    struct: type[S],
    path: Path | None,
    *,
    variables: Mapping[str, str],
    flags: Mapping[str, str],
    judge: Callable[[S], list[tuple[str, str]]],
    needs: tuple[str, ...] | None = None,
) -> Loaded[S]:
    """Return settings read from a file, then the environment, then flags; raises SettingsError with every problem.

    `needs`: the keys and sections that have to be right, where that is not all of them.
    """
    return _Assembly(struct, variables, needs).run(path, flags, judge)


class _Assembly(Generic[S]):
    """The state of one loading: values by key, problems and warnings so far."""

    def __init__(self, struct: type[S], variables: Mapping[str, str], needs: tuple[str, ...] | None) -> None:
        self.struct = struct
        self.variables = variables
        self.needs = needs
        self.reading = Reading()
        self.keys = keys_of(struct)
        self.sections = sections_of(struct)
        self.given: dict[str, Given] = {}
        self.declared: dict[str, tuple[Declared, ...]] = {}
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def run(
        self, path: Path | None, flags: Mapping[str, str], judge: Callable[[S], list[tuple[str, str]]]
    ) -> Loaded[S]:
        """Read all three places, build the struct, and judge the combination when each value alone is right."""
        if path is not None:
            self._file(path)
        self._environment()
        options = {key: f"--{variable.removeprefix('ASURA_').lower()}" for variable, key in SHORT.items()}
        self.given |= {key: Given(raw, options.get(key, f"--{key}")) for key, raw in flags.items()}
        settings = self._build()
        if settings is not None:
            faults = [self._problem(key, message) for key, message in judge(settings)]
            # Beside a wrong key that has its default, a combination says little.
            self.problems += self._touched(faults) if self.problems else faults
        if settings is None or self._touched(self.problems):
            raise SettingsError(in_order(self.problems), tuple(one for kind in self.declared.values() for one in kind))
        return Loaded(settings, tuple(dict.fromkeys(self.warnings)), path, in_order(self.problems))

    def _touched(self, problems: list[Problem]) -> list[Problem]:
        if self.needs is None:
            return problems
        return touched(problems, self.needs, given=self.given, reading=self.reading)

    def _file(self, path: Path) -> None:
        # Imported here: who has no file, as most probes, needs no YAML.
        from asura.settings_source import Source

        source = Source(str(path), self.variables)
        self.reading.file = str(path)
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            self.problems.append(Problem(str(path), None, "", f"cannot be read: {reason}"))
            self.reading.unread = None
            return
        top = source.top(text)
        if self.needs is not None and not top and source.problems:
            top, self.reading.unread = source.blocks(text)
        self.reading.names = frozenset(top)
        for name, (node, line) in top.items():
            if name in CONFIGS:
                self.declared[name] = declare(source, name, node, line)
            elif not name.startswith("x-"):
                # Keys that begin with x- are the reader's own, for anchors.
                lines = {name: line}
                raw = source.plain(node, name, shown=name, lines=lines)
                self._take(raw, name, source, lines)
        if source.exhausted:
            self.reading = Reading(str(path), unread=None)
        self.problems += source.problems

    def _take(self, raw: Any, path: str, source: "Source", lines: dict[str, int]) -> None:
        """Sort a value of the file into keys, sections, keys of the Go program, and unknown ones."""
        ignored = why_ignored(path)
        if ignored is not None:
            if raw is not None and AGREED.get(path, ...) != raw:
                self.warnings.append(Problem(source.place, lines[path], path, f"has no effect: {ignored}"))
        elif path in self.keys:
            if raw is not None:
                self.given[path] = Given(raw, source.place, lines[path], lines)
        elif path in self.sections:
            if raw is not None and not isinstance(raw, dict):
                source.complain(lines[path], path, "expected keys below it")
            for name, value in raw.items() if isinstance(raw, dict) else ():
                self._take(value, f"{path}.{name}", source, lines)
        else:
            known = [*self.keys, *self.sections, *CONFIGS]
            source.complain(lines[path], path, "unknown key", nearest=nearest_key(path, known))

    def _environment(self) -> None:
        values, problems, warnings = from_environment(
            self.variables,
            keys=self.keys,
            secrets=frozenset(key.path for key in self.keys.values() if key.secret),
            lists=frozenset(key.path for key in self.keys.values() if key.items),
        )
        self.given |= values
        self.problems += problems
        self.warnings += warnings

    def _build(self) -> S | None:
        values: dict[str, dict[str, Any]] = {name: {} for name in self.sections}
        top: dict[str, Any] = dict(self.declared)
        for path, given in self.given.items():
            section, _, name = path.rpartition(".")
            target = values[section] if section else top
            before = len(self.problems)
            read = self._read(self.keys[path], given)
            if len(self.problems) == before:
                target[name or path] = read
        if self.problems and self.needs is None:
            return None
        # Those inside come first, so that the one around them can hold them.
        for path, section_struct in reversed(self.sections.items()):
            outer, _, name = path.rpartition(".")
            (values[outer] if outer else top)[name] = _made(section_struct, values[path])
        return self.struct(**top)

    def _read(self, key: Key, given: Given) -> Any:
        try:
            value = key.kind.read(given.raw)
        except ValueError as error:
            self.problems.append(Problem(given.place, given.line, key.path, str(error)))
            return ...
        if key.items is None:
            return value
        return tuple(self._item(key.items, raw, f"{key.path}[{index}]", given) for index, raw in enumerate(value))

    def _item(self, struct: type[msgspec.Struct], raw: Any, path: str, given: Given) -> msgspec.Struct | None:
        line = given.lines.get(path, given.line)
        if not isinstance(raw, dict):
            self.problems.append(Problem(given.place, line, path, "expected keys"))
            return None
        entry, warnings = key_entry(raw)
        self.warnings += [Problem(given.place, line, path, warning) for warning in warnings]
        keys, values = keys_of(struct), dict[str, Any]()
        for name, value in entry.items():
            place = Given(value, given.place, given.lines.get(f"{path}.{name}", line), given.lines)
            if name not in keys:
                nearest = nearest_key(name, list(keys))
                self.problems.append(Problem(place.place, place.line, f"{path}.{name}", "unknown key", nearest))
            elif value is not None:
                values[name] = self._read(keys[name]._replace(path=f"{path}.{name}"), place)
        missing = [name for name, key in keys.items() if key.default is msgspec.NODEFAULT and name not in values]
        self.problems += [Problem(given.place, line, f"{path}.{name}", "is missing") for name in missing]
        return None if missing or ... in values.values() else struct(**values)

    def _problem(self, path: str, message: str) -> Problem:
        """Return a problem of a combination, placed where the key, or what is around it, was given."""
        around = path.partition("[")[0]
        given = self.given.get(path) or self.given.get(around)
        if given is None:
            place = next((one.place for one in self.given.values()), "settings")
            return Problem(place, None, path, message)
        return Problem(given.place, given.lines.get(path, given.line), path, message)
