#!/bin/sh
# Installs asura as a hardened systemd service: user, folders, configuration, unit. Run it again to upgrade.
set -eu

PREFIX=""
DRY_RUN=no
ACTION=install
NAME=asura
HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

usage() {
    cat <<'END'
usage: ./install.sh [--dry-run] [--prefix DIR] [--uninstall]

  --dry-run      print what would be done, change nothing
  --prefix DIR   put every file below DIR instead of / (for images and packages); makes no user
  --uninstall    stop and remove the service and the executable; configuration and data stay

The executable is ./asura or ./dist/asura beside this script; in a checkout without one it is built by ./dev binary.
END
}

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

say() {
    printf '%s\n' "$1"
}

# Does a command, or says what would be done.
act() {
    if [ "$DRY_RUN" = yes ]; then
        printf 'would run: %s\n' "$*"
    else
        "$@"
    fi
}

# Writes the text from standard input to a file with the given mode, in one step.
write() {
    if [ "$DRY_RUN" = yes ]; then
        printf 'would write: %s (mode %s)\n' "$2" "$1"
        cat >/dev/null
        return
    fi
    cat >"$2.new"
    chmod "$1" "$2.new"
    mv -f "$2.new" "$2"
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case "$1" in
        --dry-run) DRY_RUN=yes ;;
        --prefix)
            [ $# -ge 2 ] || fail "--prefix needs a folder" 2
            PREFIX=${2%/}
            shift
            ;;
        --prefix=*)
            PREFIX=${1#--prefix=}
            PREFIX=${PREFIX%/}
            ;;
        --uninstall) ACTION=uninstall ;;
        -h | --help)
            usage
            exit 0
            ;;
        *)
            usage >&2
            fail "unknown argument: $1" 2
            ;;
        esac
        shift
    done
    case "$PREFIX" in
    "" | /*) ;;
    *) PREFIX=$(pwd)/$PREFIX ;;
    esac
    BINARY=$PREFIX/usr/local/bin/asura
    CONFIG_FOLDER=$PREFIX/etc/asura
    CONFIG=$CONFIG_FOLDER/config.yaml
    DATA=$PREFIX/var/lib/asura
    UNIT=$PREFIX/etc/systemd/system/asura.service
}

check_rights() {
    if [ -z "$PREFIX" ] && [ "$DRY_RUN" = no ] && [ "$(id -u)" != 0 ]; then
        fail "this needs root: run it with sudo, or look first with --dry-run"
    fi
}

systemd_runs() {
    [ -d "$PREFIX/run/systemd/system" ] && command -v systemctl >/dev/null 2>&1
}

# Sets SOURCE to the executable that is to be installed, building it in a checkout that has none.
find_binary() {
    for SOURCE in "$HERE/asura" "$HERE/dist/asura"; do
        if [ -f "$SOURCE" ] && [ -x "$SOURCE" ]; then
            return
        fi
    done
    [ -f "$HERE/dev" ] || fail "no executable beside this script: put asura there, or run this in a checkout"
    say "No executable here: building it."
    act "$HERE/dev" binary
    SOURCE=$HERE/dist/asura
}

make_user() {
    if [ -n "$PREFIX" ] || id "$NAME" >/dev/null 2>&1; then
        return
    fi
    act useradd --system --home-dir /var/lib/asura --no-create-home --shell /usr/sbin/nologin --user-group "$NAME"
}

# The service reads the configuration, which may hold secrets, and owns nothing but its data.
own() {
    if [ -z "$PREFIX" ]; then
        act chown "$1" "$2"
    fi
}

make_folders() {
    act mkdir -p "$(dirname "$BINARY")" "$CONFIG_FOLDER" "$DATA" "$(dirname "$UNIT")"
    act chmod 0750 "$CONFIG_FOLDER"
    act chmod 0700 "$DATA"
    own "root:$NAME" "$CONFIG_FOLDER"
    own "$NAME:$NAME" "$DATA"
}

# A running executable cannot be written over, but its name can be given to another file.
place_binary() {
    act cp "$SOURCE" "$BINARY.new"
    act chmod 0755 "$BINARY.new"
    act mv -f "$BINARY.new" "$BINARY"
}

write_config() {
    if [ -e "$CONFIG" ]; then
        say "Keeping $CONFIG."
        return
    fi
    write 0640 "$CONFIG" <<'END'
# Configuration of asura. Every key with its default is in config.example.yaml and docs/config.md of the project.
# After an edit: asura --config /etc/asura/config.yaml config check, then systemctl reload asura
server:
  listen: 127.0.0.1:8090       # the dashboard and the API; behind a proxy, or :8090 for every interface
  data: /var/lib/asura
  # external_url: https://status.example.com
END
    own "root:$NAME" "$CONFIG"
}

write_unit() {
    write 0644 "$UNIT" <<'END'
[Unit]
Description=asura, a self-hosted monitor
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
User=asura
Group=asura
ExecStart=/usr/local/bin/asura --config /etc/asura/config.yaml
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=2
TimeoutStopSec=20
# The one-file executable runs as a child of its own launcher, which passes the signal on and waits for it.
KillMode=mixed
WorkingDirectory=/var/lib/asura
# The set-up link is printed to standard output, which must not end in the journal; the log is standard error.
StandardOutput=null
StandardError=journal
LimitNOFILE=65536

# It may ping, write its data, and nothing else.
AmbientCapabilities=CAP_NET_RAW
CapabilityBoundingSet=CAP_NET_RAW
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=/var/lib/asura
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
UMask=0077

[Install]
WantedBy=multi-user.target
END
}

start_service() {
    if ! systemd_runs; then
        say "systemd does not run here. Start asura with: $BINARY --config $CONFIG"
        return
    fi
    act systemctl daemon-reload
    act systemctl enable asura.service
    act systemctl restart asura.service
    say "asura is started; look with: journalctl -u asura"
}

# The first start keeps a link in a file that makes the first admin, once: show it to the person who installs.
show_setup_link() {
    if [ "$DRY_RUN" = yes ] || ! systemd_runs || [ "$FRESH" = no ]; then
        return
    fi
    tries=0
    until [ -s "$DATA/setup-link" ] || [ "$tries" -ge 20 ]; do
        tries=$((tries + 1))
        sleep 0.5
    done
    if [ -s "$DATA/setup-link" ]; then
        say "Open this link to set it up; it works once, and is kept in $DATA/setup-link until then:"
        say ""
        say "    $(cat "$DATA/setup-link")"
        say ""
        say "A key for scripts is in $DATA/first-admin-key until its first use."
    else
        say "No set-up link was seen yet: it will be in $DATA/setup-link."
    fi
}

install_asura() {
    FRESH=yes
    if [ -e "$CONFIG" ]; then
        FRESH=no
    fi
    find_binary
    make_user
    make_folders
    place_binary
    write_config
    write_unit
    start_service
    show_setup_link
    say "Dashboard: http://127.0.0.1:8090 (server.listen in $CONFIG)"
}

uninstall_asura() {
    if systemd_runs; then
        act systemctl disable --now asura.service || say "The service was not there."
    fi
    act rm -f "$UNIT" "$BINARY"
    if systemd_runs; then
        act systemctl daemon-reload
    fi
    say "Removed. Kept: $CONFIG_FOLDER and $DATA"
}

read_arguments "$@"
check_rights
"${ACTION}_asura"
