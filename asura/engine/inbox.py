"""What waits for the judge, as groups of one commit each: portions, and halves where one monitor spoils a group."""

from collections import deque
from collections.abc import Iterable, Sequence

from asura.engine.delivery import Delivery
from asura.engine.hearing import Knock
from asura.engine.stepping import Item
from asura.errors import StoreUnavailable

# Stepping more of them at once would keep everybody else waiting.
PORTION = 2500


class Inbox:
    """What waits for the judge, in its order. `waiting` is how many results that are."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._items = deque(items)
        self.waiting = sum(map(weight, self._items))

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: Item) -> None:
        """Take in what came last."""
        self._items.append(item)
        self.waiting += weight(item)

    def let_go(self) -> int:
        """Refuse what came first, and return how many results that were."""
        item = self._items.popleft()
        self.waiting -= weight(item)
        refuse([item], StoreUnavailable("too much waits to be stored"))
        return weight(item)

    def groups(self) -> list[list[Item]]:
        """Return everything as groups of one commit each, the first of them last."""
        return portions(self._items)

    def rest(self) -> list[Item]:
        """Return everything, in its order."""
        return list(self._items)


def portions(items: Iterable[Item]) -> list[list[Item]]:
    """Return what arrived as groups of one commit each, the first of them last: whoever takes one takes the last."""
    groups: list[list[Item]] = []
    left = 0
    for item in items:
        if left <= 0:
            groups.append([])
            left = PORTION
        groups[-1].append(item)
        left -= weight(item)
    return groups[::-1]


def weight(item: Item) -> int:
    """Return how many results something counts as."""
    return len(item) if isinstance(item, Delivery) else 1


def monitors_of(group: Iterable[Item]) -> list[int]:
    """Return which monitors a group tells of."""
    ids: dict[int, None] = {}
    for item in group:
        ids.update(dict.fromkeys(item.monitor_ids if isinstance(item, Delivery) else (item.monitor_id,)))
    return list(ids)


def halves(group: Sequence[Item]) -> list[list[Item]]:
    """Return a group as two, each monitor whole; one of them is empty when it cannot be divided.

    The note that a delivery was taken is in the first half, which whoever takes the last group first stores at the
    end: killed between the two, a delivery comes again rather than that a part of it is missing. Of one monitor alone,
    the notes are the first half, and its results the second.
    """
    ids = monitors_of(group)
    mine = set(ids[: len(ids) // 2])
    first: list[Item] = []
    second: list[Item] = []
    for item in group:
        if isinstance(item, Delivery):
            noted, rest = item.divided(mine)
            if noted or noted.answer is not None:
                first.append(noted)
            if rest:
                second.append(rest)
        else:
            (first if item.monitor_id in mine else second).append(item)
    return [first, second]


def give_up(group: Iterable[Item], error: Exception) -> None:
    """Let go of a group that cannot be divided nor stored: what was found of one monitor, or notes alone.

    Everything else of the deliveries that were to be noted is stored by then, and those who wait are told so.
    """
    for item in group:
        if isinstance(item, Delivery):
            item.publish()
        else:
            refuse([item], error)


def refuse(items: Iterable[Item], error: Exception) -> None:
    """Tell those who wait that nothing of theirs was stored."""
    for item in items:
        if isinstance(item, Delivery):
            item.refuse(error)
        elif isinstance(item, Knock) and not item.answer.done():
            item.answer.set_exception(error)
