"""What docs/status-pages.md says works as it stands there: the configuration, and the commands."""

import re
from pathlib import Path

import pytest

from asura.domain.page import PageConfig
from asura.settings import load
from asura.settings_status import page_config
from tests.process import KEY, asura
from tests.test_docs_heartbeats import shell

PAGE = Path(__file__).resolve().parents[1] / "docs" / "status-pages.md"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_configuration_loads(tmp_path: Path) -> None:
    for number, text in enumerate(blocks("yaml")):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text, "utf-8")
        loaded = load(path, {})
        assert loaded.warnings == ()
    shown = page_config(load(tmp_path / "0.yaml", {}).settings.status_page)
    assert (shown.title, shown.hosts, shown.accent) == ("Example status", (), "#0055cc")


def test_every_field_of_a_page_is_named() -> None:
    text = PAGE.read_text("utf-8")
    assert not [name for name in PageConfig.__struct_fields__ if f"`{name}`" not in text and f'"{name}"' not in text]


@pytest.mark.faults
async def test_what_the_page_says_works(tmp_path: Path) -> None:
    create, read = blocks("sh")
    async with asura(tmp_path) as program:

        def here(command: str) -> str:
            moved = command.replace("http://127.0.0.1:8090", program.url).replace("$ASURA_API_KEY", KEY)
            return moved.replace("curl ", "curl -fsS ", 1)

        status, said = await shell(here(create))
        assert status == 0, said
        assert '"slug":"shop"' in said
        body = '{"title": "Inside", "visibility": "password", "password": "PASSWORD OF THE PAGE"}'
        headers = f"-H 'Authorization: Bearer {KEY}' -H 'Content-Type: application/json'"
        status, said = await shell(f"curl -fsS {headers} -d '{body}' {program.url}/api/v1/status-pages")
        assert status == 0, said
        status, said = await shell(here(read))
        assert (status, "<rss" in said) == (0, True), said
