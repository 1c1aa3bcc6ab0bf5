"""The check types as others may know them: names, schemas, and whether a configuration fits."""

from typing import Any

import msgspec

from asura.checks import check_types
from asura.checks.assertions import operators
from asura.checks.assertions import validate as assertion_faults
from asura.checks.base import CheckType
from asura.domain import fields
from asura.domain.bodies import convert_fields
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.heartbeat_params import HeartbeatParams, adoption_faults
from asura.domain.monitor import MonitorConfig
from asura.errors import Fault, Invalid
from asura.running.phrases import phrase_faults


class TypeView(msgspec.Struct, frozen=True):
    """A check or channel type for readers: what it is called and what its settings are."""

    name: str
    title: str
    target_help: str
    params: type[msgspec.Struct]
    assertable: frozenset[str] = frozenset()
    # The comparisons that fit each of these words.
    operators: dict[str, list[str]] = {}
    # Nothing is checked: something must call in.
    passive: bool = False


_HEARTBEAT = TypeView(HEARTBEAT, "Heartbeat", "None: the job calls in.", HeartbeatParams, passive=True)


def views() -> dict[str, TypeView]:
    """Return every type of monitor by name: those that check, and the heartbeat, which waits."""
    return {HEARTBEAT: _HEARTBEAT} | {
        name: TypeView(
            name, check.title, check.target_help, check.params, check.assertable, operators(check.assertable)
        )
        for name, check in check_types().items()
    }


def settings_faults(name: str, settings: dict[str, Any], *, target: str = "") -> list[Fault]:
    """Return what is wrong with the settings of a type and with a target, a fault for each field."""
    if name == HEARTBEAT:
        return _heartbeat(settings)[1]
    check = check_types().get(name)
    if check is None:
        return [Fault("type", f"there is no check type {name!r}; known are {', '.join(sorted(views()))}")]
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
    if config.type == HEARTBEAT:
        return _settle_heartbeat(config)
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


def _settle_heartbeat(config: MonitorConfig) -> tuple[MonitorConfig, list[Fault]]:
    params, faults = _heartbeat(config.settings)
    if config.target.strip():
        faults.append(Fault("target", "a heartbeat has none: the job calls in by itself"))
    faults.extend(assertion_faults(config.assertions, frozenset()))
    if params is not None:
        config = msgspec.structs.replace(config, settings=fields.written(params, config.settings))
    return config, faults


def _heartbeat(settings: dict[str, Any]) -> tuple[Any, list[Fault]]:
    params, faults = _convert(settings, HeartbeatParams)
    if params is not None:
        faults = [*faults, *phrase_faults(fields.plain(params)), *adoption_faults(params)]
    return params, faults


def _convert(settings: dict[str, Any], kind: type[msgspec.Struct]) -> tuple[Any, list[Fault]]:
    return convert_fields(settings, kind, prefix="settings.")
