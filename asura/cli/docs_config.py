"""Writes config.example.yaml and docs/config.md out of the keys of the settings."""

from typing import Any

import msgspec
import yaml

from asura.settings import Settings
from asura.settings_env import SHORT, variable_of
from asura.settings_ignored import IGNORED
from asura.settings_load import Key, keys_of, sections_of

HEADER = """\
# Every key of asura with its default. None of them has to be set, and no file is needed at all.
# Times are written 30s, 5m, 1h30m, 2d, or as a number of seconds.
# ${VARIABLE} in a value is the environment variable; ${VARIABLE:-text} has a text for when it is not set.
"""
EXAMPLES = """\
# Monitors and channels may be declared here or made in the dashboard. What is declared here is kept in step by its
# slug at every start and on SIGHUP, and cannot be changed elsewhere.
# monitors:
#   - name: Shop
#     type: http
#     target: https://shop.example/health
#     interval: 30s
#     tags: [eu, public]
#     channel_ids: [team]
#     assertions:
#       - {on: status, op: in, value: ["200-299"]}
#       - {on: response_time, op: lt, value: 500, severity: degraded}
#   - name: Mail server
#     type: tcp
#     target: mail.example:25
#   - name: Router
#     type: icmp
#     target: 192.168.1.1
# channels:
#   - name: Team
#     type: webhook
#     default: true
#     settings:
#       url: https://hooks.example/asura
#       secret: ${HOOK_SECRET:-}
"""
INTRODUCTION = """\
asura needs no configuration. What is set comes from three places, the later ones winning: a YAML file, environment
variables, options of the command line (see [cli.md](cli.md)).

The file is the one that `--config` or `ASURA_CONFIG` names; else `config.yaml` in the working directory, if it is
there; else `/etc/asura/config.yaml`, if it is there; else none. [config.example.yaml](../config.example.yaml) has every
key with its default. `asura config check` prints everything that is wrong, with file, line, key and the nearest right
one; asura refuses to start with a wrong configuration (exit status 2), and on SIGHUP keeps the old one.

- **Times** are written `30s`, `5m`, `1h30m`, `2d`, `500ms`, or as a number of seconds.
- **Environment**: every key has a variable, `ASURA_` and the key in capitals with two underscores for the dot:
  `server.listen` is `ASURA_SERVER__LISTEN`. Lists are written with commas, `auth.api_keys` as YAML or JSON. The options
  of the command line have short names too, over which the long ones win:
  {short}.
- **`${{VARIABLE}}`** in a value of the file is replaced by the environment variable, whose name is of capitals, digits
  and underscores; `${{VARIABLE:-text}}` has a text for when it is not set. One that is not set and has no text is an
  error. A `$` that is not followed by `{{` stays as it is; `$${{` is a plain `${{`. Keys are never replaced.
- **`*_FILE`** is for secrets alone. A key of the kind *secret* can be read from the file that its variable with
  `_FILE` names, as in `ASURA_KEY_FILE=/run/secrets/probe`. Where a value is `${{VARIABLE}}` and only `VARIABLE_FILE` is
  set, a secret setting of a monitor or channel is read from that file.
- Values follow YAML 1.2: `on`, `no`, `0123` and dates are text. Keys at the top that begin with `x-` are yours, for
  anchors (`&name`, `*name`, `<<`).
"""
DECLARED = """\
## monitors, channels

Two lists. Each item has the fields of the API (see [api.md](api.md), [checks.md](checks.md),
[channels.md](channels.md)) and may have a `slug`; without one it is made of the name. Times may be written `30s`.
References (`channel_ids`, `depends_on`) take slugs. The file is kept in step by slug at every start and on SIGHUP: what
is new is created, what changed is changed, what has gone is put away with its history. A list that has become empty
looks like a mistake: what came from it stays, and the log says so, until asura is started once with `--prune` (or with
`ASURA_PRUNE=1` in its environment). The API and the dashboard show such objects as managed by the file and do not
change them.
"""
KEYS = """\
## API keys

`auth.api_keys` declares keys by their hash; `asura hash-key` prints it. `asura key create` makes keys that are kept in
the database instead.
"""


def example() -> str:
    """Return config.example.yaml."""
    parts = [HEADER]
    keys = keys_of(Settings)
    for name, key in keys.items():
        if "." not in name:
            parts.append(f"# {key.help}\n{_yaml_line(name, key)}")
    for section, struct in sections_of(Settings).items():
        lines = _yaml_section(section, struct)
        if "." in section:
            parts[-1] += "".join(f"  {line}\n" for line in lines)
        else:
            parts.append("".join(f"{line}\n" for line in lines))
    return "\n".join([*parts, EXAMPLES])


def _yaml_section(section: str, struct: type[msgspec.Struct]) -> list[str]:
    """Return the lines of one section with its own keys; what is inside it follows."""
    lines = [f"# {struct.__doc__}", f"{section.rpartition('.')[2]}:"]
    for name, key in keys_of(struct).items():
        if "." not in name:
            lines += [f"  # {key.help}", f"  {_yaml_line(name, key)}".rstrip()]
    return lines


def page() -> str:
    """Return docs/config.md."""
    short = ", ".join(f"`{variable}`" for variable in ("ASURA_CONFIG", *SHORT))
    parts = ["# Configuration\n", INTRODUCTION.format(short=short)]
    keys = keys_of(Settings)
    parts.append("## At the top\n\n" + _table([key for path, key in keys.items() if "." not in path]))
    for section, struct in sections_of(Settings).items():
        rows = [key for path, key in keys.items() if path.rpartition(".")[0] == section]
        parts.append(f"## {section}\n\n{struct.__doc__}\n\n{_table(rows)}")
    items = next(key.items for key in keys.values() if key.items)
    parts += [f"{KEYS}\n{_table(list(keys_of(items).values()))}", DECLARED, _ignored()]
    return "\n".join(parts)


def _ignored() -> str:
    rows = "".join(f"| `{key}` | {why} |\n" for key, why in IGNORED.items())
    return (
        "## Files of the Go program of the same name\n\nThey load as they are. Keys that mean the same have the same "
        "name and unit; the roles `readonly` and `super_admin` read as `viewer` and `admin`. These keys have no effect "
        f"and are warned of:\n\n| key | instead |\n|---|---|\n{rows}"
    )


def _table(keys: list[Key]) -> str:
    rows = "".join(
        f"| `{key.path}` | {_default(key)} | {key.kind.name} | {key.help.replace('|', '&#124;')} |\n" for key in keys
    )
    variable = (
        f"The variable of `{keys[0].path}` is `{variable_of(keys[0].path)}`, and so on.\n\n"
        if "." in keys[0].path
        else ""
    )
    return f"{variable}| key | default | kind | what it is for |\n|---|---|---|---|\n{rows}"


def _default(key: Key) -> str:
    if key.default is msgspec.NODEFAULT:
        return "required"
    shown = _shown(key)
    return "none" if shown in ("", []) else f"`{_flow(shown)}`"


def _shown(key: Key) -> Any:
    return key.kind.show(key.default)


def _yaml_line(name: str, key: Key) -> str:
    return f"{name}: {_flow(_shown(key))}"


def _flow(value: Any) -> str:
    """Return a value on one line of YAML."""
    if value == "":
        return '""'
    text: str = yaml.safe_dump(value, default_flow_style=True, width=1000)
    return text.removesuffix("\n").removesuffix("\n...")
