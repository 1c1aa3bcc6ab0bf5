"""The pages for whoever runs asura: each command, address, setting, message and link in them is there."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from asura.cli.doctor import doctor
from asura.cli.root import cli, two_dashes
from asura.settings import Settings
from asura.settings_load import keys_of, sections_of
from asura.web.app import ROUTES

ROOT = Path(__file__).resolve().parents[1]
PAGES = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "docs" / "operating").glob("*.md"))}
OURS = {"README.md", "proxies.md", "monitoring.md", "logging.md", "runbook.md", "security.md", "tuning.md"}
COMING = {"upgrade"}
RUNBOOK = PAGES["runbook.md"]


def fences(text: str, kind: str) -> list[str]:
    found: list[str] = re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)
    return found


def spoken(text: str) -> Iterator[str]:
    """Yield what stands in backquotes, and each line of a shell."""
    bare = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    yield from (one.replace("\\|", "|") for one in re.findall(r"`([^`\n]+)`", bare))
    for block in fences(text, "sh"):
        yield from block.replace("\\\n", " ").splitlines()


def commands(text: str) -> Iterator[list[str]]:
    """Yield the arguments of each `asura ...` that a page calls, in a pipe or after a word such as sudo too."""
    for said in spoken(text):
        for part in re.split(r" \| | && |;", said.partition(" #")[0]):
            called = re.search(
                r"(?:^|^sudo -u asura /usr/local/bin/|^./dev shell |exec asura |-- )asura( [a-z-].*|$)", part.strip()
            )
            if called and "…" not in called[1]:
                yield [word for word in shlex.split(called[1]) if word not in ("<", ">")]


def fits(arguments: list[str]) -> str:
    """Return why the command line does not take these arguments; empty where it does."""
    context, command, words = click.Context(cli, info_name="asura"), cli, two_dashes(arguments)
    while words:
        word = words.pop(0)
        if word == "--":
            return ""
        if word.startswith("--"):
            known = {name: one for one in command.params if isinstance(one, click.Option) for name in one.opts}
            if word.partition("=")[0] not in known:
                return f"{command.name} has no {word}"
            if not known[word].is_flag and "=" not in word:
                words = words[1:]
        elif isinstance(command, click.Group):
            inner = command.get_command(context, word)
            if inner is None and word in COMING:
                return ""
            if inner is None:
                return f"there is no {word}"
            command = inner
    return ""


@pytest.mark.parametrize("page", sorted(OURS))
def test_every_command_of_asura_is_there(page: str) -> None:
    for arguments in commands(PAGES[page]):
        assert not fits(arguments), (arguments, fits(arguments))


def test_commands_are_found_in_the_text() -> None:
    assert sum(len(list(commands(PAGES[page]))) for page in OURS) > 40
    assert fits(["doctor", "--wrong"]) == "doctor has no --wrong"
    assert fits(["doktor"]) == "there is no doktor"
    assert doctor.name == "doctor"


def test_every_address_of_the_api_is_there() -> None:
    routes = {(route.method, re.sub(r"\{[^}]*\}", "*", route.path)) for route in ROUTES}
    paths = {path for _, path in routes}
    named = 0
    for page in sorted(OURS):
        for method, path in re.findall(r"(GET|POST|PUT|DELETE) (/[\w/.-]+)", PAGES[page]):
            shape = re.sub(r"/(?:\d+|ID|TOKEN)(?=/|$)", "/*", path)
            assert (method, shape) in routes, (page, method, path)
            named += 1
        for path in re.findall(r"http://127\.0\.0\.1:8090(/[\w/.-]+)", PAGES[page]):
            assert re.sub(r"/(?:\d+|ID|TOKEN)(?=/|$)", "/*", path) in paths | {"/api/v1/heartbeat/*"}, (page, path)
            named += 1
    assert named > 15


def test_every_setting_is_there() -> None:
    known = {*keys_of(Settings), *sections_of(Settings)}
    sections = {name.partition(".")[0] for name in known}
    for page in sorted(OURS):
        for path in re.findall(r"`([a-z_]+(?:\.[a-z0-9_]+)+)", PAGES[page]):
            if path.partition(".")[0] in sections and not path.endswith((".yaml", ".db", ".md")):
                assert path in known, (page, path)


def test_every_message_of_the_runbook_is_one_of_ours() -> None:
    """A text after the word "says" stands in the code, so that it is found by whoever has seen it."""
    texts = []
    for path in (ROOT / "asura").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
    ours = "\n".join(texts)
    said = re.findall(r"says `([^`]+)`", RUNBOOK)
    assert len(said) > 12
    missing = [one for one in said if one not in ours]
    assert not missing
    words = [path.read_text("utf-8") for path in (ROOT / "ui" / "src" / "words").glob("*.ts")]
    assert any("Connection lost" in one for one in words)


def test_every_reason_of_the_runbook_is_one() -> None:
    from asura.domain.reason import Reason

    known = {one.value for one in Reason}
    named = set(re.findall(r"`((?:own|tls|not|blocked|job|run)_[a-z_]+)`", RUNBOOK))
    assert len(named) > 6
    assert named <= known


def test_the_runbook_has_enough_symptoms_each_with_something_to_do() -> None:
    rows = [line.strip("| ").split(" | ") for line in RUNBOOK.splitlines() if line.startswith("| ")]
    rows = [row for row in rows if not row[0].startswith(("symptom", "---"))]
    assert len(rows) >= 50
    assert not [row for row in rows if len(row) < 3]


def test_every_link_leads_somewhere() -> None:
    planned = {"backup.md", "install.md", "upgrading.md", "containers.md", "tls.md"}
    for page, text in PAGES.items():
        for target in re.findall(r"\]\(([^)#\s]+)", text):
            if "://" not in target and Path(target).name not in planned:
                assert (ROOT / "docs" / "operating" / target).exists(), (page, target)
        for mark in re.findall(r"\]\(#([^)]+)\)", text):
            heads = {
                re.sub(r"[^\w-]", "", head.lower().replace(" ", "-")) for head in re.findall(r"(?m)^#+ (.*)$", text)
            }
            assert mark in heads, (page, mark)


def test_snippets_of_configuration_are_settings() -> None:
    known = {*keys_of(Settings), *sections_of(Settings)}
    sections = {name.partition(".")[0] for name in known}
    seen = 0
    for page in sorted(OURS):
        for block in fences(PAGES[page], "yaml"):
            top = yaml.safe_load(block)
            for section in top.keys() & sections:
                assert {f"{section}.{key}" for key in top[section]} <= known, page
                seen += 1
    assert seen >= 3


def test_the_line_of_the_log_has_the_fields_that_the_page_names() -> None:
    (line,) = fences(PAGES["logging.md"], "json")
    fields = json.loads(line)
    table = PAGES["logging.md"].partition("| field | |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([a-z_]+)`", table))
    assert fields.keys() <= named
    assert named - fields.keys() <= {"check_id", "error", "debug", "info", "warning"}
