"""How a probe does, in figures and in words."""

from asura.clock import SystemClock
from asura.net.network import open_network
from asura.probe.clock import ProbeClock
from asura.probe.figures import Figures
from asura.running.runner import Runner
from tests.probe.kit import agent_of
from tests.running.kit import made, make_plan
from tests.world import UP, FakeClock


def test_the_rate_is_that_of_the_last_minute() -> None:
    system = FakeClock()
    clock = ProbeClock(system)
    runner = Runner(clock, open_network(), lambda result: None)
    figures = Figures(clock, runner, monitors=lambda: 1)
    assert figures.checks_per_s() == 0
    for _ in range(30):
        system.turn(5)
        runner.processed += 10
        figures.checks_per_s()
    assert figures.checks_per_s() == 2.0
    for _ in range(14):
        system.turn(5)
        figures.checks_per_s()
    assert figures.checks_per_s() == 0


def test_a_check_that_began_late_is_told_for_a_while_and_one_that_is_overdue_at_once() -> None:
    system = FakeClock()
    clock = ProbeClock(system)
    runner = Runner(clock, open_network(), lambda result: None)
    figures = Figures(clock, runner, monitors=lambda: 1)
    runner.scheduler.add(make_plan(), at_once=True)
    system.turn(3)
    assert figures.late_s() == 3
    runner.scheduler.clear()
    runner.scheduler.lateness.add(2.0)
    assert figures.late_s() == 2
    for _ in range(2):
        system.turn(61)
        figures.late_s()
    assert figures.late_s() == 0


async def test_the_line_says_all_of_it() -> None:
    async with agent_of("http://127.0.0.1:1", region="eu-west") as agent:
        assert agent.line() == (
            "eu-west: 0 monitors, 0.00 checks/s, latest 0.0 s late, 0 waiting, primary is asked, clock +0.0 s"
        ).replace("+0.0", agent.line()[-6:-2])
        agent.courier.add(made(UP, at=SystemClock().now()))
        agent.courier.spool.lost = 3
        agent.figures.blind = lambda: "Our own connection is at fault."
        line = agent.line()
        state = agent.figures.state(agent.courier)
    assert ", 1 waiting, 3 lost, primary is asked" in line
    assert line.endswith(". Our own connection is at fault.")
    assert (state.spooled, state.lost, state.blind) == (1, 3, "Our own connection is at fault.")
