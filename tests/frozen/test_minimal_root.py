"""The executable in a root of Debian that holds libc and zlib, and nothing else: no Python, no certificates, no zones.

There is not even a shell in it: what works here needs nothing of the machine on which it was built. Needs root for
chroot, mmdebstrap, and a mirror of Debian.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.frozen.kit import EXECUTABLE, Running, run, web_server
from tests.tls_targets import Authority

pytestmark = pytest.mark.frozen

PACKAGES = "base-files,libc6,zlib1g"
BUILD_S = 300


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The root, with the executable in it."""
    if os.geteuid() != 0 or not shutil.which("mmdebstrap"):
        pytest.skip("a minimal root is made by mmdebstrap, by root")
    made = tmp_path_factory.mktemp("minimal") / "root"
    suite = _suite()
    command = ["mmdebstrap", "--quiet", "--variant=extract", "--mode=root", f"--include={PACKAGES}", suite, str(made)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=BUILD_S)
    if done.returncode:
        pytest.skip(f"mmdebstrap could not make a root: {done.stderr.strip()[-500:]}")
    shutil.copy(EXECUTABLE, made / "asura")
    (made / "tmp").chmod(0o1777)
    yield made
    shutil.rmtree(made)


def _suite() -> str:
    """Return the release of Debian that this machine runs, whose libc is no newer than that of the build."""
    words = Path("/etc/os-release").read_text("utf-8").splitlines()
    told = dict(line.split("=", 1) for line in words if "=" in line)
    return told["VERSION_CODENAME"].strip('"') if told.get("ID") == "debian" else "bookworm"


def inside(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the executable in the root, with an empty environment."""
    return run(root, "/asura", *arguments, cwd=root, executable=Path(shutil.which("chroot") or "/usr/sbin/chroot"))


def test_there_is_nothing_in_it_that_could_help(root: Path) -> None:
    for pattern in ("python*", "ca-certificates*", "zoneinfo", "libssl*", "libsqlite*", "libstdc++*", "sh"):
        assert list(root.rglob(pattern)) == [], pattern
    assert list((root / "proc").iterdir()) == []


def test_it_says_its_version_and_every_part_works(root: Path) -> None:
    assert inside(root, "--version").returncode == 0
    done = inside(root, "selftest")
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((root / "tmp").iterdir()) == []


def test_it_trusts_an_authority_that_it_is_given_and_no_other_of_that_kind(root: Path) -> None:
    authority = Authority()
    with web_server(authority.good()) as target:
        good = inside(root, "check", target, "--set", f"ca_pem={authority.pem}")
        assert good.returncode == 0, good.stdout + good.stderr
        bad = inside(root, "check", target)
        assert bad.returncode == 1
        assert "trusted" in bad.stdout or "authority" in bad.stdout, bad.stdout


def test_it_serves_and_a_probe_beside_it_checks_for_it(root: Path) -> None:
    primary = _Inside(root)
    try:
        with primary.client() as client:
            assert "<script" in client.get("/").text
            key = client.post("/api/v1/probes", json={"region": "eu", "name": "one"}).json()["key"]
            body = {"name": "Itself", "type": "http", "target": f"http://{primary.listen}/api/v1/health"}
            assert client.post("/api/v1/monitors", json={**body, "regions": ["eu"]}).status_code == 201
            options = ("--mode", "probe", "--primary", f"http://{primary.listen}", "--key", key, "--once")
            done = inside(root, *options)
            assert done.returncode == 0, done.stdout + done.stderr
            # A probe that came once has no vote, but what it found is kept.
            last = client.get("/api/v1/monitors/itself").json()["last_result"]
            assert (last["region"], last["code"]) == ("eu", 200)
    finally:
        assert primary.stop() == 0
    assert list((root / "tmp").iterdir()) == []


class _Inside(Running):
    """An executable that serves inside the root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        super().__init__(root, root, "/asura", executable=Path(shutil.which("chroot") or "/usr/sbin/chroot"))
        self.data = root


def test_nothing_was_left_running(root: Path) -> None:
    inside_root = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "root") == str(root):
                inside_root.append(int(process.name))
        except OSError:
            continue
    for left in inside_root:
        os.kill(left, signal.SIGKILL)
    assert inside_root == []
