"""How people come in: by password and second factor, by the set-up link, and how their cookie tells who they are."""

import hmac
import secrets
from collections import OrderedDict

import msgspec

from asura.clock import Clock
from asura.domain import throttle
from asura.domain.address import bucket_of
from asura.domain.instant import kept
from asura.domain.throttle import Attempts, Rule
from asura.domain.user import User, folded
from asura.engine.key_desk import Actor, hash_token
from asura.engine.passwords import Passwords
from asura.engine.second_factor import SecondFactor
from asura.engine.session_desk import SessionDesk, Visit
from asura.engine.user_desk import UserDesk
from asura.errors import AsuraError, Conflict, Fault, Invalid, TooMany
from asura.store.sessions import Session

MOST_COUNTED = 10_000
# Who tries codes knows the password: at one a minute a guess succeeds once in 230 days.
CODE_RULE = Rule(rate=1 / 60, burst=5)
# Who has to do one of these may do nothing else.
MUST_ENROL = frozenset({"totp"})


class WrongPassword(AsuraError):
    """No such user, a wrong password, or somebody who may not come in: nobody is told which."""


class CodeNeeded(AsuraError):
    """The password was right; the code of the second factor is missing, or wrong."""

    def __init__(self, *, wrong: bool) -> None:
        self.wrong = wrong
        super().__init__("the code is wrong or was used already" if wrong else "a code is needed")


class WrongToken(AsuraError):
    """The token of the set-up link is not the one that was printed."""


class Failures:
    """Attempts by whatever is counted, in a table that cannot grow."""

    def __init__(self, rule: Rule, clock: Clock) -> None:
        self._rule = rule
        self._clock = clock
        self._attempts: OrderedDict[str, Attempts] = OrderedDict()

    def take(self, *names: str) -> None:
        """Count one attempt for each name; TooMany when one of them has none left, and then none is counted."""
        now = self._clock.monotonic()
        wait = max(throttle.wait_s(self._attempts.get(name), self._rule, now) for name in names)
        if wait > 0:
            raise TooMany("too many attempts to sign in failed", retry_after=wait)
        for name in names:
            self._attempts[name] = throttle.taken(self._attempts.pop(name, None), self._rule, now)
        while len(self._attempts) > MOST_COUNTED:
            # The one that was quiet for longest is full again, or nearly.
            self._attempts.popitem(last=False)

    def give_back(self, *names: str) -> None:
        """Count an attempt no longer: it was none."""
        now = self._clock.monotonic()
        for name in names:
            self._attempts[name] = throttle.given_back(self._attempts.pop(name, None), self._rule, now)

    def __len__(self) -> int:
        return len(self._attempts)


