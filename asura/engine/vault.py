"""Keeps the secrets of monitors out of what probes say of them: people may see it who may not see those."""

from asura.domain.monitor import Monitor
from asura.domain.result import Result
from asura.running.redaction import redacted, secrets_of


class Vault:
    """Knows the secrets of each monitor of which something was told, in every form in which they are sent."""

    def __init__(self) -> None:
        # With the generation that they are of.
        self._known: dict[int, tuple[int, tuple[str, ...]]] = {}

    def without_secrets(self, monitor: Monitor, result: Result) -> Result:
        """Return a result of a monitor in whose sentence and evidence no secret of it is left."""
        if not result.message and result.evidence is None:
            return result
        secrets = self._secrets(monitor)
        return redacted(result, secrets) if secrets else result

    def _secrets(self, monitor: Monitor) -> tuple[str, ...]:
        generation, secrets = self._known.get(monitor.id, (-1, ()))
        if generation != monitor.generation:
            secrets = secrets_of(monitor.config.settings)
            self._known[monitor.id] = monitor.generation, secrets
        return secrets
