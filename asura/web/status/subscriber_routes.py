"""The routes by which people subscribe to status pages, and leave, and those for who keeps the pages."""

from asura.web import params, subscriber_bodies
from asura.web.api import subscribers
from asura.web.route import PUBLIC, Param, Route, rights
from asura.web.shapes import Page
from asura.web.shapes import subscribers as shapes
from asura.web.status import forms
from asura.web.status.gate import HTML

PAGES = "/api/v1/status-pages"
LIST = f"{PAGES}/{{id}}/subscribers"
BELOW = ("/status", "/status/{slug}")
TOKEN = (Param("token", "What the link in the mail holds.", required=True),)
PASSED_ON = (Param("token", "What the link in the mail holds; looked at where this leads."),)

_public = rights(PUBLIC, None)
_viewer = rights("viewer", "read")
_editor = rights("editor", "write")

# fmt: off
_FORMS = (
    ("subscribe", forms.subscribe_form, "The form to subscribe", ()),
    ("confirm", forms.confirm_form, "Where the link in the first mail leads", TOKEN),
    ("unsubscribe", forms.leave_form, "Where the link to unsubscribe leads", TOKEN),
    ("manage", forms.choose_form, "Choose of which components one hears", TOKEN),
)
# The answer to what is sent; what is read of it: the form, or nothing because the address says it all.
_SENT = (
    ("subscribe", forms.subscribe, "Subscribe", (), {"form": True, "statuses": (202, 404, 422, 429)}),
    ("confirm", forms.confirm, "Confirm a subscription", TOKEN, {"bodiless": True, "statuses": (200, 404)}),
    ("unsubscribe", forms.leave, "Unsubscribe with one click (RFC 8058)", TOKEN,
     {"bodiless": True, "statuses": (200, 404)}),
    ("manage", forms.choose, "Keep of which components one hears", TOKEN, {"form": True, "statuses": (200, 404)}),
)

SUBSCRIBER_ROUTES: tuple[Route, ...] = (
    *(_public("GET", f"{below}/{name}", handler, summary, params=wanted, answer=None, media_type=HTML,
              statuses=(200, 404), refusals=(HTML, "text/plain"))
      for below in BELOW for name, handler, summary, wanted in _FORMS),
    *(_public("POST", f"{below}/{name}", handler, summary, params=wanted, answer=None, media_type=HTML,
              refusals=(HTML, "text/plain"), **more)
      for below in BELOW for name, handler, summary, wanted, more in _SENT),

    _public("POST", f"{PAGES}/{{slug}}/subscribe", subscribers.subscribe, "Subscribe somebody, who confirms by mail",
            body=subscriber_bodies.NewSubscription, answer=shapes.Taken, statuses=(202, 404), body_required=True,
            refusals=("text/plain",)),
    _public("GET", f"{PAGES}/{{slug}}/confirm", forms.to_confirming, "Leads to the page on which people confirm",
            params=PASSED_ON, answer=None, media_type=HTML, statuses=(303,)),
    _public("GET", f"{PAGES}/{{slug}}/unsubscribe", forms.to_leaving, "Leads to the page on which people unsubscribe",
            params=PASSED_ON, answer=None, media_type=HTML, statuses=(303,)),

    _viewer("GET", LIST, subscribers.index, "Who is told by a status page", params=params.PAGE,
            answer=Page[shapes.Subscriber]),
    _editor("POST", LIST, subscribers.create, "Add somebody to be told", body=subscriber_bodies.NewSubscriber,
            answer=shapes.Subscriber, statuses=(201,), body_required=True),
    _viewer("GET", f"{LIST}/counts", subscribers.counts, "How many are told in which way",
            answer=shapes.SubscriberCounts),
    _editor("GET", f"{LIST}/export", subscribers.export, "Every subscriber as a table", answer=None,
            media_type=subscribers.CSV),
    _editor("DELETE", f"{LIST}/{{n}}", subscribers.delete, "End somebody's subscription", statuses=(204,)),
)
# fmt: on
