"""The settings of heartbeats: how jobs call in, beyond the address that each has."""

from typing import Annotated

from asura.domain.fields import Secret
from asura.settings_values import FLAG, LISTEN_OR_NOT, SECRET, Section, setting


class Heartbeats(Section, frozen=True, kw_only=True):
    """How jobs call in, beyond the address that each heartbeat has."""

    ping_key: Annotated[
        Secret | None, setting("Key of the addresses with a slug, `/ping/KEY/SLUG`; empty: made when asked.", SECRET)
    ] = None
    root_paths: Annotated[
        bool, setting("Take Healthchecks' addresses without `/ping` too, as its hosted service has them.", FLAG)
    ] = True
    smtp_listen: Annotated[
        str, setting("Address where pings are taken as mails, such as `:2525`; empty: none are.", LISTEN_OR_NOT)
    ] = ""