class SigningIn:
    """Lets people in, and tells who they are from then on."""

    def __init__(
        self,
        users: UserDesk,
        sessions: SessionDesk,
        passwords: Passwords,
        clock: Clock,
        *,
        rule: Rule | None = None,
        totp_required: bool = False,
    ) -> None:
        self.users = users
        self.sessions = sessions
        self.second_factor = SecondFactor(users, clock)
        self.failures = Failures(rule or Rule(), clock)
        self._wrong_codes = Failures(CODE_RULE, clock)
        self._passwords = passwords
        self._clock = clock
        self._totp_required = totp_required
        self._setup_hash: str | None = None

    # Who is it

    def actor(self, token: str) -> Actor | None:
        """Return who a cookie belongs to; None when nobody, or no longer."""
        session = self.sessions.find(token)
        user = self.users.find(session.user_id) if session is not None else None
        return self.actor_of(user, session.id) if session is not None and user is not None else None

    def actor_of(self, user: User, session_id: int | None = None) -> Actor | None:
        """Return a user as somebody who acts; None for one who may not come in."""
        if not user.enabled:
            return None
        must = MUST_ENROL if self._must_enrol(user) else frozenset[str]()
        return Actor(
            name=user.name,
            role=user.role,
            user_id=user.id,
            session_id=session_id,
            tags=frozenset(user.tags),
            must=must,
        )

    def _must_enrol(self, user: User) -> bool:
        # Who comes by a provider or a proxy has the second factor there.
        return self._totp_required and user.password is not None and user.totp is None

    # By password

    async def log_in(
        self, name: str, password: str, code: str | None, visit: Visit, *, network: str, instead_of: str | None = None
    ) -> tuple[Session, str]:
        """Begin a session and return it with its cookie; WrongPassword, CodeNeeded or TooMany when it may not be.

        Whether there is such a user takes no longer to find out, and is not told.
        """
        user = self.users.named(name)
        counted = (f"network {network}", self._account(user, name, network))
        self.failures.take(*counted)
        right = await self._passwords.matches(password, user.password if user else None)
        if user is None or not right or not self._is_still(user):
            await self.users.note_failure(user)
            raise WrongPassword("the name or the password is wrong")
        if user.totp is not None and not code:
            self.failures.give_back(*counted)
            raise CodeNeeded(wrong=False)
        if user.totp is not None:
            await self._check_code(user, code or "", network)
        self.failures.give_back(*counted)
        fresh = await self._rehashed(user, password)
        return await self.begin(fresh, visit, instead_of=instead_of)

    async def _check_code(self, user: User, code: str, network: str) -> None:
        account = self._account(user, user.name, network)
        self._wrong_codes.take(account)
        if not await self.second_factor.use(user.id, code):
            await self.users.note_failure(user)
            raise CodeNeeded(wrong=True)
        self._wrong_codes.give_back(account)

    async def begin(self, user: User, visit: Visit, *, instead_of: str | None = None) -> tuple[Session, str]:
        """Begin a session of a user whose identity is beyond doubt, and return it with its cookie."""
        await self.users.edit(user.id, lambda now: self._seen(now, user), quiet=True)
        async with self.users.lock:
            # What they proved may have been changed meanwhile, which ended their sessions: this must not be one more.
            if not self._is_still(user):
                raise WrongPassword("the name or the password is wrong")
            return await self.sessions.begin(user.id, visit, instead_of=instead_of)

    async def confirm(self, user_id: int, password: str, *, path: str = "password") -> User:
        """Return the user whose session this is, once more asked for the password; Invalid when it is wrong."""
        user = self.users.get(user_id)
        if user.password is None:
            raise Conflict("this account has no password here: it comes by another way")
        counted = self._account(user, user.name)
        self.failures.take(counted)
        if not await self._passwords.matches(password, user.password):
            raise Invalid(Fault(path, "is not your password"))
        self.failures.give_back(counted)
        return user

    def _account(self, user: User | None, name: str, network: str = "") -> str:
        """Return what counts attempts at an account: those from a network where its user is signed in by themselves.

        Who fails on purpose elsewhere does not hold up the user at home.
        """
        if user is None:
            return f"name {hash_token(folded(name))}"
        at_home = any(bucket_of(one.address) == network for one in self.sessions.all(user.id))
        return f"user {user.id} at {network}" if at_home else f"user {user.id}"

    def _is_still(self, user: User) -> bool:
        now = self.users.find(user.id)
        return now is not None and now.enabled and now.password == user.password

    def _seen(self, now: User, proved: User) -> User:
        if not now.enabled or now.password != proved.password:
            raise WrongPassword("the name or the password is wrong")
        return msgspec.structs.replace(now, last_login_at=kept(self._clock.now()))

    async def _rehashed(self, user: User, password: str) -> User:
        """Return the user, the password hashed at the cost of today; what they have open stays open."""
        if user.password is None or not self._passwords.outdated(user.password):
            return user
        hashed = await self._passwords.hash(password)

        def renewed(now: User) -> User:
            return msgspec.structs.replace(now, password=hashed) if now.password == user.password else now

        return await self.users.edit(user.id, renewed, quiet=True)

    # The first of all

    @property
    def needs_setup(self) -> bool:
        """Return whether there is nobody yet who could sign in."""
        return not self.users.any

    def offer_setup(self, token: str) -> None:
        """Let the one who has this token make the first admin."""
        self._setup_hash = hash_token(token)

    async def set_up(self, token: str, name: str, password: str) -> User:
        """Make the first admin, once; Conflict when there is somebody already, WrongToken for another token."""
        if not self.needs_setup:
            raise Conflict("asura is set up already; sign in")
        if self._setup_hash is None or not hmac.compare_digest(hash_token(token), self._setup_hash):
            raise WrongToken("this is not the set-up link that asura printed last")
        user = await self.users.create(name, role="admin", password=password, first=True)
        self._setup_hash = None
        return user


def new_setup_token() -> str:
    """Return a fresh token of a set-up link: 192 random bits."""
    return secrets.token_urlsafe(24)
