"""What subscribers get: mails, messages for chats, and documents for webhooks, made of what a page says."""

from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from asura.channels.letters import Circular
from asura.domain import markup, wording
from asura.domain.board import Board
from asura.domain.message import Message
from asura.domain.page import Page
from asura.domain.rendering import Fact, Tone
from asura.domain.subscription import CONFIRM, Subscriber
from asura.domain.subscription_words import Words, words
from asura.engine.bulletin import Bulletin
from asura.engine.page_address import address_of

OVER = frozenset({"resolved", "completed"})
TONES = {"critical": Tone.BAD, "major": Tone.BAD, "minor": Tone.WARNING, "none": Tone.NOTE}
DOCUMENTATION = "https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/"
# The state of the whole, in the words that readers of Statuspage's documents know.
INDICATORS = {
    "operational": ("none", "All Systems Operational"),
    "degraded": ("minor", "Partially Degraded Service"),
    "partial_outage": ("major", "Partial System Outage"),
    "major_outage": ("critical", "Major Service Outage"),
    "unknown": ("minor", "Status Unknown"),
    "maintenance": ("maintenance", "Service Under Maintenance"),
}

COMPONENTS = {
    "degraded": "degraded_performance",
    "unknown": "degraded_performance",
    "maintenance": "under_maintenance",
}


class Post(NamedTuple):
    """One message on its way: to whom, about which page, and under which marks. `board` is what visitors see."""

    to: Subscriber
    page: Page
    board: Board
    root: str
    key: str
    thread: str

    @property
    def language(self) -> str:
        """Return the language of the page, or the one in which somebody subscribed where the page has none."""
        wanted = self.page.config.language
        return self.to.language if wanted == "auto" else wanted

    @property
    def words(self) -> Words:
        """Return the words of the language."""
        return words(self.language)

    def said(self, name: str) -> str:
        """Return a sentence about the page."""
        return self.words[name].format(page=self.page.config.title)

    def link(self, name: str) -> str:
        """Return the address of `confirm`, `unsubscribe` or `manage` for whom this is."""
        return f"{self.root}/{name}?token={self.to.token.reveal()}"

    def names(self, bulletin: Bulletin) -> list[str]:
        """Return how the components are called that a bulletin is about."""
        known = {one.id: one.name for one in self.board.components}
        return [known[one] for one in bulletin.components if one in known]

    def stamp(self, at: datetime) -> str:
        """Return an instant in the zone of the page."""
        zone = self.page.config.timezone
        return f"{at.astimezone(ZoneInfo(zone)).strftime(self.words['stamp'])} ({zone})"


def post(to: Subscriber, page: Page, board: Board, *, url: str, key: str, thread: str) -> Post:
    """Return a message on its way; `url` is the address of asura."""
    return Post(to, page, board, address_of(page, url), key, thread)


def status_of(bulletin: Bulletin, known: Words) -> str:
    """Return how far things have come, in words."""
    name = "notice" if bulletin.event == "notice" and bulletin.status not in OVER else bulletin.status
    return known.get(name, name.replace("_", " "))


def tone_of(bulletin: Bulletin) -> Tone:
    """Return how a bulletin feels."""
    if bulletin.status in OVER:
        return Tone.GOOD
    return TONES.get(bulletin.impact, Tone.NOTE) if bulletin.event == "incident" else Tone.NOTE


def permalink(post: Post, bulletin: Bulletin) -> str:
    """Return where on the page it stands what a bulletin says."""
    return post.root if bulletin.event == "maintenance" else f"{post.root}/incidents/{bulletin.subject_id}"


def circular(post: Post, bulletin: Bulletin) -> Circular:
    """Return the mail that tells of a bulletin."""
    status = status_of(bulletin, post.words)
    title = post.page.config.title
    return Circular(
        key=post.key,
        thread=post.thread,
        at=bulletin.at,
        stamp=post.stamp(bulletin.at),
        language=post.language,
        sign=title,
        list_id=_list_id(post),
        tone=tone_of(bulletin),
        badge=status,
        subject=f"[{title}] {bulletin.title}: {status}",
        title=bulletin.title,
        html=markup.html(bulletin.text),
        plain=markup.plain(bulletin.text),
        facts=[Fact(label, text) for label, text in _facts(post, bulletin) if text],
        action=post.words["view"],
        url=permalink(post, bulletin),
        why=post.said("why"),
        foot=((post.words["manage"], post.link("manage")), (post.words["unsubscribe"], post.link("unsubscribe"))),
        unsubscribe=post.link("unsubscribe"),
    )


