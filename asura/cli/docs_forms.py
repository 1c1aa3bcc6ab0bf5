"""Writes the schemas of all types into one file, from which the tests of the dashboard draw their forms."""

import json

import msgspec

from asura.engine.channel_desk import views as channel_views
from asura.engine.monitor_body import MonitorDefaults
from asura.running.types import views as check_views
from asura.web.api.forms import described_channels, described_checks


def fixture() -> str:
    """Return ui/tests/fixtures/types.json: the answers of /check-types and /channel-types."""
    checks, channels = described_checks(check_views(), MonitorDefaults()), described_channels(channel_views())
    answers = {"checks": msgspec.to_builtins(checks), "channels": msgspec.to_builtins(channels)}
    return json.dumps(answers, indent=1, ensure_ascii=False)
