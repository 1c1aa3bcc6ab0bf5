"""The bodies of requests about subscribers of status pages."""

from typing import Annotated, Literal

import msgspec

from asura.domain.subscription import LONGEST_URL, MOST_COMPONENTS

KindWord = Literal["email", "webhook", "slack", "discord"]
Address = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_URL)]
Components = Annotated[
    list[Annotated[int, msgspec.Meta(ge=1)]],
    msgspec.Meta(max_length=MOST_COMPONENTS, description="Ids of components; none: everything."),
]


class NewSubscription(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A wish to be told by a page."""

    kind: KindWord = "email"
    address: Address
    components: Components = []


class NewSubscriber(NewSubscription, kw_only=True, forbid_unknown_fields=True):
    """Somebody to be told by a page. Only an administrator may say that an e-mail address is `confirmed` already."""

    confirmed: bool = False