def letter(post: Post, event: str, at: datetime) -> Circular:
    """Return the mail that asks somebody to confirm, or says that there is nothing to confirm any more."""
    name = "confirm_mail" if event == CONFIRM else "known_mail"
    text = post.said(f"{name}_text")
    action = post.words["confirm_mail_action"] if event == CONFIRM else post.words["manage"]
    known = event != CONFIRM
    plain = text if known else f"{text}\n{post.words['confirm_mail_end']}"
    return Circular(
        key=post.key,
        thread=post.thread,
        at=at,
        stamp=post.stamp(at),
        language=post.language,
        sign=post.page.config.title,
        list_id=_list_id(post),
        tone=Tone.NOTE,
        badge=post.words["confirm_badge"],
        subject=post.said(name),
        title=post.said(name),
        html="",
        plain=plain,
        action=action,
        url=post.link("manage" if known else "confirm"),
        foot=((post.words["unsubscribe"], post.link("unsubscribe")),) if known else (),
        # Who never asked gets no header that says they are on a list.
        unsubscribe=post.link("unsubscribe") if known else "",
    )


def message(post: Post, bulletin: Bulletin) -> Message:
    """Return a bulletin as the chats of channels take it."""
    feeling = tone_of(bulletin)
    lines = [markup.plain(bulletin.text)]
    lines += [f"{label}: {text}" for label, text in _facts(post, bulletin) if text]
    event = {Tone.GOOD: "incident.resolved", Tone.NOTE: "incident.noted"}.get(feeling, "incident.opened")
    return Message(
        id=0,
        event=event,
        at=bulletin.at,
        title=f"{post.page.config.title}: {bulletin.title}",
        text="\n".join(line for line in lines if line),
        severity="critical" if feeling is Tone.BAD else "warning",
        url=permalink(post, bulletin),
        key=post.key,
        thread=post.thread,
    )


def greeting(post: Post, at: datetime) -> Message:
    """Return the first message to a chat."""
    return Message(
        id=0,
        event="test",
        at=at,
        title=post.page.config.title,
        text=post.said("greeting"),
        severity="warning",
        url=post.root,
        key=post.key,
        thread=post.thread,
    )


def document(post: Post, bulletin: Bulletin | None) -> dict[str, Any]:
    """Return what a webhook gets, in the shape of Statuspage's; None is the first one, which says nothing yet."""
    indicator, description = INDICATORS[post.board.status]
    about: dict[str, Any] = {
        "meta": {"unsubscribe": post.link("unsubscribe"), "documentation": DOCUMENTATION},
        "page": {"id": str(post.page.id), "status_indicator": indicator, "status_description": description},
    }
    return about | ({"test": True} if bulletin is None else {"incident": _incident(post, bulletin)})


def _incident(post: Post, bulletin: Bulletin) -> dict[str, Any]:
    planned = bulletin.event == "maintenance"
    subject = str(bulletin.subject_id)
    at = wording.instant(bulletin.at)
    began = wording.instant(bulletin.starts_at or bulletin.at)
    if planned and bulletin.starts_at is not None:
        subject = f"{subject}-{int(bulletin.starts_at.timestamp())}"
    said = {"incident": bulletin.key.rpartition("-")[2]}.get(bulletin.event, f"{subject}-{bulletin.status}")
    by_id = {one.id: one for one in post.board.components}
    return {
        "id": subject,
        "name": bulletin.title,
        "status": bulletin.status,
        "impact": "maintenance" if planned else bulletin.impact,
        "impact_override": None,
        "created_at": at if planned else began,
        "updated_at": at,
        "started_at": began,
        "monitoring_at": at if bulletin.status == "monitoring" else None,
        "resolved_at": at if bulletin.status in OVER else None,
        "scheduled_for": began if planned else None,
        "scheduled_until": wording.instant(bulletin.ends_at) if planned else None,
        "postmortem_body": bulletin.text if bulletin.event == "postmortem" else None,
        "backfilled": False,
        "shortlink": permalink(post, bulletin),
        "page_id": str(post.page.id),
        "incident_updates": [
            {
                "id": said,
                "incident_id": subject,
                "status": bulletin.status,
                "body": bulletin.text,
                "created_at": at,
                "updated_at": at,
                "display_at": at,
            }
        ],
        "components": [
            {"id": str(one), "name": by_id[one].name, "status": _component_status(by_id[one].status)}
            for one in bulletin.components
            if one in by_id
        ],
    }


def _component_status(status: str) -> str:
    return COMPONENTS.get(status, str(status))


def _facts(post: Post, bulletin: Bulletin) -> list[tuple[str, str]]:
    found = [
        (post.words["status"], status_of(bulletin, post.words)),
        (post.words["affects"], ", ".join(post.names(bulletin))),
    ]
    if bulletin.event == "maintenance":
        for name, at in (("begins", bulletin.starts_at), ("ends", bulletin.ends_at)):
            found.append((post.words[name], post.stamp(at) if at is not None else ""))
    return found


def _list_id(post: Post) -> str:
    host = post.root.partition("://")[2].partition("/")[0].partition(":")[0]
    return f"{post.page.slug}.{host}"
