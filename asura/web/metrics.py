"""Figures about ourselves in the text format of Prometheus."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asura.engine.metrics import Metric, Sample

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def render(metrics: "Iterable[Metric]") -> str:
    """Return the page that Prometheus reads."""
    return "".join(map(_family, metrics))


def _family(metric: "Metric") -> str:
    told = metric.help.replace("\\", "\\\\").replace("\n", "\\n")
    lines = [f"# HELP {metric.name} {told}", f"# TYPE {metric.name} {metric.type}"]
    lines += [_line(metric.name, sample) for sample in metric.samples]
    return "\n".join(lines) + "\n"


def _line(name: str, sample: "Sample") -> str:
    pairs = ",".join(f'{key}="{_quoted(value)}"' for key, value in sample.labels.items())
    return (
        f"{name}{sample.suffix}{{{pairs}}} {_number(sample.value)}"
        if pairs
        else f"{name}{sample.suffix} {_number(sample.value)}"
    )


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
