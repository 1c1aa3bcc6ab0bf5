"""The page about TLS of its own: its configuration is taken, its hook works, and its errors are the real ones."""

import os
import re
import subprocess
from pathlib import Path

from asura.settings import load
from tests.test_tls_files import Shop

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "operating" / "tls.md").read_text("utf-8")


def fence(kind: str, number: int = 0) -> str:
    """Return a block of the page."""
    found: list[str] = re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    return found[number]


def test_the_configuration_is_taken_and_the_hook_of_certbot_brings_the_files(tmp_path: Path) -> None:
    shop, target = Shop(tmp_path), tmp_path / "tls"
    shop.certificate, shop.key = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"
    shop.put(shop.issue())
    hook = fence("sh", -1).replace("/etc/asura/tls", str(target)).replace("-g asura", "-g root")
    subprocess.run(["sh", "-c", hook], check=True, env={**os.environ, "RENEWED_LINEAGE": str(tmp_path)})
    assert (target / "privkey.pem").stat().st_mode & 0o777 == 0o640
    config = tmp_path / "config.yaml"
    config.write_text(fence("yaml").replace("/etc/asura/tls", str(target)))
    loaded = load(config, env={})
    assert loaded.warnings == () and loaded.settings.server.address == ("", 443)


def test_the_errors_in_the_table_are_those_that_asura_says() -> None:
    source = (ROOT / "asura" / "tls_files.py").read_text("utf-8")
    errors = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
    assert len(errors) == 5
    for error in errors:
        assert error in source, error
