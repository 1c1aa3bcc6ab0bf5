"""A monitor as people write it: its fields, their limits, and the metadata that draws their form."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from asura.domain.fields import field
from asura.domain.monitor import Assertion

Reference = int | str
Tag = Annotated[str, Meta(min_length=1, max_length=64)]
Threshold = Annotated[int, Meta(ge=1, le=100)]
INTERVAL = (5.0, 86_400.0)
YEAR = 31_536_000.0
Seconds = Annotated[float, Meta(ge=0, le=YEAR)]
Unset = msgspec.UnsetType
SECONDS: dict[str, Any] = {"unit": "s"}
OFTEN = ("10 s", "30 s", "1 m", "5 m", "15 m", "1 h", "1 d")
CHECKED: dict[str, Any] = {"only": "checked"}
HEARTBEATS: dict[str, Any] = {"only": "heartbeat"}


# Hints for the form: `group` is the section of a field, `only` the types that it is for, `control` what enters it.
class MonitorBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A monitor as people write it. What is absent gets its default."""

    name: Annotated[str, field("Name", min_length=1, max_length=200)]
    type: Annotated[str, field("Check", "How it is watched.", control="type")]
    target: Annotated[str, field("Address", "What is checked.", control="target", max_length=2048, **CHECKED)] = ""
    interval: Annotated[
        Annotated[float, Meta(ge=INTERVAL[0], le=YEAR)] | Unset,
        field("Every", suggest=OFTEN, **SECONDS),
    ] = msgspec.UNSET
    timeout: Annotated[
        Annotated[float, Meta(ge=0.1, le=300)] | Unset,
        field("Time-out", "What takes longer has failed; at most the interval.", group="judging", **SECONDS, **CHECKED),
    ] = msgspec.UNSET
    retries: Annotated[
        Annotated[int, Meta(ge=0, le=10)] | Unset,
        field("Retries", "A failing check is tried again so often before it counts.", group="judging", **CHECKED),
    ] = msgspec.UNSET
    retry_interval: Annotated[
        Annotated[float, Meta(ge=0, le=3600)] | Unset,
        field(
            "First retry after",
            "Each further one waits twice as long.",
            group="judging",
            advanced=True,
            **SECONDS,
            **CHECKED,
        ),
    ] = msgspec.UNSET
    enabled: Annotated[bool, field("Watched", "Off: paused, nothing is checked.", group="sorting", advanced=True)] = (
        True
    )
    public: Annotated[bool, field("Public", "Badges and status pages may show it to everybody.", group="sorting")] = (
        False
    )
    tags: Annotated[
        list[Tag], field("Tags", "Words to find and limit it by.", group="sorting", control="tags", max_length=50)
    ] = []
    group: Annotated[
        Annotated[str, Meta(max_length=200)] | None,
        field("Group", "Stands below this heading in lists.", group="sorting", control="group"),
    ] = None
    description: Annotated[
        str, field("Description", "For whoever looks at it.", group="sorting", multiline=True, max_length=10_000)
    ] = ""
    failure_threshold: Annotated[
        Threshold | Unset, field("Down after", "Failures in a row.", group="judging", unit="failures")
    ] = msgspec.UNSET
    success_threshold: Annotated[
        Threshold | Unset,
        field("Up again after", "Successes in a row.", group="judging", unit="successes", advanced=True),
    ] = msgspec.UNSET
    latency_threshold_ms: Annotated[
        Annotated[float, Meta(gt=0, le=300_000)] | None,
        field("Degraded when slower than", "Empty: however slow, it is up.", group="judging", unit="ms", **CHECKED),
    ] = None
    upside_down: Annotated[
        bool,
        field(
            "Upside down",
            "Up when the check fails: for what must not answer.",
            group="judging",
            advanced=True,
            **CHECKED,
        ),
    ] = False
    channel_ids: Annotated[
        list[Reference],
        field(
            "Channels",
            "Who is told; none chosen: the default channels.",
            group="telling",
            control="channels",
            max_length=100,
        ),
    ] = []
    reminder_interval: Annotated[
        float,
        field("Remind every", "While nobody has acknowledged it; 0: never.", group="telling", ge=0, le=YEAR, **SECONDS),
    ] = 0
    settings: Annotated[dict[str, Any], field("Settings", "Those of the type.", control="settings")] = {}
    assertions: Annotated[
        list[Assertion],
        field("Expectations", "What must hold of an answer.", control="assertions", max_length=50, **CHECKED),
    ] = []
    assertions_match: Annotated[
        Literal["all", "any"],
        field(
            "Must hold",
            "Which of the expectations.",
            control="assertions",
            labels={"all": "all of them", "any": "any of them"},
            **CHECKED,
        ),
    ] = "all"
    regions: Annotated[
        list[Tag],
        field(
            "Regions",
            "Where it is checked from; empty: everywhere.",
            group="judging",
            control="regions",
            advanced=True,
            max_length=50,
            **CHECKED,
        ),
    ] = []
    consensus: Annotated[
        Annotated[int, Meta(ge=1, le=50)] | None,
        field(
            "Regions that must agree",
            "Before it is down; empty: most of them.",
            group="judging",
            control="consensus",
            advanced=True,
            **CHECKED,
        ),
    ] = None
    depends_on: Annotated[
        list[Reference],
        field(
            "Depends on",
            "While one of these is down, nobody is told of this one.",
            group="telling",
            control="monitors",
            max_length=50,
        ),
    ] = []
    escalation_policy_id: Annotated[int | None, field("Escalation policy", group="telling", control="none")] = None
    runbook_url: Annotated[
        Annotated[str, Meta(max_length=2048)] | None,
        field(
            "Runbook",
            "An address with what to do; it stands in each message.",
            group="telling",
            placeholder="https://wiki.example.com/shop-is-down",
        ),
    ] = None
    grace: Annotated[
        Seconds | Unset, field("Grace", "How much later than expected is forgiven.", **SECONDS, **HEARTBEATS)
    ] = msgspec.UNSET
    cron: Annotated[
        Annotated[str, Meta(max_length=5000)] | Unset,
        field(
            "Cron",
            "One line each; several are allowed.",
            control="schedule",
            placeholder="30 2 * * *",
            multiline=True,
            **HEARTBEATS,
        ),
    ] = msgspec.UNSET
    on_calendar: Annotated[
        Annotated[str, Meta(max_length=5000)] | Unset,
        field(
            "OnCalendar",
            "As systemd writes it; one line each.",
            control="schedule",
            placeholder="Mon..Fri 02:30",
            multiline=True,
            **HEARTBEATS,
        ),
    ] = msgspec.UNSET
    timezone: Annotated[
        Annotated[str, Meta(max_length=100)] | Unset,
        field(
            "Time zone",
            "In which the schedule is meant.",
            control="schedule",
            placeholder="Europe/Berlin",
            **HEARTBEATS,
        ),
    ] = msgspec.UNSET
    max_runtime: Annotated[
        Annotated[float, Meta(gt=0, le=YEAR)] | Unset | None,
        field("Longest run", "From a start to its end; empty: the grace.", group="judging", **SECONDS, **HEARTBEATS),
    ] = msgspec.UNSET
    start_deadline: Annotated[
        Annotated[float, Meta(gt=0, le=YEAR)] | Unset | None,
        field(
            "Must start within",
            "After its scheduled time; empty: only the end matters.",
            group="judging",
            advanced=True,
            **SECONDS,
            **HEARTBEATS,
        ),
    ] = msgspec.UNSET


class MonitorDefaults(msgspec.Struct, frozen=True):
    """What a monitor gets that does not say; from `monitor.*` of the configuration."""

    interval: float = 60
    timeout: float = 10
    retries: int = 1
    retry_interval: float = 20
    failure_threshold: int = 2
    success_threshold: int = 1
