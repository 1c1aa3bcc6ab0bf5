"""What a probe asks of its primary: its monitors, and to take its results."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from asura import __version__
from asura.domain import wire
from asura.domain.fields import Secret
from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.network import Network
from asura.net.service import Answered, Service
from asura.probe.clock import ProbeClock, is_believable
from asura.probe.spool import Packet
from asura.probe.trouble import ASSIGNMENTS, RESULTS, Kind, Trouble, nonsense, too_new, trouble

# Some 60,000 monitors. An answer about a batch is a line.
MOST_ASSIGNED = 16 * 1024 * 1024
MOST_TAKEN = 64 * 1024
WITHIN_S = 10.0
# A tag travels back in a header.
LONGEST_TAG = 200
# A certificate that is out of date may be a clock that is wrong.
_DATES = frozenset({Reason.TLS_EXPIRED, Reason.TLS_NOT_YET_VALID})

M = TypeVar("M", wire.Assigned, wire.Taken)


class Client:
    """Speaks to one primary as one process of one probe. Whatever goes wrong is a Trouble."""

    def __init__(
        self,
        network: Network,
        clock: ProbeClock,
        *,
        primary: str,
        key: Secret,
        region: str,
        name: str,
        boot: str,
        visits: bool = False,
    ) -> None:
        self.primary = primary
        self._clock = clock
        # With a key that several have, place and name tell whose results they are.
        self._place: dict[str, str | int] = {key: value for key, value in (("region", region), ("name", name)) if value}
        versions: dict[str, str | int] = {"version": __version__, "wire": wire.WIRE, "needs": wire.NEEDS}
        # Whoever comes for one round is not missed when it has gone.
        self._who = {"boot": boot, **versions, **self._place, **({"visits": "true"} if visits else {})}
        headers = {"Authorization": f"Bearer {key.reveal()}", "Accept": "application/json"}
        self._service = Service(network, primary, headers=headers)

    async def fetch(self, tag: str, *, wait: float) -> wire.Assigned | None:
        """Return what there is to check since `tag`, None when nothing changed within `wait` seconds."""
        query = self._who | {"wait": int(wait)} | ({"since": tag} if tag else {})
        headers = {wire.WALL_CLOCK: self._wall()} | ({"If-None-Match": f'"{tag}"'} if tag else {})
        sent = self._clock.boottime()
        answer = await self._asked(
            lambda: self._service.ask(
                "GET", ASSIGNMENTS, query=query, headers=headers, most=MOST_ASSIGNED, within=wait + WITHIN_S
            )
        )
        if answer.status == 304 and tag:
            return None
        assigned = self._decoded(answer, wire.Assigned)
        self._check(assigned.now)
        if len(assigned.tag) > LONGEST_TAG or not (assigned.tag.isascii() and assigned.tag.isprintable()):
            raise nonsense(self.primary, "its tag is none.")
        if not wait:
            # An answer that was waited for says nothing of the way.
            self._learn(assigned.now, sent)
        return assigned

    async def deliver(self, packet: Packet, *, within: float = WITHIN_S) -> wire.Taken:
        """Return what became of a batch."""
        sent = self._clock.boottime()
        headers = {
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            wire.SENT_AT: f"{self._clock.now().timestamp():.3f}",
            wire.WALL_CLOCK: self._wall(),
        }
        answer = await self._asked(
            lambda: self._service.ask(
                "POST", RESULTS, query=self._place, headers=headers, body=packet.body, most=MOST_TAKEN, within=within
            )
        )
        taken = self._decoded(answer, wire.Taken)
        self._check(taken.now)
        self._learn(taken.now, sent)
        return taken

    async def close(self) -> None:
        """Hang up."""
        await self._service.close()

    async def _asked(self, ask: Callable[[], Awaitable[Answered]]) -> Answered:
        try:
            answer = await ask()
        except NetError as error:
            text = f"The primary at {self.primary} cannot be reached: {error.message}"
            if error.reason in _DATES:
                says = datetime.fromtimestamp(self._clock.wall(), UTC)
                text += f" The clock of this machine says {says:%Y-%m-%d %H:%M} UTC: is it right?"
            raise Trouble(Kind.AWAY, text) from None
        except OSError as error:
            text = f"This machine cannot open a connection to {self.primary}: {error.strerror or error}"
            raise Trouble(Kind.AWAY, text) from None
        if answer.status not in (200, 304):
            raise trouble(self.primary, answer.status, answer.headers, answer.body)
        return answer

    def _decoded(self, answer: Answered, kind: type[M]) -> M:
        try:
            return wire.read(answer.body, kind)
        except wire.Unreadable as bad:
            # What is wrong is told by path and type alone, so that no setting is shown.
            raise (too_new if bad.newer else nonsense)(self.primary, str(bad)) from None

    def _check(self, primary_now: float) -> None:
        """Raise Trouble where the primary tells a time that none can have; 0: it does not tell it."""
        if primary_now and not is_believable(primary_now):
            raise nonsense(self.primary, f"its clock says {primary_now:.12g} s since 1970.")

    def _learn(self, primary_now: float, sent: float) -> None:
        if primary_now:
            self._clock.learn(primary_now, sent=sent, received=self._clock.boottime())

    def _wall(self) -> str:
        return f"{self._clock.wall():.3f}"
