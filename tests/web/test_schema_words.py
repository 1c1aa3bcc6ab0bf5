"""The words of forms: what the schemas say in English, each language of the dashboard says too."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.harness import V1, asura

WORDS = Path(__file__).parents[2] / "ui" / "src" / "words"
SAID = ("title", "description", "unit")


def said(schema: Any) -> Iterator[str]:
    """Yield what the properties of a schema are called, what they mean, and their choices, also of nested ones."""
    if isinstance(schema, list):
        for one in schema:
            yield from said(one)
    elif isinstance(schema, dict):
        for part in schema.get("properties", {}).values():
            yield from (part[name] for name in SAID if part.get(name))
            yield from part.get("labels", {}).values()
        for one in schema.values():
            yield from said(one)


@pytest.mark.parametrize("language", ["de", "zh"])
async def test_every_sentence_of_the_schemas_is_translated(tmp_path: Path, language: str) -> None:
    texts = (WORDS / f"{language}.ts").read_text("utf-8")
    async with asura(tmp_path) as site, site.client() as client:
        checks = (await client.get(f"{V1}/check-types")).json()
        channels = (await client.get(f"{V1}/channel-types")).json()
    types = [*checks["data"], *channels["data"]]
    english = {*said([checks["monitor"], channels["channel"], *(one["settings"] for one in types)])}
    english |= {one["target_help"] for one in types if one.get("target_help")}
    assert len(english) > 200
    # Single words may be the same in both: Token, Port, PostgreSQL.
    missing = [text for text in english if " " in text and f"{json.dumps(text, ensure_ascii=False)}: " not in texts]
    assert missing == []
