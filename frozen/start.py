"""Runs first in the executable, before asura itself: PyInstaller's run-time hook."""

import os
import sys

from frozen import folder, parts

folder.forget_launcher()
folder.tell_of_another(os.environ.get("TMPDIR", ""), sys._MEIPASS)
folder.keep()
parts.install()
folder.clear_leftovers()
