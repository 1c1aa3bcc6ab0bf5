"""What `asura doctor` makes of facts: values in, findings out."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asura.cli import (
    doctor_clock,
    doctor_commands,
    doctor_configuration,
    doctor_database,
    doctor_disk,
    doctor_folder,
    doctor_machine,
    doctor_network,
    doctor_probe,
    doctor_site,
    doctor_tls,
)
from asura.cli.doctor_clock import Clocks
from asura.cli.doctor_commands import Health, Part
from asura.cli.doctor_configuration import Configuration
from asura.cli.doctor_database import Database
from asura.cli.doctor_finding import Finding, State, amount, worst
from asura.cli.doctor_folder import DataFolder
from asura.cli.doctor_machine import Machine
from asura.cli.doctor_network import Asked, Lookup, Pinging, Way
from asura.cli.doctor_probe import Primary
from asura.cli.doctor_site import Answer, Site
from asura.cli.doctor_tls import Pair, Shown
from asura.store.inspection import Inspection

MACHINE = Machine(
    version="1.0",
    python="3.11.2",
    kernel="6.1.0-amd64",
    libc=("glibc", "2.36"),
    one_file=True,
    memory_available=1 << 30,
    swap=0,
    memory_limit=None,
    oom_kills=0,
    files=(1024, 20000),
    files_of="the running asura",
    max_concurrent=5000,
    temporary="/tmp",
    temporary_missing="",
    temporary_runs=True,
    temporary_free=1 << 30,
    unpacked_before=(),
    zones="",
    manager="systemd",
    watchdog=True,
)
FOLDER = DataFolder(path="/data", there=True, owner="asura", we="root", disk="ext4", free=9 << 30, fsync_ms=2.0)
WHOLE = Inspection(schema=5, known=5, check="ok", size=4096, sealed="")
DATABASE = Database(path="/data/asura.db", found=WHOLE, key=(32, 0o600))
HERE = Answer(url="http://127.0.0.1:8090", status=200, version="1.0", uptime_s=100.0)
SITE = Site(
    listen="127.0.0.1:8090",
    runs=True,
    local=HERE,
    external_url="https://status.example.com",
    external=Answer(url="https://status.example.com", status=200, version="1.0", uptime_s=101.0, by_tls=True),
    trusted_proxies=("127.0.0.1/32",),
)
WAY = Way(
    resolvers=("192.0.2.53",),
    lookups=(Lookup("status.example.com", "", 3.0),),
    canaries=(Asked("the gateway", ""),),
    pinging=Pinging(group=1000, allowed=(0, 2**31 - 1)),
)
JUDGES: dict[type, Any] = {
    Machine: doctor_machine.judge,
    DataFolder: doctor_folder.judge,
    Database: doctor_database.judge,
    Site: doctor_site.judge,
    Way: doctor_network.judge,
    Clocks: doctor_clock.judge,
    Configuration: doctor_configuration.judge,
    Primary: doctor_probe.judge,
    Health: doctor_commands.judge,
}


def judged(facts: Any, **changes: Any) -> list[Finding]:
    changed = msgspec.structs.replace(facts, **changes)
    found: Iterable[Finding] = JUDGES[type(facts)](changed)
    return list(found)


@pytest.mark.parametrize(
    "facts",
    [
        MACHINE,
        FOLDER,
        DATABASE,
        SITE,
        WAY,
        Clocks(synchronised=True, skews=(("the primary", -0.4),)),
        Clocks(synchronised=None),
        Configuration(path="/etc/asura/config.yaml", mode=0o640, secrets=True),
        Primary(url="https://status.example.com", region=""),
        Health(version=doctor_commands.__version__, parts={"store": Part(True)}),
    ],
    ids=lambda facts: type(facts).__name__,
)
def test_what_is_well_is_said_and_nothing_is_to_be_done(facts: Any) -> None:
    found = judged(facts)
    assert found
    assert worst(found) is State.OK, found
    assert not [one for one in found if one.todo]


OK, PROBLEM, WARN = State.OK, State.PROBLEM, State.WARN
TRACKED = "AmbientCapabilities=CAP_NET_RAW"
TABLE = [
    ("old kernel", MACHINE, {"kernel": "3.10.0"}, WARN, "older than anything", "upgrade"),
    ("old glibc", MACHINE, {"libc": ("glibc", "2.17")}, WARN, "older than the executable", "./dev binary"),
    ("killed for memory", MACHINE, {"oom_kills": 2}, PROBLEM, "killed for want of it 2 times", "MemoryMax="),
    ("no memory", MACHINE, {"memory_available": 1 << 20}, PROBLEM, "too little to start", "MemoryMax="),
    ("little memory", MACHINE, {"memory_limit": 100 << 20}, WARN, "a few hundred monitors", "MemoryMax="),
    ("few files", MACHINE, {"files": (1024, 1024)}, WARN, "768 checks", "LimitNOFILE=5256"),
    ("noexec", MACHINE, {"temporary_runs": False}, PROBLEM, "noexec", "TMPDIR"),
    ("no folder to unpack", MACHINE, {"temporary_missing": "/x/tmp"}, WARN, "is not there", "install -d"),
    ("no room to unpack", MACHINE, {"temporary_free": 1 << 20}, PROBLEM, "needs 128 MiB", "TMPDIR"),
    ("unpacked before", MACHINE, {"unpacked_before": ("/tmp/_MEI1",)}, WARN, "killed", "rm -r /tmp/_MEI1"),
    ("no zones", MACHINE, {"zones": "are missing"}, PROBLEM, "are missing", "tzdata"),
    ("clock adrift", Clocks(synchronised=False), {}, WARN, "nothing keeps it right", "chrony|timedatectl"),
    ("clock ahead", Clocks(synchronised=True), {"skews": (("x", 9.0),)}, WARN, "9 s ahead of x", "chrony|timedatectl"),
    ("clock far off", Clocks(synchronised=True), {"skews": (("x", -90.0),)}, PROBLEM, "90 s behind x", ""),
    ("nfs", FOLDER, {"disk": "nfs4"}, PROBLEM, "nfs4: SQLite's log needs a local disk", "server.data"),
    ("sshfs", FOLDER, {"disk": "fuse.sshfs"}, PROBLEM, "fuse.sshfs", "server.data"),
    ("9p", FOLDER, {"disk": "9p"}, PROBLEM, "9p", "server.data"),
    ("tmpfs", FOLDER, {"disk": "tmpfs"}, WARN, "all is lost when the machine restarts", "server.data"),
    ("layer", FOLDER, {"disk": "overlay"}, WARN, "the container's own layer", "volume"),
    ("full", FOLDER, {"free": 4096}, PROBLEM, "full (4.0 KiB free): nothing can be stored any more", "retention_days"),
    ("no room", FOLDER, {"free": 1 << 20}, PROBLEM, "soon nothing can be stored", "retention_days"),
    ("little room", FOLDER, {"free": 1 << 29}, WARN, "512 MiB free", "retention_days"),
    ("no room to upgrade", FOLDER, {"database": 5 << 30}, WARN, "an upgrade may need 15 GiB", ""),
    ("not one inode", FOLDER, {"inodes": 0}, PROBLEM, "no inodes are left", "make room"),
    ("few inodes", FOLDER, {"inodes": 3}, PROBLEM, "3 inodes left", ""),
    ("slow disk", FOLDER, {"fsync_ms": 180.0}, WARN, "180.0 ms until a write is durable", "SSD"),
    ("open folder", FOLDER, {"mode": 0o755}, PROBLEM, "open to others (0755)", "chmod 700 /data"),
    ("strangers", FOLDER, {"strangers": ("asura.db",)}, PROBLEM, "asura.db do not belong", "chown -R asura: /data"),
    (
        "root's folder",
        msgspec.structs.replace(FOLDER, owner="root"),
        {"strangers": ("asura.db", "secret.key"), "strangers_of": "bob"},
        PROBLEM,
        "/data belongs to root, and asura.db, secret.key in it to bob",
        "chown -R bob: /data",
    ),
    ("made by bob", FOLDER, {"there": False, "writable": False, "we": "bob"}, PROBLEM, "bob may not", "-o bob /data"),
    ("read-only", FOLDER, {"read_only": True}, PROBLEM, "mounted read-only", "remount,rw"),
    ("not ours", FOLDER, {"writable": False, "we": "bob"}, PROBLEM, "bob may not write", "sudo -u asura asura doctor"),
    ("own, closed", FOLDER, {"writable": False, "mode": 0o500, "we": "asura"}, PROBLEM, "(0500)", "chmod 700 /data"),
    ("closed", FOLDER, {"mode": 0o500}, PROBLEM, "closed to its owner (0500)", "chmod 700 /data"),
    ("wrong user", FOLDER, {"holder": 9, "holder_user": "bob"}, WARN, "process 9 runs as bob", "as asura"),
    ("partial", FOLDER, {"leftovers": ("backups/x.partial",)}, WARN, "never finished", "rm /data/backups/x.partial"),
    ("no account", FOLDER, {"links": ("setup-link",)}, WARN, "no account yet", "cat /data/setup-link"),
    ("unused key", FOLDER, {"links": ("first-admin-key",)}, WARN, "never used", "rm /data/first-admin-key"),
    ("replaced", FOLDER, {"replaced": ("replaced-1",)}, WARN, "before a backup was restored", "rm -r"),
    ("missing", FOLDER, {"there": False}, WARN, "the first start makes it", "asura"),
    ("cannot be made", FOLDER, {"there": False, "writable": False}, PROBLEM, "may not make it", "install -d -m 700"),
    ("lost", DATABASE, {"found": None, "lost": "/data/asura.db: is gone"}, PROBLEM, "is gone", "asura restore"),
    ("broken", DATABASE, {"found": Inspection(error="malformed")}, PROBLEM, "malformed", "asura restore"),
    ("bad pages", DATABASE, {"found": Inspection(schema=5, known=5, check="Page 3")}, PROBLEM, "Page 3", "restore"),
    ("newer", DATABASE, {"found": Inspection(schema=9, known=5)}, PROBLEM, "made by a newer asura", "newer exec"),
    ("older", DATABASE, {"found": Inspection(schema=4, known=5, check="ok")}, WARN, "upgrades it to 5", "--check"),
    ("large", DATABASE, {"found": Inspection(schema=5, known=5, check="too long")}, WARN, "too large", "integrity"),
    ("long log", DATABASE, {"found": msgspec.structs.replace(WHOLE, wal=1 << 30)}, WARN, "not folded in", "restart"),
    ("dead", DATABASE, {"found": msgspec.structs.replace(WHOLE, dead=2)}, WARN, "2 were given up", "Undelivered"),
    ("held", DATABASE, {"found": msgspec.structs.replace(WHOLE, held_since="x")}, PROBLEM, "restored", "asura release"),
    ("wrong key", DATABASE, {"found": msgspec.structs.replace(WHOLE, sealed="no")}, PROBLEM, "no", "asura restore"),
    (
        "closed key",
        DATABASE,
        {"meant_for": "bob"},
        PROBLEM,
        "cannot be read",
        "chown bob: /data/secret.key",
    ),
    ("open key", DATABASE, {"key": (32, 0o644)}, PROBLEM, "0644", "chmod 600 /data/secret.key"),
    ("short key", DATABASE, {"key": (3, 0o600)}, PROBLEM, "3 bytes, not 32", "backup"),
    ("no way in", SITE, {"local": Answer(url="", error="refused")}, PROBLEM, "does not answer on", "journalctl"),
    ("taken", SITE, {"runs": False, "local": Answer(url=""), "taken": "in use"}, PROBLEM, "in use", "ss -ltnp"),
    ("another's", SITE, {"runs": False}, PROBLEM, "another asura, of other data, has 127.0.0.1:8090", "server.listen"),
    ("perhaps ours", SITE, {"runs": None}, OK, "127.0.0.1:8090: asura 1.0 answers", ""),
    ("kept", SITE, {"local": Answer(url=""), "taken": "in use", "kept": True}, WARN, "systemd keeps", "journalctl"),
    ("mail port", SITE, {"mail_taken": "in use"}, PROBLEM, "in use", "smtp_listen"),
    ("loopback", SITE, {"external": None}, WARN, "from this machine alone", "server.external_url"),
    ("outside", SITE, {"external": Answer(url="", error="refused")}, PROBLEM, "is not reached", "curl -v"),
    ("no asura", SITE, {"external": Answer(url="", status=404)}, PROBLEM, "answers 404, and is no asura", "curl -v"),
    ("base path", SITE, {"external": Answer(url=""), "base_path": "/a"}, PROBLEM, "server.base_path is /a", ""),
    ("other", SITE, {"external": Answer(url="", version="1.0", uptime_s=9e5)}, PROBLEM, "another asura", ""),
    ("untrusted", SITE, {"trusted_proxies": ()}, WARN, "count as one address", "server.trusted_proxies"),
    ("no proto", SITE, {"external": HERE}, PROBLEM, "does not see that people come by TLS", "X-Forwarded-Proto"),
    ("no resolver", WAY, {"resolvers": ()}, WARN, "names no server", "/etc/resolv.conf"),
    ("no name", WAY, {"lookups": (Lookup("x", "no x", 1.0),)}, PROBLEM, "no x", "getent ahosts x"),
    ("slow name", WAY, {"lookups": (Lookup("x", "", 4000.0),)}, WARN, "x took 4000 ms", "resolver"),
    ("no canaries", WAY, {"canaries": ()}, OK, "none are set: an outage of our own cannot", ""),
    ("silent canaries", WAY, {"canaries": (Asked("g", "gone"),)}, WARN, "none answers", "network.canaries"),
    ("no pings", WAY, {"pinging": Pinging(group=1000, allowed=(1, 0))}, WARN, "may not ping", TRACKED),
    ("no pings here", WAY, {"pinging": Pinging(error="no", we="this user")}, WARN, "may not ping", TRACKED),
    ("open file", Configuration(path="c", mode=0o644, secrets=True), {}, PROBLEM, "by everybody", "chmod 640 c"),
    ("open to change", Configuration(path="c", mode=0o666), {}, PROBLEM, "changed by others", "chmod 640 c"),
    ("no effect", Configuration(path="c", warnings=("c:1: x has no effect",)), {}, WARN, "no effect", "remove"),
    ("primary", Primary(url="u", region="", error="refused"), {}, PROBLEM, "refused", "curl -v u/api/v1/health"),
    ("plain", Primary(url="http://u", region="", plain=True), {}, WARN, "in plain text", "https"),
    ("part", Health(version="1", parts={"store": Part(False, "full")}), {}, PROBLEM, "store: full", "journalctl"),
    ("blind", Health(version="1", blind="no gateway"), {}, PROBLEM, "cannot see: no gateway", "asura check"),
    ("older one", Health(version="0.0"), {}, WARN, "asura 0.0 runs", "restart"),
    ("held up", Health(version="1", lag_max_s=3.0), {}, WARN, "held up for 3.0 s", ""),
]


@pytest.mark.parametrize(
    ("facts", "changes", "state", "seen", "todo"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_what_is_wrong_is_said_with_what_to_do(
    facts: Any, changes: dict[str, Any], state: State, seen: str, todo: str
) -> None:
    found = judged(facts, **changes)
    mine = [one for one in found if seen in one.seen]
    assert [one.state for one in mine] == [state], found
    assert any(word in mine[0].todo for word in todo.split("|"))
    assert bool(mine[0].todo) == (state is not State.OK)


@pytest.mark.parametrize(
    ("we", "owner", "said"),
    [
        (
            "root",
            "asura",
            "root, who may read more than asura, as whom asura runs; as that one: sudo -u asura asura doctor",
        ),
        ("root", "root", "root"),
        ("asura", "asura", "asura"),
        ("ann", "asura", "ann"),
        ("root", "?", "root"),
    ],
)
def test_it_says_with_whose_eyes_it_looked(we: str, owner: str, said: str) -> None:
    seen = msgspec.structs.replace(FOLDER, we=we, owner=owner)
    first = next(iter(doctor_folder.judge(seen)))
    assert (first.state, first.subject, first.seen) == (State.OK, "looked as", said)


def test_whoever_may_open_raw_sockets_may_ping() -> None:
    assert doctor_network.may_ping(Pinging(raw=True, group=1000, allowed=(1, 0)))
    assert doctor_network.may_ping(Pinging(group=5, groups=(7,), allowed=(6, 8)))
    assert not doctor_network.may_ping(Pinging(group=5, groups=(7,), allowed=None))


def test_a_clock_is_compared_with_a_header_of_whole_seconds() -> None:
    sent = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)
    received = sent + timedelta(seconds=1)
    assert doctor_clock.skew_s("Mon, 02 Mar 2026 12:00:10 GMT", sent=sent, received=received) == 0.0
    assert doctor_clock.skew_s("Mon, 02 Mar 2026 11:59:00 GMT", sent=sent, received=received) == 70.0
    assert doctor_clock.skew_s("yesterday", sent=sent, received=received) is None


def test_the_file_system_is_that_of_the_nearest_mount(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:5 / /srv rw shared:1 - nfs4 host:/x rw\n"
        "3 2 0:6 / /srv/with\\040space rw - tmpfs none rw\n"
    )
    found = [doctor_disk.file_system(Path(path), table) for path in ("/var/x", "/srv/a", "/srvs", "/srv/with space/b")]
    assert found == ["ext4", "nfs4", "ext4", "tmpfs"]
    assert doctor_disk.file_system(Path("/"), tmp_path / "none") == ""


def test_what_is_shown_is_what_lies_in_the_file() -> None:
    pair = Pair(path="cert.pem", names=("localhost",), days_left=50, fingerprint="new")
    here = Shown(url="https://localhost", fingerprint="old", days_left=3)
    (old,) = doctor_tls.judge_shown(here, pair)
    assert (old.state, old.todo) == (State.PROBLEM, "systemctl reload asura")
    assert not list(doctor_tls.judge_shown(msgspec.structs.replace(here, fingerprint="new"), pair))
    states = [next(doctor_tls.judge_shown(msgspec.structs.replace(here, days_left=days), None)) for days in (-2, 3, 30)]
    assert [one.state for one in states] == [State.PROBLEM, State.WARN, State.OK]


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (5 << 30, "5.0 GiB"), (3 << 50, "3072.0 TiB")]
)
def test_amounts_are_read_at_a_glance(size: int, text: str) -> None:
    assert amount(size) == text
