"""The commands of the one-file executable: backups, upgrades, the doctor and the demo, as people get them."""

import json
import re
import signal
import subprocess
from pathlib import Path

import httpx2
import pyrage
import pytest

from tests.frozen.kit import EXECUTABLE, eventually, free_port, run, running, web_server
from tests.tls_targets import Authority

pytestmark = pytest.mark.frozen


def test_a_check_trusts_the_authority_that_it_is_given(tmp_path: Path) -> None:
    authority = Authority()
    with web_server() as plain, web_server(authority.good()) as private:
        assert run("check", plain, cwd=tmp_path).returncode == 0
        assert run("check", private, "--set", f"ca_pem={authority.pem}", cwd=tmp_path).returncode == 0
        assert run("check", private, cwd=tmp_path).returncode == 1


def test_an_encrypted_backup_of_a_running_asura_is_restored_and_sends_nothing_until_it_may(tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "identity").write_text(f"{identity}\n")
    with running(tmp_path) as one:
        with web_server() as target, one.client() as client:
            body = {"name": "Shop", "type": "http", "target": target}
            assert client.post("/api/v1/monitors", json=body).status_code == 201
            headers = {"authorization": client.headers["authorization"]}
        data = one.data / "asura-data"
        file = tmp_path / "copy.age"
        kept = run("--data", data, "backup", file, "--recipient", str(identity.to_public()), cwd=tmp_path)
        assert kept.returncode == 0, kept.stdout + kept.stderr
        assert file.read_bytes().startswith(b"age-encryption.org/v1")
        checked = run("--data", data, "upgrade", "--check", "--json", cwd=tmp_path)
        assert json.loads(checked.stdout)["ok"] is True, checked.stdout + checked.stderr
        looked = run("--data", data, "doctor", "--json", cwd=tmp_path)
        subjects = {found["subject"] for found in json.loads(looked.stdout)["findings"]}
        assert len(subjects) > 5, looked.stdout
        refused = run("--data", data, "restore", file, "--identity", tmp_path / "identity", "--yes", cwd=tmp_path)
        assert refused.returncode == 1, refused.stdout
    new = tmp_path / "new"
    (new / "work").mkdir(parents=True)
    into = new / "work" / "asura-data"
    done = run("--data", into, "restore", file, "--identity", tmp_path / "identity", "--yes", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    with running(new) as second:
        base = f"http://{second.listen}/api/v1"
        assert [one["slug"] for one in httpx2.get(f"{base}/monitors", headers=headers).json()["data"]] == ["shop"]
        assert httpx2.get(f"{base}/system", headers=headers).json()["held"]
        released = run("--data", into, "release", cwd=tmp_path)
        assert released.returncode == 0, released.stdout + released.stderr
        assert not httpx2.get(f"{base}/system", headers=headers).json()["held"]


def test_the_demo_shows_its_company_and_leaves_nothing(tmp_path: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    log = tmp_path / "said"
    with log.open("w") as out:
        process = subprocess.Popen(
            [EXECUTABLE, "demo", "--listen", listen, "--days", "7", "--still"],
            cwd=tmp_path,
            env={"TMPDIR": str(tmp_path)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        eventually(lambda: process.poll() is not None or "API key" in log.read_text(), "it does not get ready")
        said = re.search(r"API key +(\S+)", log.read_text())
        assert said is not None, log.read_text()
        found = httpx2.get(f"http://{listen}/api/v1/overview", headers={"Authorization": f"Bearer {said[1]}"}).json()
        assert len(found["monitors"]) >= 25
        page = re.search(r"Status page +(\S+)", log.read_text())
        assert page is not None
        assert httpx2.get(page[1], follow_redirects=True).status_code == 200
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert process.returncode == 0, log.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["said"]
