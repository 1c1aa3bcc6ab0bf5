"""What a page told in the past, also before the days that its board has."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta

from asura.domain import maintenance, publishing
from asura.domain.board import BoardMaintenance, BoardPost
from asura.domain.maintenance import Occurrence, Window
from asura.domain.post import Post
from asura.engine.board_making import concern_of, shown_post, shown_work
from asura.engine.day_reading import Subject

# Of what comes every hour, a month has more than anybody reads.
MOST_OF_A_WINDOW = 62
_FIRST_LOOK = timedelta(hours=6)


def past_posts(
    posts: Iterable[Post], listed: Collection[int], now: datetime, from_at: datetime, to_at: datetime
) -> list[BoardPost]:
    """Return the published posts that began in a stretch of time, newest first."""
    seen = (publishing.seen(post, now) for post in posts)
    found = [shown_post(post, now, listed) for post in seen if post is not None]
    found = [post for post in found if from_at <= post.started_at < to_at]
    return sorted(found, key=lambda post: (post.started_at, post.id), reverse=True)


def past_work(
    windows: Iterable[Window],
    subjects: Sequence[Subject],
    now: datetime,
    from_at: datetime,
    to_at: datetime,
    concerned: Callable[[Window, Occurrence], bool],
) -> list[BoardMaintenance]:
    """Return the public planned work that began in a stretch of time and concerned the page, newest first."""
    concern, found = concern_of(subjects), list[BoardMaintenance]()
    for window in windows:
        if not window.config.public:
            continue
        shown = (
            shown_work(concern, now, window, when)
            for when in _last(window, from_at, to_at)
            if when.ends_at > now or concerned(window, when)
        )
        found += [one for one in shown if one is not None]
    return sorted(found, key=lambda one: (one.starts_at, one.window_id), reverse=True)


def _last(window: Window, from_at: datetime, to_at: datetime) -> list[Occurrence]:
    """Return the last times that a window was opened in a stretch of time.

    It is looked at from its end, farther and farther: a month has 43,200 minutes, and a rule may name each.
    """
    found: list[Occurrence] = []
    high, length = to_at, _FIRST_LOOK
    while high > from_at and len(found) < MOST_OF_A_WINDOW:
        low = max(from_at, high - length)
        here = maintenance.public_occurrences(window, low, high)
        found = [one for one in here if low <= one.starts_at < high] + found
        high, length = low, length * 2
    return found[-MOST_OF_A_WINDOW:]
