"""A colour becomes readable: WCAG AA on the grounds of both themes, whatever people choose."""

import random

import pytest

from asura.domain.accent import ENOUGH, contrast, ink, luminance, readable
from asura.web.status.files import DARK, LIGHT


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.478),
        ("#0055cc", "#ffffff", 6.622),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


def test_luminance_goes_from_black_to_white() -> None:
    assert (luminance("#000000"), luminance("#ffffff")) == (0.0, pytest.approx(1.0))


def test_a_colour_that_can_be_read_stays() -> None:
    assert readable("#0055cc", "#ffffff") == "#0055cc"


@pytest.mark.parametrize("ground", [LIGHT, DARK, "#ffffff", "#000000", "#808080"])
def test_every_colour_becomes_readable_on_every_ground(ground: str) -> None:
    rng = random.Random(7)
    colours = [f"#{rng.randrange(1 << 24):06x}" for _ in range(2_000)] + ["#ffee00", "#ffffff", "#000000", ground]
    for colour in colours:
        shade = readable(colour, ground)
        assert contrast(shade, ground) >= ENOUGH, (colour, shade)
        assert contrast(ink(shade), shade) >= ENOUGH


def test_a_pale_colour_keeps_its_hue() -> None:
    red, green, blue = (int(readable("#ffee00", "#ffffff")[n : n + 2], 16) for n in (1, 3, 5))
    assert red > green > blue
