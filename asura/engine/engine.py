"""The primary's engine: everything that runs, wired together, from the first read of the store to the last commit."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from asura.channels import channel_types
from asura.clock import Clock
from asura.domain.channel import Channel
from asura.domain.message import Message
from asura.domain.monitor import MonitorConfig
from asura.domain.result import Result
from asura.engine import channel_desk, health, metrics, page_edits
from asura.engine.archivist import Archivist
from asura.engine.auditor import Auditor
from asura.engine.beat_recovery import recover_beats
from asura.engine.beat_rows import BeatRows
from asura.engine.beats import Beats
from asura.engine.boards import Boards
from asura.engine.channel_desk import ChannelDesk
from asura.engine.dispatch import Dispatch
from asura.engine.events import EventHub
from asura.engine.herald import Herald
from asura.engine.hold import Hold
from asura.engine.incident_desk import IncidentDesk, explain
from asura.engine.intake import Intake
from asura.engine.invitation_desk import InvitationDesk
from asura.engine.janitor import Janitor, note_our_absence
from asura.engine.judge import Judge
from asura.engine.keeper import Keeper
from asura.engine.key_desk import KeyDesk
from asura.engine.live import Live
from asura.engine.maintenance_desk import MaintenanceDesk
from asura.engine.monitor_desk import MonitorDesk
from asura.engine.notifier import Notifier, Sender, parameters
from asura.engine.options import EngineOptions
from asura.engine.own_faults import OwnFaults
from asura.engine.page_desk import PageDesk
from asura.engine.passwords import Passwords
from asura.engine.ping_desk import PingDesk
from asura.engine.post_desk import PostDesk
from asura.engine.postman import Postman
from asura.engine.probe_broadcast import ProbeBroadcast
from asura.engine.probe_desk import ProbeDesk
from asura.engine.publisher import Publisher
from asura.engine.pulse import Pulse
from asura.engine.recovery import recover
from asura.engine.references import lookup
from asura.engine.reminder import Reminder
from asura.engine.roster import Roster
from asura.engine.sentinel import Sentinel
from asura.engine.session_desk import SessionDesk
from asura.engine.signing_in import SigningIn
from asura.engine.subscriber_courier import Courier
from asura.engine.subscriber_desk import SubscriberDesk, SubscriptionRule
from asura.engine.supervisor import Loop, Supervisor
from asura.engine.telling_subscribers import TellingSubscribers
from asura.engine.user_desk import UserDesk
from asura.engine.voting import Voting
from asura.engine.vouching import Vouching
from asura.engine.watcher import Watcher
from asura.net.network import Network
from asura.running import types
from asura.running.plan import plan
from asura.running.runner import Runner
from asura.running.types import TypeView
from asura.store import outbox
from asura.store.db import Store

log = logging.getLogger(__name__)


class Engine:
    """What web and command line talk to. `start`, then `run` until cancelled, then `stop`."""

    def __init__(
        self, store: Store, net: Network, clock: Clock, options: EngineOptions, *, send: Sender | None = None
    ) -> None:
        self.store = store
        self.clock = clock
        self.options = options
        self.settings_view = options.settings_view
        self.boot_id = secrets.token_hex(4)
        self.started_at = clock.now()
        self.defaults = options.defaults
        self.live = Live()
        self.live.region_rule = options.probes.rule
        self.found = lookup(self.live)
        self.events = EventHub(self.boot_id)
        self.pulse = Pulse(clock.monotonic())
        self.supervisor = Supervisor(clock)
        # What else can say how it is: what the composition put beside the engine.
        self.further_health: dict[str, Callable[[], dict[str, Any]]] = {}
        self._net = net
        self._send = send or self._send_by_type
        self.runner = Runner(clock, net, self._take, region=options.region, max_concurrent=options.max_concurrent)
        self._wire()

    def _wire(self) -> None:
        store, live, clock, url = self.store, self.live, self.clock, self.options.url
        scheduler = self.runner.scheduler
        self.auditor = Auditor(store, live, clock, clock_was_set=scheduler.clock_was_set)
        self.sentinel = Sentinel(store, live, clock, canaries=self.options.canaries, ask=self._ask_canary, url=url)
        excuses = OwnFaults(self.auditor, self.sentinel, live)
        self.beats = Beats()
        self.judge = Judge(
            store, live, self.events, clock, excuses, beats=self.beats, url=url, region=self.options.region
        )
        beat_rows = BeatRows(store.vault)
        self.pings = PingDesk(store, live, self.judge, beat_rows, clock)
        longest = self.options.heartbeat_check_interval
        self.watcher = Watcher(store, live, self.judge, clock, longest_sleep=longest)
        self.beats.wake = self.watcher.wake
        self.notifier = Notifier(store, live, self.events, clock, self._send, boot_id=self.boot_id)
        self.notifier.demo = self.options.demo
        self.judge.told = self.sentinel.told = self.notifier.wake
        self.reminder = Reminder(live, self.judge)
        self.janitor = Janitor(store, self.options.retention)
        self.herald = Herald(live, self.judge, clock, self._send, url=url)
        self.dispatch = Dispatch(live, self.runner, clock, boot_id=self.boot_id)
        self.monitors = MonitorDesk(
            store,
            live,
            self.judge,
            self.runner,
            self.dispatch,
            clock,
            beat_rows=beat_rows,
            defaults=self.defaults,
            found=self.found,
        )
        self.incidents = IncidentDesk(store, live, self.judge, clock)
        self.channels = ChannelDesk(store, live, clock, self._send, lock=self.judge.lock, url=url)
        self.keys = KeyDesk(store, clock, self.options.api_keys)
        self._wire_probes()
        self._wire_accounts()
        self._wire_pages()
        self.supervisor.expect(loop.name for loop in self.loops)

    def _wire_probes(self) -> None:
        store, live, clock, url, wanted = self.store, self.live, self.clock, self.options.url, self.options.probes
        self.probes = ProbeDesk(store, clock, enabled=wanted.enabled, shared_hash=wanted.shared_hash)
        self.roster = Roster(store, live, self.probes, self.dispatch, clock, url=url)
        self.voting = Voting(store, live, self.judge, clock, url=url)
        self.intake = Intake(store, live, self.judge, self.dispatch, self.roster, self.probes, clock)
        self.dispatch.placed = self.voting.look_at
        self.roster.lost = self.voting.look_at_region
        self.roster.moved = ProbeBroadcast(self.events, self.probes, self.roster).look
        self.roster.told = self.voting.told = self.notifier.wake

    def _wire_accounts(self) -> None:
        store, clock, wanted = self.store, self.clock, self.options.accounts
        self.passwords = passwords = Passwords(wanted.password_cost)
        self.sessions = SessionDesk(store, clock, wanted.session)
        self.users = UserDesk(store, clock, passwords, self.sessions)
        self.invitations = InvitationDesk(store, clock, self.users, url=self.options.url)
        self.signing_in = SigningIn(
            self.users, self.sessions, passwords, clock, rule=wanted.login, totp_required=wanted.totp_required
        )
        self.vouching = Vouching(self.users, self.sessions)
        if wanted.mail_server is not None:
            self.invitations.mail = Postman(self._net, clock, wanted.mail_server, url=self.options.url).send

    def _wire_pages(self) -> None:
        store, clock = self.store, self.clock
        self.maintenance = MaintenanceDesk(store, clock, monitor=self.found.monitor)
        self.keeper = Keeper(self.maintenance, self.live, self.judge, self.dispatch, clock)
        own = page_edits.own_name(self.options.url)
        self.pages = PageDesk(store, clock, self.passwords, monitor=self.found.monitor, own=own)
        self.monitors.referrers.append(self.pages)
        self.posts = PostDesk(store, self.pages, clock, self.live)
        self.boards = Boards(self)
        self._wire_subscribers()
        self.posts.fan_out, self.posts.told = self.subscribers.fan_out, self.subscribers.told
        self.publisher = Publisher(self)
        self.hold = Hold(store, clock, (self.notifier, self.telling_subscribers, self.herald))
        self.backups = Archivist(self)

    def _wire_subscribers(self) -> None:
        store, clock, wanted = self.store, self.clock, self.options.subscriptions
        rule = SubscriptionRule(enabled=wanted.enabled, mails=wanted.mail_server is not None, most=wanted.most)
        self.subscribers = SubscriberDesk(store, self.pages, clock, rule)
        # Strangers say where these messages go: what operators' channels may reach is not for them.
        net = self._net.reaching(wanted.private)
        courier = Courier(net, clock, self.boards.board, server=wanted.mail_server, url=self.options.url)
        self.subscribers.greet = courier.greet
        self.telling_subscribers = TellingSubscribers(
            store,
            self.pages,
            self.subscribers,
            courier,
            clock,
            mails_per_minute=wanted.mails_per_minute,
            boot_id=self.boot_id,
        )

    @property
    def network(self) -> Network:
        """Return the way out, for who signs in by a provider."""
        return self._net

    @property
    def loops(self) -> Sequence[Loop]:
        """Return every loop, in the order in which they are started."""
        watching = (self.auditor, self.sentinel, self.keeper, self.judge, self.watcher, self.notifier, self.reminder)
        beside = (self.roster, self.voting, self.janitor, self.herald, self.publisher, self.telling_subscribers)
        return (*watching, *beside, self.backups)

    async def start(self) -> None:
        """Read the store and schedule every check; nothing runs yet.

        1. Our absence becomes a gap, before anything is judged.
        2. States, streaks and incidents are rebuilt; what was being sent is pending again.
        """
        now = self.clock.now()
        await note_our_absence(self.store, now)
        await self.store.write(lambda db: outbox.release(db, self.boot_id))
        await self.probes.load()
        self.live.know_regions(self.probes.regions())
        last_at = await recover(self.store, self.live, now)
        await recover_beats(self.store, self.live, self.beats, now)
        await self.pings.read_key(self.options.ping_key)
        await self.keys.load()
        await self.users.load()
        await self.sessions.load()
        await self.maintenance.load()
        await self.pages.load()
        await self.pages.keep_main(self.options.main_page)
        await self.posts.load()
        for state in self.live.states():
            known = last_at.get(state.monitor.id)
            self.dispatch.place(state.monitor, at_once=known is None, last_at=known)
        await self.intake.start()
        await self.roster.start(now)
        await self.hold.load()
        await self.backups.load()
        self.notifier.wake.set()

    async def run(self) -> None:
        """Run every loop until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.runner.scheduler.run(), name="scheduler")
            for loop in self.loops:
                group.create_task(self.supervisor.run(loop), name=loop.name)

    async def stop(self, *, patience_s: float = 5.0) -> None:
        """Stop checking, judge what has arrived, and let a delivery that runs end, for a few seconds."""
        await self.runner.stop()
        await self.backups.stop()
        await self.boards.stop()
        await self.judge.judge(self.clock.now())
        await self.watcher.flush()
        await self.janitor.note_alive(self.clock.now())
        try:
            async with asyncio.timeout(patience_s):
                await asyncio.gather(self.notifier.drain(), self.telling_subscribers.drain())
        except TimeoutError:
            log.warning("a delivery was still running; it is repeated after the next start, under the same key")

    async def explain(self, incident_id: int) -> list[dict[str, Any]]:
        """Return each decision about an incident, with its reason."""
        return await explain(self.store, incident_id)

    def check_types(self) -> dict[str, TypeView]:
        """Return every check type by name."""
        return types.views()

    def channel_types(self) -> dict[str, TypeView]:
        """Return every channel type by name."""
        return channel_desk.views()

    def metrics(self) -> Iterable[metrics.Metric]:
        """Return what Prometheus wants to know."""
        return metrics.collect(self)

    def health(self) -> dict[str, dict[str, Any]]:
        """Return how each part is; all `ok` means ready."""
        return health.parts(self)

    async def _take(self, result: Result) -> None:
        try:
            if self.sentinel.suspicious(result):
                await self.sentinel.look(result.at)
        finally:
            # A look that fails must not swallow what was found.
            self.judge.offer(result)

    async def _ask_canary(self, config: MonitorConfig) -> Result:
        return await self.runner.run_once(plan(0, 0, config))

    async def _send_by_type(self, channel: Channel, message: Message) -> str:
        params = parameters(channel.config.type, channel.config.settings)
        return await channel_types()[channel.config.type].send(params, message, self._net)
