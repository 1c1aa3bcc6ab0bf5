"""The settings of probes: of a process that is one, and of a primary that has some."""

from typing import Annotated

from asura.domain.fields import Secret
from asura.domain.region import LOCAL, REGION, is_local
from asura.settings_values import FLAG, HASH_OR_NOT, SECRET, TEXT, URL, Section, duration, setting, whole


class Probe(Section, frozen=True, kw_only=True):
    """For `mode: probe`, a second asura that checks from another place."""

    primary: Annotated[str, setting("Address of the primary.", URL)] = ""
    key: Annotated[Secret | None, setting("Key of this probe, made on the primary.", SECRET)] = None
    region: Annotated[
        str, setting("Name of the place that this process checks from; empty: the one that its key is for.", TEXT)
    ] = ""
    name: Annotated[
        str, setting("Name of this process among the probes of its region; empty: the host's name.", TEXT)
    ] = ""


class Probes(Section, frozen=True, kw_only=True):
    """Of a primary: what its probes may, and how many regions must agree before something is down."""

    enabled: Annotated[bool, setting("Take results of probes; each has a key, made in the dashboard.", FLAG)] = True
    probe_key_hash: Annotated[
        str, setting("SHA-256 of one key for all probes (`asura hash-key KEY`); empty: each has its own.", HASH_OR_NOT)
    ] = ""
    consensus: Annotated[
        int, setting("Regions that must agree, where a monitor says nothing else; 0: most of them.", whole(0, 50))
    ] = 0
    consensus_window: Annotated[
        float, setting("A report counts for so much longer than until the next one is due.", duration(1, 3600))
    ] = 30


def probe_faults(mode: str, probe: Probe) -> list[tuple[str, str]]:
    """Return (key, message) of everything that cannot work."""
    faults = []
    if mode == "probe":
        faults = [
            (f"probe.{name}", f"is needed by mode: probe, here or as --{name} or ASURA_{name.upper()}")
            for name in ("primary", "key")
            if not getattr(probe, name)
        ]
    if probe.region and not REGION.fullmatch(probe.region):
        faults.append(("probe.region", "must be 1 to 64 letters, digits, dots, dashes or underscores"))
    if mode == "probe" and is_local(probe.region):
        faults.append(("probe.region", f"must not be {LOCAL}: that is the primary itself"))
    if len(probe.name) > 64:
        faults.append(("probe.name", "must have at most 64 characters"))
    return faults
