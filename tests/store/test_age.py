"""What is encrypted opens with age itself, and what age encrypts opens here; every other key is refused."""

import io
import os
import pty
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from asura.domain.fields import Secret
from asura.errors import AsuraError
from asura.store import age
from asura.store.age import Key, Lock

PASSPHRASE = Secret("correct horse battery staple")
# Around the size of a block, which the last one may fill.
SIZES = (0, 65_536, 65_537)


def encrypted(content: bytes, lock: Lock) -> bytes:
    out = io.BytesIO()
    age.encrypt((content[at : at + 50_000] for at in range(0, len(content), 50_000)), out.write, lock)
    return out.getvalue()


def decrypted(content: bytes, key: Key) -> bytes:
    out = io.BytesIO()
    age.decrypt(io.BytesIO(content), out.write, key)
    return out.getvalue()


@pytest.fixture(name="tool")
def _tool() -> str:
    found = shutil.which("age")
    if found is None:
        pytest.skip("age is not installed")
    return found


@pytest.fixture(name="identity")
def _identity(tmp_path: Path) -> tuple[Path, str]:
    made = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"# a comment\n{made}\n")
    return tmp_path / "key.txt", str(made.to_public())


def typed(command: list[str], passphrase: str) -> None:
    """Run a command that asks a person at a terminal for a passphrase, as age does."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    os.read(terminal, 1000)
    for _ in range(command.count("-p") + 1):
        os.write(terminal, f"{passphrase}\n".encode())
    while True:
        try:
            if not os.read(terminal, 1000):
                break
        except OSError:
            break
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_passphrase_opens_what_it_closed_at_every_size() -> None:
    for size in SIZES:
        content = os.urandom(size)
        closed = encrypted(content, Lock(passphrase=PASSPHRASE))
        assert decrypted(closed, Key(passphrase=PASSPHRASE)) == content
    assert pyrage.passphrase.decrypt(closed, PASSPHRASE.reveal()) == content


def test_age_itself_opens_it_by_passphrase(tmp_path: Path, tool: str) -> None:
    content = os.urandom(100_000)
    (tmp_path / "closed").write_bytes(encrypted(content, Lock(passphrase=PASSPHRASE)))
    typed([tool, "-d", "-o", str(tmp_path / "open"), str(tmp_path / "closed")], PASSPHRASE.reveal())
    assert (tmp_path / "open").read_bytes() == content


def test_recipients_go_both_ways_with_age_itself(tmp_path: Path, tool: str, identity: tuple[Path, str]) -> None:
    file, recipient = identity
    content = os.urandom(200_000)
    closed = encrypted(content, Lock(recipients=(recipient,)))
    opened = subprocess.run([tool, "-d", "-i", str(file)], input=closed, stdout=subprocess.PIPE, check=True)
    assert opened.stdout == content
    theirs = subprocess.run([tool, "-r", recipient], input=content, stdout=subprocess.PIPE, check=True)
    assert decrypted(theirs.stdout, Key(identities=age.read_identities(file))) == content


def test_a_key_of_ssh_opens_it_too(tmp_path: Path) -> None:
    made = ed25519.Ed25519PrivateKey.generate()
    openssh = serialization.PrivateFormat.OpenSSH
    private = made.private_bytes(serialization.Encoding.PEM, openssh, serialization.NoEncryption())
    public = made.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    (tmp_path / "id").write_bytes(private)
    closed = encrypted(b"hello", Lock(recipients=(public.decode(),)))
    assert decrypted(closed, Key(identities=age.read_identities(tmp_path / "id"))) == b"hello"


def test_the_wrong_key_is_told_from_damage(identity: tuple[Path, str]) -> None:
    file, recipient = identity
    own = Key(identities=age.read_identities(file))
    for_us, by_word = (
        encrypted(b"x" * 200_000, Lock(recipients=(recipient,))),
        encrypted(b"x", Lock(passphrase=PASSPHRASE)),
    )
    other = Key(identities=Secret(str(pyrage.x25519.Identity.generate())))
    cases = [
        (for_us, other, "none of these identities opens it"),
        (for_us, Key(), "name the file of its identity"),
        (for_us, Key(passphrase=PASSPHRASE), "not encrypted under a passphrase"),
        (for_us[:-1], own, "damaged or cut short"),
        (for_us[:150_000], own, "damaged or cut short"),
        (by_word, Key(passphrase=Secret("another horse battery staple")), "the passphrase does not open it"),
        (by_word, own, "none of these identities opens it"),
        (by_word[:-1], Key(passphrase=PASSPHRASE), "damaged or cut short"),
        (by_word[:60], Key(passphrase=PASSPHRASE), "its head is not whole"),
        (by_word.replace(b" 16\n", b" 30\n"), Key(passphrase=PASSPHRASE), "too much memory"),
        (by_word.replace(b" 16\n", b" 19\n"), Key(passphrase=PASSPHRASE), "too much memory"),
        (by_word.replace(b"\n--- ", b"\n--- A")[:200] + by_word[200:], Key(passphrase=PASSPHRASE), "damaged"),
    ]
    for content, key, sentence in cases:
        with pytest.raises(AsuraError, match=sentence):
            decrypted(content, key)


def test_a_changed_head_is_refused_though_the_passphrase_fits() -> None:
    closed = bytearray(encrypted(b"x", Lock(passphrase=PASSPHRASE)))
    closed[closed.index(b"--- ") + 6] ^= 1
    with pytest.raises(AsuraError, match="damaged"):
        decrypted(bytes(closed), Key(passphrase=PASSPHRASE))


def test_what_cannot_be_written_or_read_keeps_its_own_error(identity: tuple[Path, str]) -> None:
    def full(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    def chunks() -> "list[bytes]":
        raise AsuraError("the source is gone")

    for lock in (Lock(recipients=(identity[1],)), Lock(passphrase=PASSPHRASE)):
        with pytest.raises(OSError, match="No space left"):
            age.encrypt([b"x" * 200_000], full, lock)
        with pytest.raises(AsuraError, match="the source is gone"):
            age.encrypt((one for _ in range(1) for one in chunks()), lambda _: None, lock)
        closed = encrypted(b"x" * 100_000, lock)
        key = Key(passphrase=PASSPHRASE) if lock.passphrase else Key(identities=age.read_identities(identity[0]))
        with pytest.raises(OSError, match="No space left"):
            age.decrypt(io.BytesIO(closed), full, key)


def test_files_of_keys_are_read_with_plain_words(tmp_path: Path) -> None:
    file = tmp_path / "key"
    with pytest.raises(AsuraError, match="cannot be read: No such file"):
        age.read_passphrase(file)
    for content, sentence in ((b"", "at least 16"), (b"too short\n", "at least 16"), (b"\xff\xfe", "is no text")):
        file.write_bytes(content)
        with pytest.raises(AsuraError, match=sentence):
            age.read_passphrase(file)
    file.write_text("  sixteen letters!\nand more\n")
    assert age.read_passphrase(file) == Secret("sixteen letters!")
    with pytest.raises(AsuraError, match="holds no identity"):
        age.read_identities(file)
    assert "sixteen" not in repr(age.read_passphrase(file))


def test_recipients_are_looked_at(identity: tuple[Path, str]) -> None:
    assert age.recipient_fault(identity[1]) is None
    for wrong in ("", "age1", identity[1][:-1] + "x", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1", "x" * 500):
        assert "is no recipient" in (age.recipient_fault(wrong) or "")
