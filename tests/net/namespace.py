"""Runs a piece of Python in a network of its own, with black holes, dead ends and rights as the test wants them."""

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

ROOT = Path(__file__).parents[2]
LOOPBACK = "ip link set lo up"
# A link that asks for no neighbours and ends nowhere swallows what it is sent:
# the black hole is 192.0.2.0/24 and 2001:db8::/64.
BLACK_HOLE = (
    "ip link add hole arp off type veth peer name abyss; ip link set abyss up; ip link set hole up;"
    " ip addr add 192.0.2.1/24 dev hole;"
    " ip addr add 2001:db8::1/64 dev hole nodad"
)
DEAD_END = "ip route add unreachable 198.51.100.0/24"
UNPRIVILEGED_PINGS = "sysctl -qw net.ipv4.ping_group_range='0 0'"
NO_RAW = "setpriv --bounding-set=-net_raw --inh-caps=-net_raw"


def in_namespace(script: str, *setup: str, wrapper: str = "") -> Any:
    """Return what `script` printed as JSON, run in a fresh network namespace after the `setup` shell commands."""
    steps = "; ".join(("set -e", LOOPBACK, *setup, f"exec {wrapper} '{sys.executable}' -"))
    done = subprocess.run(
        ["unshare", "--map-root-user", "--net", "sh", "-c", steps],
        input=dedent(script),
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
