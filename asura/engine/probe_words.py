"""What people are told of probes that are gone, are back, cannot see or come and go: as few messages as will do."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from asura.domain import wording
from asura.domain.attendance import MOST_TURNS, Tell
from asura.domain.incident import EventType
from asura.domain.instant import at_ms
from asura.domain.probe import Probe
from asura.engine.notice import Notice
from asura.engine.probe_desk import SHARED

SHOWN_NAMES = 5
QUIET = "No more is said of it until it has been steady for ten minutes."


class News(NamedTuple):
    """What is to be told of one probe: whether it is there (or sees), when it last was before it went, and for how many
    seconds it was not, when it is back.
    """

    probe: Probe
    tell: Tell
    there: bool
    left_at: datetime
    away_s: float = 0.0
    # Why it cannot see, as it says itself.
    blind: str = ""


class Left(NamedTuple):
    """Who is left: the names of those that see, by region; how many are there of how many; whether asura checks."""

    seeing: Mapping[str, Sequence[str]]
    probes: int
    there: int
    local: bool

    def sentence(self, region: str, *, several: bool) -> str:
        """Return what follows where probes of a region are gone."""
        others = self.seeing.get(region)
        if others:
            names = listed([f"{region}/{name}" for name in others])
            return f"{'Their' if several else 'Its'} monitors were taken over by {names}."
        if self.there:
            return f"{'Their' if several else 'Its'} region has no vote now."
        return f"All probes are gone: {self.rest}."

    @property
    def rest(self) -> str:
        """Return what goes on without any probe."""
        return "checks from here go on" if self.local else "nothing is checked now, as asura itself is set not to"


def compose(presence: Iterable[News], sight: Iterable[News], left: Left, now: datetime) -> list[Notice]:
    """Return the notices: one for all where all are gone or back, else one for each region; those that come and go,
    and those that cannot see, for themselves.
    """
    presence = list(presence)
    gone = [news for news in presence if news.tell is Tell.GONE]
    back = [news for news in presence if news.tell is Tell.BACK]
    notices = []
    for told, whole, one in ((gone, left.there == 0, _gone), (back, left.there == left.probes, _back)):
        groups = _by_region(told)
        if whole and len(groups) > 1:
            groups = {"": told}
        notices += [one(region, group, left, now) for region, group in groups.items()]
    notices += [_restless(news, now) for news in presence if news.tell is Tell.RESTLESS]
    return notices + [_of_sight(news, left, now) for news in sight]


def greetings(new: Sequence[Probe], now: datetime) -> list[Notice]:
    """Return the notice of probes that came by a key that several have: nobody joins unseen."""
    if not new:
        return []
    ways = dict.fromkeys(probe.created_by for probe in new)
    way = f"the {SHARED}" if [*ways] == [SHARED] else f"the {'keys' if len(ways) > 1 else 'key'} {listed([*ways])}"
    if len(new) == 1:
        title = f"Probe {called(new[0])} is new: it came by {way}, and has a vote from now on"
    else:
        title = f"{len(new)} probes are new: they came by {way}, and have votes from now on"
    names, them = listed([called(probe) for probe in new]), "it" if len(new) == 1 else "them"
    text = f"{names}. Where you did not start {them}, delete {them}, and give that key another value first."
    return [
        Notice(
            event=EventType.PROBE_ONLINE, number=at_ms(now), title=title, text=text, reason="probe_new", subject="probe"
        )
    ]


def listed(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    more = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")


def called(probe: Probe) -> str:
    """Return how a probe is called, with its region."""
    return f"{probe.region}/{probe.name}"


def _gone(region: str, group: Sequence[News], left: Left, now: datetime) -> Notice:
    since = f"Not heard since {max(news.left_at for news in group):%Y-%m-%d %H:%M:%S} UTC."
    if region:
        text = f"{since} {left.sentence(region, several=len(group) > 1)}"
    else:
        hint = "Where they are fine, the way from them to here is not."
        text = f"{since} They are {_names(group)}. {hint} {left.rest.capitalize()}."
    return _notice(EventType.PROBE_OFFLINE, region, _title(region, group, "gone"), text, Tell.GONE, now)


def _back(region: str, group: Sequence[News], left: Left, now: datetime) -> Notice:
    longest = wording.duration(max(news.away_s for news in group))
    many = len(group) > 1
    text = f"{'They were' if many else 'It was'} not heard for {'up to ' if many else ''}{longest}."
    if left.seeing.get(region):
        text += f" {'Their' if many else 'Its'} region has its vote."
    return _notice(EventType.PROBE_ONLINE, region, _title(region, group, "back"), text, Tell.BACK, now)


def _restless(news: News, now: datetime) -> Notice:
    event = EventType.PROBE_ONLINE if news.there else EventType.PROBE_OFFLINE
    title = f"Probe {called(news.probe)} comes and goes"
    text = f"More than {MOST_TURNS} times within ten minutes; now it is {'there' if news.there else 'gone'}. {QUIET}"
    return _notice(event, called(news.probe), title, text, Tell.RESTLESS, now)


def _of_sight(news: News, left: Left, now: datetime) -> Notice:
    name, probe = called(news.probe), news.probe
    subject = f"{name} sees"
    if news.tell is Tell.BACK:
        text = f"It could not for {wording.duration(news.away_s)}. What it finds counts."
        return _notice(EventType.PROBE_ONLINE, subject, f"Probe {name} sees again", text, Tell.BACK, now)
    if news.tell is Tell.RESTLESS:
        text = f"{news.blind or 'Its own connection fails time and again.'} {QUIET}"
        return _notice(EventType.PROBE_OFFLINE, subject, f"Probe {name} cannot see now and then", text, news.tell, now)
    since = f"Since {news.left_at:%Y-%m-%d %H:%M:%S} UTC what it finds does not count."
    title = f"Probe {name} cannot see: its own connection is at fault"
    text = f"{news.blind} {since} {left.sentence(probe.region, several=False)}".strip()
    return _notice(EventType.PROBE_OFFLINE, subject, title, text, Tell.GONE, now)


def _title(region: str, group: Sequence[News], state: str) -> str:
    if not region:
        return f"All probes are {state}"
    if len(group) == 1:
        return f"Probe {called(group[0].probe)} is {state}"
    return f"{len(group)} probes of {region} are {state}: {listed([news.probe.name for news in group])}"


def _names(group: Sequence[News]) -> str:
    return listed([called(news.probe) for news in group])


def _by_region(news: Iterable[News]) -> dict[str, list[News]]:
    found: dict[str, list[News]] = {}
    for one in news:
        found.setdefault(one.probe.region, []).append(one)
    return found


def _notice(event: EventType, subject: str, title: str, text: str, tell: Tell, now: datetime) -> Notice:
    return Notice(
        event=event,
        number=at_ms(now),
        title=title,
        text=text,
        reason=f"probe_{tell.value}",
        # Those about one region are told in their order.
        subject=f"probe {subject}".strip(),
    )
