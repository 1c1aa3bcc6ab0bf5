"""What waits for the judge: portions of one commit, and halves in which each monitor and each note stays whole."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from asura.domain.ping import Ping, PingKind
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.status import Finding
from asura.engine.delivery import Delivery
from asura.engine.hearing import Knock, Look
from asura.engine.inbox import PORTION, Inbox, give_up, halves, monitors_of, portions, refuse, weight
from asura.engine.stepping import Item
from asura.errors import StoreUnavailable
from tests.world import START

FULL = StoreUnavailable("the disk is full")


def result(monitor_id: int, after_s: float = 0) -> Result:
    return Result(monitor_id, 1, "eu", START + timedelta(seconds=after_s), Finding.UP, Reason.OK)


def delivery(*news: int, past: tuple[int, ...] = (), waits: bool = True) -> Delivery:
    answer = asyncio.get_running_loop().create_future() if waits else None
    return Delivery([result(one) for one in news], [result(one) for one in past], answer=answer)


def knock(monitor_id: int) -> Knock:
    return Knock(monitor_id, Ping(at=START, kind=PingKind.SUCCESS), asyncio.get_running_loop().create_future())


async def test_what_arrived_is_taken_in_its_order_in_portions() -> None:
    items: list[Item] = [result(number, number) for number in range(1, PORTION)]
    items += [delivery(*range(1, 800)) for _ in range(10)]
    groups = portions(items)
    taken = []
    while groups:
        taken.append(groups.pop())
    assert [item for group in taken for item in group] == items
    sizes = [sum(weight(item) for item in group) for group in taken]
    assert len(sizes) > 3 and max(sizes) < PORTION + 800 and min(sizes[:-1]) >= PORTION
    assert portions([]) == []


async def test_what_waits_is_counted_in_results_whatever_it_came_in() -> None:
    inbox = Inbox([result(1)])
    large, small = delivery(*range(1, 800)), delivery(2, past=(3, 4))
    for item in (large, small, knock(5), Look(6)):
        inbox.add(item)
    assert (len(inbox), inbox.waiting) == (5, 1 + 799 + 3 + 1 + 1)
    assert (inbox.let_go(), inbox.let_go(), inbox.waiting) == (1, 799, 5)
    assert large.answer is not None and isinstance(large.answer.exception(), StoreUnavailable)
    assert inbox.groups() == [inbox.rest()] and inbox.rest()[0] is small


async def test_each_monitor_is_in_one_half_and_notes_are_in_the_first() -> None:
    one, other = delivery(1, 2, 3, past=(3, 4)), delivery(2, 5)
    group: list[Item] = [one, result(1), result(5), knock(4), Look(6), other]
    first, second = halves(group)
    assert set(monitors_of(first)).isdisjoint(monitors_of(second))
    assert {*monitors_of(first), *monitors_of(second)} == {1, 2, 3, 4, 5, 6}
    noted = [item for item in first if isinstance(item, Delivery)]
    assert [item.answer for item in noted] == [one.answer, other.answer]
    assert all(item.answer is None for item in second if isinstance(item, Delivery))


async def test_halving_ends_with_each_monitor_alone_and_the_notes_at_the_end() -> None:
    group: list[Item] = [delivery(*range(1, 9)), delivery(3, past=(4,))]
    stack, leaves = [group], []
    while stack:
        parts = halves(stack[-1])
        last = stack.pop()
        if all(parts):
            stack += parts
        else:
            leaves.append(last)
    assert [monitors_of(leaf) for leaf in leaves[:-1]] == [[8], [7], [6], [5], [4], [3], [2], [1]]
    assert monitors_of(leaves[-1]) == [] and len(leaves[-1]) == 2
    assert all(earlier != later for earlier, later in pairwise(map(id, leaves)))


async def test_who_waits_for_what_is_given_up_knows() -> None:
    noted, lost = delivery(), knock(1)
    give_up([noted, result(1), lost, Look(2)], FULL)
    assert noted.answer is not None and noted.answer.result() is None
    with pytest.raises(StoreUnavailable):
        lost.answer.result()


async def test_who_waits_for_what_is_refused_knows_and_is_told_once() -> None:
    one, lost, alone = delivery(1), knock(1), delivery(2, waits=False)
    for _ in range(2):
        refuse([one, lost, alone, result(3), Look(4)], FULL)
    one.publish()
    alone.publish()
    for answer in (one.answer, lost.answer):
        assert answer is not None
        with pytest.raises(StoreUnavailable):
            answer.result()
