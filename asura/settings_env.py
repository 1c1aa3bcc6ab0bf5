"""Settings from the environment: `ASURA_SECTION__KEY`, short names for the common ones, `_FILE` for secrets."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from asura.settings_problem import Problem, secret_file

# The options of the command line, by variable and by key.
SHORT = {
    "ASURA_DATA": "server.data",
    "ASURA_LISTEN": "server.listen",
    "ASURA_MODE": "mode",
    "ASURA_PRIMARY": "probe.primary",
    "ASURA_KEY": "probe.key",
    "ASURA_REGION": "probe.region",
    "ASURA_NAME": "probe.name",
}
CONFIG = "ASURA_CONFIG"
# Variables that are no settings: which file, and what to do with it.
OTHER = frozenset({CONFIG, "ASURA_PRUNE"})


class Given(NamedTuple):
    """A raw value and where it was given."""

    raw: Any
    place: str
    line: int | None = None
    lines: Mapping[str, int] = {}


def variable_of(key: str) -> str:
    """Return the environment variable of a settings key: `server.listen` is `ASURA_SERVER__LISTEN`."""
    return "ASURA_" + key.upper().replace(".", "__")


def from_environment(
    variables: Mapping[str, str], *, keys: Iterable[str], secrets: frozenset[str], lists: frozenset[str]
) -> tuple[dict[str, Given], list[Problem], list[Problem]]:
    """Return (values by key, problems, warnings). The long form of a variable wins over the short."""
    names = SHORT | {variable_of(key): key for key in keys}
    files = {f"{variable}_FILE": key for variable, key in names.items() if key in secrets}
    values: dict[str, Given] = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    # The short names first, so that the long ones win.
    ours = [name for name in variables if name.startswith("ASURA_")]
    for variable in sorted(ours, key=lambda name: ("__" in name, name)):
        if variable in names:
            given = _given(variable, variables[variable], names[variable] in lists, problems)
            values |= {names[variable]: given} if given else {}
        elif variable in files:
            _read_file(variable, variables, (files[variable], values), problems)
        elif variable not in OTHER:
            _unknown(variable, [*names, *files, *sorted(OTHER)], problems if "__" in variable else warnings)
    return values, problems, warnings


def _given(variable: str, text: str, is_list: bool, problems: list[Problem]) -> Given | None:
    """Return the value of a variable; one with a list of keyed items is written in YAML (or JSON)."""
    if not is_list:
        return Given(text, variable)
    # Imported here: most environments hold no list, and most probes have no file either.
    import yaml

    try:
        return Given(yaml.safe_load(text), variable)
    except yaml.YAMLError:
        problems.append(Problem(variable, None, "", "expected a list in YAML or JSON"))
        return None


def _read_file(
    variable: str, variables: Mapping[str, str], into: tuple[str, dict[str, Given]], problems: list[Problem]
) -> None:
    key, values = into
    plain = variable.removesuffix("_FILE")
    if plain in variables:
        problems.append(Problem(variable, None, "", f"{plain} is set too; set only one of them"))
        return
    try:
        values[key] = Given(secret_file(variables[variable]), variable)
    except ValueError as error:
        problems.append(Problem(variable, None, "", str(error)))


def _unknown(variable: str, known: list[str], into: list[Problem]) -> None:
    """Note an unknown variable: a wrong nested key is a mistake; another name may belong to something else."""
    nearest = next(iter(get_close_matches(variable, known, n=1, cutoff=0.85)), "")
    if nearest or "__" in variable:
        into.append(Problem(variable, None, "", "unknown variable", nearest))
