"""The settings of subscriptions to status pages."""

from typing import Annotated

from asura.settings_smtp import Smtp
from asura.settings_values import FLAG, TEXT, Section, network_or_host, setting, texts, whole


class SubscriptionSmtp(Smtp, frozen=True, kw_only=True):
    """Mail server for subscribers alone."""

    host: Annotated[str, setting("Name of the mail server; empty: that of the section `smtp`.", TEXT)] = ""


class Subscriptions(Section, frozen=True, kw_only=True):
    """Who is told by status pages: by mail (which needs a mail server) and by webhooks."""

    enabled: Annotated[bool, setting("Let visitors of status pages subscribe.", FLAG)] = True
    max_subscribers: Annotated[int, setting("Subscribers that one page may have.", whole(1, 1000000))] = 10000
    mails_per_minute: Annotated[
        int, setting("Mails to subscribers that go out in a minute, all pages together.", whole(1, 100000))
    ] = 300
    allow_private: Annotated[
        tuple[str, ...],
        setting(
            "Private networks and hosts that webhooks of subscribers may reach.",
            texts(network_or_host, name="list of networks and hosts"),
        ),
    ] = ()
    smtp: SubscriptionSmtp = SubscriptionSmtp()


def mail_servers(smtp: Smtp, subscriptions: Subscriptions) -> tuple[Smtp, Smtp]:
    """Return the mail server for links and the one for subscribers: where one is not set, the other stands in."""
    own = subscriptions.smtp
    return (smtp if smtp.host else own), (own if own.host else smtp)
