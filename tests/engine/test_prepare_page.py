"""A status page as people write it becomes a configuration, or every field that is wrong is named at once."""

from typing import Any

import pytest

from asura.domain.page import ComponentConfig, GroupConfig, PageConfig
from asura.engine.prepare_page import Surroundings, as_written, prepare_page
from asura.errors import Invalid
from tests.engine.kit import faults

MONITORS: dict[int | str, int] = {"shop": 1, "blog": 2, 1: 1, 2: 2, "1": 1, "2": 2}


def taken(host: str) -> str | None:
    return "is taken" if host == "taken.example" else None


AROUND = Surroundings(MONITORS.get, taken)


def prepare(**body: Any) -> PageConfig:
    return prepare_page({"title": "Shop", **body}, AROUND)


def refused(**body: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        prepare(**body)
    return faults(raised.value)


def test_a_title_is_enough() -> None:
    assert prepare() == PageConfig(title="Shop")


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"title": " "}, {"title"}),
        ({"title": "two\nlines"}, {"title"}),
        ({"title": "x" * 201}, {"title"}),
        ({"title": 7}, {"title"}),
        ({"tilte": "x"}, {"tilte"}),
        ({"visibility": "secret"}, {"visibility"}),
        ({"visibility": "networks"}, {"networks"}),
        ({"networks": ["10.0.0.0/8", "office"]}, {"networks[1]"}),
        (
            {"hosts": ["ok.example", "taken.example", "a.example:80", "", "*.example"]},
            {f"hosts[{n}]" for n in (1, 2, 3, 4)},
        ),
        ({"frame_ancestors": ["https://a.example; script-src *"]}, {"frame_ancestors[0]"}),
        ({"language": "fr"}, {"language"}),
        ({"timezone": "Mars/Olympus"}, {"timezone"}),
        ({"theme": "pink"}, {"theme"}),
        ({"accent": "blue"}, {"accent"}),
        ({"css": "@import 'x';\n a { width: expression(1) }"}, {"css"}),
        ({"links": [{"text": "x", "url": "javascript:alert(1)"}]}, {"links[0].url"}),
        ({"links": [{"text": "x"}, {"url": "https://x.example"}]}, {"links[0].url", "links[1].text"}),
        ({"groups": [{"name": "A"}, {"name": "A"}]}, {"groups[1].name"}),
        ({"groups": [{"name": "A", "colour": 1}]}, {"groups[0].colour"}),
        ({"components": [{}]}, {"components[0].monitor_id"}),
        ({"components": [{"monitor_id": 1, "tag": "eu"}]}, {"components[0].tag"}),
        ({"components": [{"monitor_id": "gone"}]}, {"components[0].monitor_id"}),
        ({"components": [{"monitor_id": True}]}, {"components[0].monitor_id"}),
        ({"components": [{"id": 9, "tag": "eu"}]}, {"components[0].id"}),
        (
            {"components": [{"tag": "eu", "combine": "weighted", "weights": {"gone": 1}}]},
            {"components[0].weights.gone"},
        ),
        ({"components": [{"tag": "eu", "weights": {"shop": 0}}]}, {"components[0].weights[...]"}),
        ({"components": ["shop"]}, {"components[0]"}),
        ({"components": [{"tag": "x", "group": "a\nb"}]}, {"components[0].group"}),
        ({"show": {"days": 29}}, {"show.days"}),
        ({"show": {"days": 366, "past_incidents_days": -1}}, {"show.days", "show.past_incidents_days"}),
        ({"auto_incidents": {"minutes": 0, "when": "soon"}}, {"auto_incidents.minutes", "auto_incidents.when"}),
        ({"auto_incidents": {"title": "${target} is down"}}, {"auto_incidents.title"}),
        ({"templates": [{"name": "", "status": "done"}]}, {"templates[0].name", "templates[0].status"}),
        ({"subscribe": ["pigeon"]}, {"subscribe[0]"}),
        (
            {"title": "", "accent": "red", "show": {"days": 1}, "components": [{}], "hosts": ["a b"]},
            {"title", "accent", "show.days", "components[0].monitor_id", "hosts[0]"},
        ),
    ],
)
def test_each_field_that_is_wrong_is_named(body: dict[str, Any], paths: set[str]) -> None:
    assert refused(**body).keys() == paths


def test_what_is_written_in_different_ways_is_kept_in_one() -> None:
    made = prepare(
        title="  Shop ",
        accent="#AABBCC",
        hosts=["Status.Example.", "status.example", "bücher.example"],
        networks=["10.1.2.3/8", "::1"],
        frame_ancestors=["https://A.example/", "'self'"],
        subscribe=["email", "email"],
    )
    assert (made.title, made.accent) == ("Shop", "#aabbcc")
    assert made.hosts == ("status.example", "xn--bcher-kva.example")
    assert made.networks == ("10.0.0.0/8", "::1/128")
    assert made.frame_ancestors == ("https://a.example", "'self'")
    assert made.subscribe == ("email",)


def test_monitors_are_named_by_id_or_slug_and_kept_by_id() -> None:
    made = prepare(components=[{"monitor_id": "shop"}, {"tag": "eu", "weights": {"blog": 2}}])
    assert made.components == (ComponentConfig(monitor_id=1), ComponentConfig(tag="eu", weights={"2": 2.0}))


def test_groups_that_only_components_name_come_behind_the_others() -> None:
    made = prepare(
        groups=[{"name": "Second", "collapsed": True}, {"name": "Empty"}],
        components=[{"tag": "a", "group": "First"}, {"tag": "b", "group": "Second"}, {"tag": "c"}],
    )
    assert made.groups == (
        GroupConfig(name="Second", collapsed=True),
        GroupConfig(name="Empty"),
        GroupConfig(name="First"),
    )


def test_a_change_keeps_what_it_does_not_name() -> None:
    old = prepare(
        description="All of it",
        show={"days": 60},
        components=[{"monitor_id": 1, "name": "The shop"}],
        auto_incidents={"when": "never"},
    )
    changed = prepare_page({"title": "New", "show": {"uptime": False}}, AROUND, old=old, partial=True)
    assert (changed.title, changed.description, changed.components) == ("New", "All of it", old.components)
    assert (changed.show.days, changed.show.uptime, changed.auto_incidents.when) == (60, False, "never")
    replaced = prepare_page({"title": "New"}, AROUND, old=old)
    assert replaced == PageConfig(title="New")


def test_a_component_whose_monitor_was_put_away_does_not_stand_in_the_way_of_an_edit() -> None:
    old = PageConfig(title="Shop", components=(ComponentConfig(id=4, monitor_id=77, weights={"78": 1.0}),))
    assert prepare_page({"title": "New"}, AROUND, old=old, partial=True).components == old.components
    assert prepare_page(as_written(old), AROUND, old=old) == old
    with pytest.raises(Invalid):
        prepare_page({"components": [{"monitor_id": 77}]}, AROUND, old=old, partial=True)
