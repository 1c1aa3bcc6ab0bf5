"""The settings of heartbeats beyond their schedule: which pings count, and what bodies say."""

import re
from typing import Annotated, Final, Literal

import msgspec

from asura.domain.fault import Fault
from asura.domain.fields import Secret, field

# The parts of a ping in which phrases are looked for.
HTTP_BODY: Final = "http_body"
MAIL_SUBJECT: Final = "mail_subject"
MAIL_BODY: Final = "mail_body"
Phrase = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Phrases = Annotated[list[Phrase], msgspec.Meta(max_length=20)]


class HeartbeatParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person may set. A phrase is plain text, or a regular expression (RE2) between slashes: `/error \\d+/`."""

    alert_if_never: Annotated[
        bool, field("Alert if it never pings", "Without a first ping in its time it goes down; off: it stays pending.")
    ] = True
    methods: Annotated[
        Literal["any", "post"],
        field(
            "Verbs",
            "`post` ignores GET and HEAD, which previews of links send.",
            labels={"any": "All: GET, HEAD and POST", "post": "POST alone"},
        ),
    ] = "any"
    manual_resume: Annotated[
        bool,
        field("Stay paused until a person resumes it", "Off: a ping in Healthchecks' form resumes.", advanced=True),
    ] = False
    fail_if: Annotated[
        Phrases,
        field("Failure when the body says", "Looked for first. Plain text, or a regular expression: `/…/`."),
    ] = []
    success_if: Annotated[Phrases, field("Success when the body says", "Looked for after the failures.")] = []
    start_if: Annotated[Phrases, field("Start when the body says", "Looked for last.")] = []
    otherwise: Annotated[
        Literal["success", "fail", "ignore"] | None,
        field(
            "When none is found",
            "What the ping means then. Empty: nothing where success is named, else success.",
            labels={"success": "Success", "fail": "Failure", "ignore": "Nothing"},
        ),
    ] = None
    look_in: Annotated[
        tuple[Literal["http_body", "mail_subject", "mail_body"], ...],
        field(
            "Where to look",
            "The parts of a ping in which phrases are looked for.",
            advanced=True,
            labels={HTTP_BODY: "Body of a request", MAIL_SUBJECT: "Subject of a mail", MAIL_BODY: "Text of a mail"},
        ),
    ] = (HTTP_BODY, MAIL_SUBJECT, MAIL_BODY)
    token: Annotated[
        Secret | None,
        field(
            "Token to take over",
            "16 to 64 of A-Z, a-z, 0-9, - and _: jobs that ping under it go on.",
            advanced=True,
            unique=True,
        ),
    ] = None
    uuid: Annotated[
        Secret | None,
        field("UUID to take over", "Of a check in Healthchecks: its jobs go on.", advanced=True, unique=True),
    ] = None


TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


def adoption_faults(params: HeartbeatParams) -> list[Fault]:
    """Return what is wrong with a token or UUID to take over."""
    faults = []
    if params.token and not TOKEN.fullmatch(params.token.reveal()):
        faults.append(Fault("settings.token", "must be 16 to 64 of A-Z, a-z, 0-9, - and _"))
    if params.uuid and uuid_text(params.uuid.reveal()) is None:
        faults.append(Fault("settings.uuid", "must be a UUID like 5f2b9f64-6f54-4b5c-9d0c-3f6d1f0a7c11"))
    return faults


def uuid_text(text: str) -> str | None:
    """Return a UUID as it is written everywhere: lower case, with four dashes; None when it is none."""
    lower = text.lower()
    if not UUID.fullmatch(lower):
        return None
    digits = lower.replace("-", "")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
