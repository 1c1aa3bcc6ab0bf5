"""Invitations: links by which people make their accounts, and by which users set a new password."""

from starlette.responses import Response

from asura.engine.acting import Acting, acting
from asura.errors import Invalid
from asura.web import cursor, find, present_accounts, shapes
from asura.web.account_bodies import AcceptedInvitation, LinkToken, NewInvitation
from asura.web.answers import created, json_answer, no_content
from asura.web.api.login import as_typed, signed_in
from asura.web.body import shaped
from asura.web.present import instant
from asura.web.route import Call


async def index(call: Call) -> Response:
    """Answer one page of open invitations, by id, without their links."""
    asked = call.asked()
    limit, after = asked.limit(), cursor.read(asked, "i")
    asked.done()
    found = await call.engine.invitations.list(after=after, limit=limit + 1)
    page = [present_accounts.invitation(one) for one in found[:limit]]
    return json_answer(shapes.Page(page, cursor.write("i", page[-1].id) if len(found) > limit else None))


async def create(call: Call) -> Response:
    """Invite somebody, and answer the link, this once."""
    wanted = shaped(call.body, NewInvitation)
    made = await call.engine.invitations.invite(wanted.role, tags=wanted.tags, email=wanted.email, by=call.who)
    plain = present_accounts.invitation(made.invitation)
    fields = {name: getattr(plain, name) for name in plain.__struct_fields__}
    shown = shapes.NewInvitation(**fields, link=made.link, mailed=made.mailed, mail_problem=made.mail_problem)
    return created(call, shown, at=f"/invitations/{made.invitation.id}")


async def withdraw(call: Call) -> Response:
    """End an invitation."""
    await call.engine.invitations.withdraw(find.number(call))
    return no_content()


async def look(call: Call) -> Response:
    """Answer what a link is good for; one that is unknown, used or over is not there."""
    found = await call.engine.invitations.look(shaped(call.body, LinkToken).token)
    user = call.engine.users.find(found.user_id) if found.user_id is not None else None
    name = user.name if user is not None else None
    return json_answer(
        shapes.InvitationLook(present_accounts.role_word(found.role), found.email, name, instant(found.expires_at))
    )


async def accept(call: Call) -> Response:
    """Use a link up, and sign in who did."""
    wanted = shaped(call.body, AcceptedInvitation)
    with acting(Acting(await _named(call, wanted), call.address)):
        try:
            user = await call.engine.invitations.accept(wanted.token, wanted.password, wanted.username)
        except Invalid as error:
            raise as_typed(error) from None
        return await signed_in(call, user, status=201)


async def _named(call: Call, wanted: AcceptedInvitation) -> str:
    """Return the name under which the change is recorded."""
    if wanted.username is not None:
        return wanted.username.strip()[:64]
    found = await call.engine.invitations.look(wanted.token)
    user = call.engine.users.find(found.user_id) if found.user_id is not None else None
    return user.name if user is not None else "anonymous"
