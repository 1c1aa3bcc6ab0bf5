"""What a badge costs that nobody has asked for yet, and one that was."""

import time

from asura.domain.badge import Badge, Tone
from asura.web.badges.render import Look, svg
from bench import rig

BADGES = 2_000


def main() -> None:
    """Draw badges of different names, then the same ones again."""
    svg(Badge("warm", "up", Tone.UP), Look(), "https://asura.example/status")
    for name in ("badge_drawn", "badge_kept"):
        began = time.process_time()
        for number in range(BADGES):
            svg(Badge(f"monitor {number}", "up", Tone.UP), Look(), "https://asura.example/status")
        rig.figure(name, (time.process_time() - began) / BADGES * 1e6, "us")


if __name__ == "__main__":
    main()
