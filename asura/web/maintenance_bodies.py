"""The bodies of requests about maintenance windows."""

from asura.engine.prepare_window import WindowBody as WindowBody
from asura.web.bodies import partly

WindowPatch = partly(WindowBody, "WindowPatch", "Fields of a maintenance window to change.")
TriedWindow = partly(WindowBody, "TriedWindow", "A window that is not stored: only when it would be open matters.")
