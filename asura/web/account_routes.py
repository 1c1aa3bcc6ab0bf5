"""The routes of accounts: coming in, oneself, sessions, users, invitations."""

from asura.web import account_bodies as bodies
from asura.web import params, shapes
from asura.web.api import invitations, login, login_oidc, me, sessions, users
from asura.web.route import PUBLIC, Route, rights
from asura.web.shapes import Page

V1 = "/api/v1"
PAGE = params.PAGE
USER, SESSION, INVITATION = f"{V1}/users/{{id}}", f"{V1}/sessions/{{id}}", f"{V1}/invitations/{{id}}"

_public = rights(PUBLIC, None)
# Whoever came in, by a key narrowed to whatever scope, or with something to do first.
_anyone = rights("viewer", None, tagged=True)
_writer = rights("viewer", "write", tagged=True)
_reader = rights("viewer", "read", tagged=True)
_admin = rights("admin", "write")
_inspector = rights("admin", "read")

# fmt: off
ACCOUNT_ROUTES: tuple[Route, ...] = (
    _public("GET", f"{V1}/setup", login.setup_state, "Has the first admin still to be made", answer=shapes.SetupState),
    _public("POST", f"{V1}/setup", login.set_up, "Make the first admin, by the set-up link", body=bodies.SetUp,
            answer=shapes.Me, statuses=(201, 403, 409), body_required=True, signs_in=True),
    _public("GET", f"{V1}/login", login.ways_in, "How one can sign in here", answer=shapes.WaysIn),
    _public("POST", f"{V1}/login", login.log_in, "Sign in", body=bodies.LogIn, answer=shapes.Me,
            statuses=(200, 401, 403), body_required=True, signs_in=True),
    _public("GET", f"{V1}/login/oidc", login_oidc.begin, "Go and sign in by the OpenID provider",
            params=(params.NEXT,), media_type="text/plain", statuses=(302, 404)),
    _public("GET", f"{V1}/login/oidc/callback", login_oidc.callback, "Come back from the OpenID provider",
            media_type="text/plain", statuses=(302, 404)),
    _anyone("POST", f"{V1}/logout", login.log_out, "Sign out: the session ends", statuses=(204, 409), always=True,
            person=True),

    _anyone("GET", f"{V1}/me", me.show, "Who is asking", answer=shapes.Me, always=True),
    _writer("PATCH", f"{V1}/me", me.patch, "Change one's profile", body=bodies.ProfilePatch, answer=shapes.Me,
            body_required=True, always=True, person=True),
    _writer("POST", f"{V1}/me/password", me.password, "Change one's password; all other sessions end",
            body=bodies.NewPassword, statuses=(204, 409), body_required=True, always=True, person=True),
    _writer("POST", f"{V1}/me/totp", me.offer_totp, "Begin to enrol an authenticator app", body=bodies.OwnPassword,
            answer=shapes.TotpOffer, statuses=(200, 409), body_required=True, always=True, person=True),
    _writer("POST", f"{V1}/me/totp/confirm", me.confirm_totp, "Enrol the app that shows this code",
            body=bodies.TotpCode, answer=shapes.RecoveryCodes, statuses=(200, 409), body_required=True, always=True,
            person=True),
    _writer("POST", f"{V1}/me/totp/remove", me.remove_totp, "Ask for no second factor any more",
            body=bodies.OwnPassword, statuses=(204, 409), body_required=True, always=True, person=True),
    _writer("POST", f"{V1}/me/recovery-codes", me.recovery_codes, "Make new recovery codes",
            body=bodies.OwnPassword, answer=shapes.RecoveryCodes, statuses=(200, 409), body_required=True, person=True),

    _reader("GET", f"{V1}/sessions", sessions.index, "One's own sessions; an admin may ask for those of others",
            params=(params.USER, *PAGE), answer=Page[shapes.Session]),
    _writer("DELETE", f"{V1}/sessions", sessions.end_others, "End all other sessions of oneself", statuses=(204,),
            person=True),
    _writer("DELETE", SESSION, sessions.end, "End a session", statuses=(204,)),

    _inspector("GET", f"{V1}/users", users.index, "Users", params=PAGE, answer=Page[shapes.User]),
    _admin("POST", f"{V1}/users", users.create, "Make a user", body=bodies.NewUser, answer=shapes.User,
           statuses=(201, 409), body_required=True),
    _inspector("GET", USER, users.show, "One user", answer=shapes.User),
    _admin("PATCH", USER, users.patch, "Change fields of a user", body=bodies.UserPatch, answer=shapes.User,
           statuses=(200, 409), body_required=True),
    _admin("DELETE", USER, users.delete, "Delete a user; their sessions end", statuses=(204, 409)),
    _admin("POST", f"{USER}/reset", users.reset, "Make a link for a new password", body=bodies.Reset,
           answer=shapes.ResetLink, statuses=(200, 409)),

    _inspector("GET", f"{V1}/invitations", invitations.index, "Open invitations", params=PAGE,
               answer=Page[shapes.Invitation]),
    _admin("POST", f"{V1}/invitations", invitations.create, "Invite somebody by a link, which is shown this once",
           body=bodies.NewInvitation, answer=shapes.NewInvitation, statuses=(201, 409), body_required=True),
    _admin("DELETE", INVITATION, invitations.withdraw, "Withdraw an invitation", statuses=(204,)),
    _public("POST", f"{V1}/invitations/look", invitations.look, "What a link is good for", body=bodies.LinkToken,
            answer=shapes.InvitationLook, statuses=(200, 404), body_required=True),
    _public("POST", f"{V1}/invitations/accept", invitations.accept, "Make one's account, or a new password, by a link",
            body=bodies.AcceptedInvitation, answer=shapes.Me, statuses=(201, 403, 404), body_required=True,
            signs_in=True),
)
# fmt: on
