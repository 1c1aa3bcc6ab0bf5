"""Channel types: one file each, found by being here."""

import pkgutil
from functools import cache
from importlib import import_module

from asura.channels.base import ChannelType


@cache
def channel_types() -> dict[str, ChannelType]:
    """Return every channel type by name; a registry that came out empty is a broken build and says so."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found = {module.CHANNEL.name: module.CHANNEL for module in modules if hasattr(module, "CHANNEL")}
    if not found:
        raise RuntimeError("no channel types were found: this executable was built without them")
    return dict(sorted(found.items()))
