"""The check types as others may know them: names, schemas, and whether a configuration fits."""

from typing import Any

import msgspec

from asura.checks import check_types
from asura.checks.assertions import validate as assertion_faults
from asura.checks.base import CheckType
from asura.domain import fields
from asura.domain.bodies import convert_fields
from asura.domain.monitor import MonitorConfig
from asura.errors import Fault, Invalid


class TypeView(msgspec.Struct, frozen=True):
    """A check or channel type for readers: what it is called and what its settings are."""

    name: str
    title: str
    target_help: str
    params: type[msgspec.Struct]
    assertable: frozenset[str] = frozenset()


def views() -> dict[str, TypeView]:
    """Return every check type by name."""
    return {
        name: TypeView(name, check.title, check.target_help, check.params, check.assertable)
        for name, check in check_types().items()
    }


def settings_faults(name: str, settings: dict[str, Any], *, target: str = "") -> list[Fault]:
    """Return what is wrong with the settings of a type and with a target, a fault for each field."""
    check = check_types().get(name)
    if check is None:
        return [Fault("type", f"there is no check type {name!r}; known are {', '.join(check_types())}")]
    params, faults = _convert(settings, check.params)
    return faults if params is None or not target.strip() else _target_faults(check, target, params)


def _target_faults(check: CheckType, target: str, params: Any) -> list[Fault]:
    try:
        check.validate(target, params)
    except Invalid as invalid:
        return list(invalid.faults)
    return []


def settle(config: MonitorConfig) -> tuple[MonitorConfig, list[Fault]]:
    """Return the configuration with its secrets wrapped, and what is wrong with its type, target and settings."""
    check = check_types().get(config.type)
    if check is None:
        return config, settings_faults(config.type, {})
    faults = [] if config.target.strip() else [Fault("target", "is required")]
    params, wrong = _convert(config.settings, check.params)
    faults.extend(wrong)
    if params is not None and not faults:
        faults.extend(_target_faults(check, config.target, params))
    faults.extend(assertion_faults(config.assertions, check.assertable))
    if params is not None:
        config = msgspec.structs.replace(config, settings=fields.written(params, config.settings))
    return config, faults


def _convert(settings: dict[str, Any], kind: type[msgspec.Struct]) -> tuple[Any, list[Fault]]:
    return convert_fields(settings, kind, prefix="settings.")
