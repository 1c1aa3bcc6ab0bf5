"""One YAML file as plain values: YAML 1.2 scalars, words as keys, lines, merges; and no text that breaks it."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from asura import settings_source
from asura.settings import Problem, SettingsError, load
from asura.settings_problem import nearest_key
from asura.settings_source import Source


def read(text: str, variables: dict[str, str] | None = None) -> tuple[Any, list[str], dict[str, int]]:
    source = Source("f", variables or {})
    lines: dict[str, int] = {}
    values = {name: source.plain(node, name, shown=name, lines=lines) for name, (node, _) in source.top(text).items()}
    return values, [str(problem) for problem in source.problems], lines


def problems_of(path: Path) -> list[Problem]:
    try:
        return list(load(path, {}).warnings)
    except SettingsError as error:
        return list(error.problems)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("on", "on"),
        ("no", "no"),
        ("5", 5),
        ("-5", -5),
        ("0x1f", 31),
        ("0o17", "0o17"),
        ("0123", "0123"),
        ("007", "007"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("22:22:22", "22:22:22"),
        ("2026-11-20", "2026-11-20"),
        ("1.5", 1.5),
        ("1.5e+3", 1500.0),
        (".inf", ".inf"),
        ("12345678901234567890123", "12345678901234567890123"),
        ("'5'", "5"),
        ('"true"', "true"),
        ("!!str 5", "5"),
        ("|\n  a\n  b\n", "a\nb\n"),
        ("[1, on, {on: 2}]", [1, "on", {"on": 2}]),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: Any) -> None:
    values, problems, _ = read(f"key: {text}")
    assert (values, problems) == ({"key": value}, [])


def test_lines_of_everything_are_known() -> None:
    _, _, lines = read("a:\n  b:\n    - x\n    - c: 1\n      d: 2\n")
    assert lines == {"a": 2, "a.b": 2, "a.b[0]": 3, "a.b[1]": 4, "a.b[1].c": 4, "a.b[1].d": 5}


def test_merges_give_what_is_not_said_nearer() -> None:
    values, problems, _ = read("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {<<: [*x, *y], a: 9}\n'<<': text")
    assert problems == []
    assert values["z"] == {"a": 9, "b": 1, "c": 2}
    assert values["<<"] == "text"


def test_duplicate_keys_are_told_at_every_depth() -> None:
    _, problems, _ = read("a: {b: 1, b: 2}\na: 3\nl:\n  - x: 1\n    x: 2\n")
    assert [problem.split(": duplicate")[0] for problem in problems] == ["f:2: a", "f:1: a.b", "f:5: l[0].x"]


def test_what_stands_for_a_variable_is_text() -> None:
    values, problems, _ = read("a: ${N}\nb: x${N}y${M:-z}\nc: $N ${n} $${N}\nd: ${E:-}", {"N": "5", "E": ""})
    assert problems == []
    assert values == {"a": "5", "b": "x5yz", "c": "$N ${n} ${N}", "d": ""}


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("server.listne", "server.listen"),
        ("server.rate_limit", "server.rate_limit_burst"),
        ("failure_treshold", "monitor.failure_threshold"),
        ("listen", "server.listen"),
        ("zzz", ""),
    ],
)
def test_the_nearest_key(key: str, nearest: str) -> None:
    known = ["server.listen", "server.rate_limit_burst", "monitor.failure_threshold"]
    assert nearest_key(key, known) == nearest


@given(st.text(alphabet=st.sampled_from("ab:{}[]-&*!<|>'\"#%@`,?~ \n\t${}19.\x00\ufeff"), max_size=80))
@example("monitors: &a [*a]")
@example("monitors:\n- &a\n  name: x\n  settings: *a")
@example("a: !<tag:yaml.org,2002:float> x")
@example("a: !!int x\nserver: !!binary aGk=")
def test_no_text_breaks_the_loading(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, "utf-8")
    assert all(str(problem).startswith(str(path)) for problem in problems_of(path))


def test_a_file_that_is_nested_without_end_is_refused_and_not_the_end_of_the_process() -> None:
    for text in ("server: " + "[" * 100_000, "a: " + "{a: " * 100_000, "- " * 100_000):
        values, problems, _ = read(text)
        assert values == {}
        assert "nested deeper than 100 levels" in problems[0]


def test_aliases_of_aliases_end_at_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_source, "MOST_VALUES", 2_000)
    lines = ["x0: &x0 [l, l, l, l, l, l, l, l, l]"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, 30)]
    _, problems, known = read("\n".join(lines))
    assert [problem for problem in problems if "more than 2000 values" in problem]
    assert len(problems) == 1
    assert len(known) < 3_000
