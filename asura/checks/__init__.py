"""Check types: one file each, found by being here."""

import pkgutil
from functools import cache
from importlib import import_module

from asura.checks.base import CheckType


@cache
def check_types() -> dict[str, CheckType]:
    """Return every check type by name; a registry that came out empty is a broken build and says so."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found = {module.CHECK.name: module.CHECK for module in modules if hasattr(module, "CHECK")}
    if not found:
        raise RuntimeError("no check types were found: this executable was built without them")
    return dict(sorted(found.items()))
