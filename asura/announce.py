"""What is said at the start: the address, and at the first start the set-up link, kept in a private file until used."""

import logging
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from asura import __version__
from asura.engine.engine import Engine
from asura.engine.key_desk import PREFIX, hash_token, new_token
from asura.engine.signing_in import new_setup_token
from asura.settings import Settings

LOG = logging.getLogger("asura")

FIRST_KEY_FILE = "first-admin-key"
SETUP_FILE = "setup-link"
SETUP_PATH = "/setup#"


async def announce(engine: Engine, settings: Settings) -> None:
    """Say where it runs; the first starts make an admin key and a set-up link, each in a private file until its use."""
    LOG.info("asura %s runs on %s, data in %s", __version__, settings.url, settings.server.data)
    print(f"asura {__version__} is running: {settings.url}", flush=True)
    await _offer_key(engine, settings.server.data / FIRST_KEY_FILE)
    _offer_setup(engine, settings.server.data / SETUP_FILE, settings.url)


async def _offer_key(engine: Engine, path: Path) -> None:
    """Make the first admin key, for scripts; people come by the set-up link."""
    if not engine.keys.any:
        # The file comes first: killed in between, the next start makes a key of the file.
        await engine.keys.create("first admin", "admin", token=first_key(path))
    _forget_when_used(engine, path)


def _forget_when_used(engine: Engine, path: Path) -> None:
    if path.exists():
        digest = hash_token(path.read_text("ascii", "replace").strip())
        if all(key.hash != digest for key in engine.keys.list()):
            # Of before a restore, or revoked: it opens nothing any more.
            path.unlink(missing_ok=True)
            return
        engine.keys.when_used(digest, lambda: path.unlink(missing_ok=True))


def _offer_setup(engine: Engine, path: Path, url: str) -> None:
    if engine.users.any:
        # Killed between the first admin and the end of the file: it opens nothing any more.
        path.unlink(missing_ok=True)
        return
    link = setup_link(path, url)
    engine.signing_in.offer_setup(_token_of(link))
    engine.users.when_first = lambda: path.unlink(missing_ok=True)
    # What is not a terminal may be a log, where a link that makes an admin must not stand.
    shown = link if sys.stdout.isatty() else f"(in {path})"
    print(f"Open this link to set it up; it works once:\n\n    {shown}\n", flush=True)


def first_key(path: Path) -> str:
    """Return the key that the file holds, or a new one that it holds from now on, whole or not at all."""
    kept = _kept(path, lambda text: text.startswith(PREFIX) and len(text) == len(new_token()))
    if not kept:
        kept = new_token()
        _keep(path, kept)
    return kept


def setup_link(path: Path, url: str) -> str:
    """Return the set-up link with the token of the one that the file holds, else a new one; the file holds it then."""
    kept = _kept(path, lambda text: len(_token_of(text)) == len(new_setup_token()))
    link = f"{url}{SETUP_PATH}{_token_of(kept) or new_setup_token()}"
    if link != kept:
        _keep(path, link)
    return link


def _token_of(link: str) -> str:
    return link.rpartition("#")[2] if SETUP_PATH in link else ""


def _keep(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def _kept(path: Path, good: Callable[[str], bool]) -> str:
    """Return what the file holds, or nothing.

    A file that is a link, somebody else's, or open to others holds nothing of ours: who wrote it would be an admin.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return ""
    if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o077 or found.st_uid != os.getuid():
        return ""
    text = path.read_text("utf-8", "replace").strip()
    return text if good(text) else ""
