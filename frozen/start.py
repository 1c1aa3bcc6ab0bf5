"""Runs first in the executable, before asura itself: PyInstaller's run-time hook."""

from frozen import folder, parts

folder.forget_launcher()
folder.keep()
parts.install()
folder.clear_leftovers()
