"""What tests of `asura doctor` share: a look at a folder, and the finding about something."""

from pathlib import Path

from asura.cli.doctor_finding import Finding
from asura.cli.doctor_rounds import examine
from asura.settings import load

QUIET = "network: {canaries: [], allow_private_channels: [127.0.0.0/8]}\n"


async def look(folder: Path, config: str = "", *, send_mail: str = "") -> list[Finding]:
    """Return what the doctor says of a folder with this configuration."""
    file = folder / "doctor.yaml"
    file.write_text(QUIET + config)
    flags = {"server.data": str(folder / "data")}
    return await examine(load(file, env={}, flags=flags), send_mail=send_mail)


def about(findings: list[Finding], words: str) -> list[Finding]:
    return [one for one in findings if words in f"{one.subject}: {one.seen}"]


def the(findings: list[Finding], words: str) -> Finding:
    found = about(findings, words)
    assert len(found) == 1, "\n".join(f"{one.state} {one.subject}: {one.seen}" for one in findings)
    return found[0]
