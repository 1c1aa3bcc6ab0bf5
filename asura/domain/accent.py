"""The colour of a status page, as it can be read: WCAG's contrast, and the nearest shade that has enough of it."""

# What WCAG AA asks of text.
ENOUGH = 4.5
STEPS = 64
BLACK, WHITE = "#000000", "#ffffff"


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour written #rrggbb: 0 is black, 1 white."""
    red, green, blue = (_linear(part) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours: from 1, the same, to 21, black on white."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def readable(colour: str, ground: str, *, ratio: float = ENOUGH) -> str:
    """Return a colour that can be read on a ground: itself, or mixed with as little black or white as that takes."""
    if contrast(colour, ground) >= ratio:
        return colour
    towards = ink(ground)
    shades = (_mixed(colour, towards, step / STEPS) for step in range(1, STEPS + 1))
    return next((shade for shade in shades if contrast(shade, ground) >= ratio), towards)


def ink(ground: str) -> str:
    """Return black or white, whichever can be read better on a ground."""
    return max(WHITE, BLACK, key=lambda one: contrast(one, ground))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(part: int) -> float:
    share = part / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)
