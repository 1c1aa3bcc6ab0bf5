"""The bodies of requests about probes."""

from typing import Annotated

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class NewProbe(msgspec.Struct):
    """A probe to enrol: where it is, and how it is called; without a name it gets one."""

    region: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=64,
            description="Letters, digits, dots, dashes and underscores; not `local`, which is asura itself.",
        ),
    ]
    name: Name | None = None


class ProbePatch(msgspec.Struct):
    """Another name for a probe."""

    name: Name
