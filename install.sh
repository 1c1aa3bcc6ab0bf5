#!/bin/sh
# Installs asura as a hardened systemd service: user, folders, configuration, unit. Run it again to upgrade.
# It is one file on purpose, so that it works from wherever it and the executable were copied to.
set -eu

NAME=asura
PREFIX=""
DRY_RUN=no
ACTION=install
CHOSEN=""
WANT=""
PURGE=no
YES=no
PROBE_URL=""
PROBE_KEY=""
PROBE_REGION=""
# How long a service that says it is ready may take to answer, in seconds; systemd itself waits for it to be ready.
HEALTHY_WITHIN=${ASURA_HEALTHY_WITHIN:-60}
# What happened so far: before anything is changed, while it is, and when it is done.
PHASE=before
INTERRUPTED=no
# Whether the new executable may be where the old one was.
SWAPPED=no
UNPACK=""
STAGED=""
# Whether this run wrote the configuration, as it does once; whether there was data before it; and whether it makes the
# folder for it, which is the service's alone once it is there.
FRESH_CONFIG=no
FRESH_DATA=no
MAKE_DATA=no
# Where the configuration wants its backups, if that is not in the data folder.
BACKUPS=""

usage() {
    cat <<'END'
usage: ./install.sh [--dry-run] [--prefix DIR] [--probe URL KEY [REGION]]
       ./install.sh --version | --rollback [--yes] | --uninstall [--purge [--yes]]

  Without arguments: installs asura, or upgrades what is installed; an upgrade that does not work is taken back.

  --probe URL KEY [REGION]  install a probe of the asura at URL instead; with - for KEY it is asked for, or read
                            from standard input. Without a REGION (or with -) the probe checks from that of its key
  --primary                 install asura itself where only a probe is installed
  --dry-run                 say what would be done, change nothing
  --prefix DIR              put every file below DIR instead of / (for images and packages); makes no user
  --version                 print the version that would be installed, and the one that is
  --rollback                go back to the executable from before the last upgrade
  --uninstall               stop and remove the services and the executable; configuration and data stay
  --purge                   with --uninstall: remove configuration, data and user too
  --yes                     do not ask

The executable is ./asura, ./asura-linux-PROCESSOR or ./dist/asura beside this script; in a checkout without one it is
built by ./dev binary.
Where SHA256SUMS or asura.sha256 lies beside it, it has to agree.
END
}

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

# What reads this may have gone; that is no reason to stop half way. What others wrote must not steer a terminal.
say() {
    printf '%s\n' "$1" 2>/dev/null | tr -d '\001-\010\013-\037\177' 2>/dev/null || true
}

# Does a command, or says what would be done.
act() {
    if [ "$DRY_RUN" = yes ]; then
        printf 'would run: %s\n' "$*"
    else
        "$@"
    fi
}

# Writes the text from standard input to a file with the given mode, in one step, and readable by nobody before that.
write() {
    if [ "$DRY_RUN" = yes ]; then
        printf 'would write: %s (mode %s)\n' "$2" "$1"
        cat >/dev/null
        return
    fi
    (umask 077 && cat >"$2.new") && chmod "$1" "$2.new" && mv -f "$2.new" "$2"
}

# Arguments

read_arguments() {
    while [ $# -gt 0 ]; do
        case "$1" in
        --dry-run) DRY_RUN=yes ;;
        --prefix)
            is_value "${2-}" || fail "--prefix needs a folder" 2
            PREFIX=${2%/}
            shift
            ;;
        --prefix=*)
            is_value "${1#--prefix=}" || fail "--prefix needs a folder" 2
            PREFIX=${1#--prefix=}
            PREFIX=${PREFIX%/}
            ;;
        --probe)
            choose "$1"
            WANT=probe
            if is_value "${2-}"; then PROBE_URL=$2 && shift; fi
            if is_value "${2-}"; then PROBE_KEY=$2 && shift; fi
            if is_value "${2-}"; then PROBE_REGION=$2 && shift; fi
            ;;
        --primary) choose "$1" && WANT=primary ;;
        --uninstall) choose "$1" && ACTION=uninstall ;;
        --rollback) choose "$1" && ACTION=go_back ;;
        --version) choose "$1" && ACTION=versions ;;
        --purge) PURGE=yes ;;
        --yes) YES=yes ;;
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
    if [ "$PURGE" = yes ] && [ "$ACTION" != uninstall ]; then fail "--purge goes with --uninstall" 2; fi
    case "$PREFIX" in
    "" | /*) ;;
    *) PREFIX=$(pwd)/$PREFIX ;;
    esac
}

# Refuses two things at once, where one would silently win.
choose() {
    if [ -n "$CHOSEN" ] && [ "$CHOSEN" != "$1" ]; then
        fail "$CHOSEN and $1 are two things: say which. Nothing was changed" 2
    fi
    CHOSEN=$1
}

is_value() {
    case "$1" in
    "" | --*) return 1 ;;
    esac
}

name_paths() {
    BINARY=$PREFIX/usr/local/bin/asura
    PREVIOUS=$BINARY.previous
    CONFIG_FOLDER=$PREFIX/etc/asura
    CONFIG=$CONFIG_FOLDER/config.yaml
    PROBE_ENV=$CONFIG_FOLDER/probe.env
    DATA=$PREFIX/var/lib/asura
    UNITS=$PREFIX/etc/systemd/system
    UNIT=$UNITS/asura.service
    PROBE_UNIT=$UNITS/asura-probe.service
}

# Sets PRIMARY and PROBE: which services this run is about. Without a wish, those that are there; else asura itself.
choose_services() {
    PRIMARY=no
    PROBE=no
    if [ -e "$UNIT" ] || [ "$WANT" = primary ]; then PRIMARY=yes; fi
    if [ -e "$PROBE_UNIT" ] || [ "$WANT" = probe ]; then PROBE=yes; fi
    if [ "$PRIMARY$PROBE" = nono ]; then PRIMARY=yes; fi
    if [ "$WANT$PRIMARY$PROBE" = noyes ]; then
        say "A probe is installed here, and nothing else: this is about the probe. (--primary installs asura itself.)"
    fi
}

services() {
    if [ "$PRIMARY" = yes ]; then echo asura.service; fi
    if [ "$PROBE" = yes ]; then echo asura-probe.service; fi
}

# What has to hold before anything is changed

# Sets HERE. Piped into a shell, a script has no place of its own, and so no executable beside it.
find_place() {
    if ! [ -f "$0" ] || ! grep -q '^# Installs asura as' "$0" 2>/dev/null; then
        fail "save this script to a file beside the executable, and run it there: sh install.sh"
    fi
    HERE=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
}

check_rights() {
    if [ -z "$PREFIX" ] && [ "$DRY_RUN" = no ] && [ "$(id -u)" != 0 ]; then
        fail "this needs root: run it with sudo, or look first with --dry-run"
    fi
}

# One at a time; the system lets go of the lock when this process ends, however it ends. On a machine it is a file that
# only root can open: whoever can, could hold it for ever.
take_lock() {
    if [ "$DRY_RUN" = yes ] || ! command -v flock >/dev/null 2>&1; then return; fi
    if [ -n "$PREFIX" ]; then
        mkdir -p "$PREFIX" || fail "cannot make $PREFIX"
        exec 9<"$PREFIX"
    else
        (umask 077 && : >>/run/asura-install.lock)
        exec 9</run/asura-install.lock
    fi
    flock -n 9 || fail "another install.sh is at work here: wait until it has ended"
}

systemd_runs() {
    [ -d "$PREFIX/run/systemd/system" ] && command -v systemctl >/dev/null 2>&1
}

check_systemd() {
    if ! systemd_runs; then return; fi
    found=$(systemctl --version 2>/dev/null | sed -n '1s/^systemd v\{0,1\}\([0-9]*\).*/\1/p')
    if [ -n "$found" ] && [ "$found" -lt 240 ]; then
        fail "systemd $found is too old for the service (240 is needed). Start asura by hand: docs/install.md says how"
    fi
}

# Prints the nearest folder of a path that is there.
existing() {
    place=$1
    while ! [ -d "$place" ]; do place=$(dirname "$place"); done
    printf '%s\n' "$place"
}

check_room() {
    # The new one, and the old one that is kept, are there at once.
    wanted=$(($(wc -c <"$SOURCE") * 3 / 1024 + 1024))
    place=$(existing "$(dirname "$BINARY")")
    free=$(df -Pk "$place" 2>/dev/null | awk 'NR == 2 { print $4 }')
    if [ -n "$free" ] && [ "$free" -lt "$wanted" ]; then
        fail "$place has $((free / 1024)) MiB left, $((wanted / 1024)) MiB are needed: make room. Nothing was changed"
    fi
}

# Sets SOURCE to the executable that lies beside this script, under its own name or that of a release; else to nothing.
look_beside() {
    for SOURCE in "$HERE/asura" "$HERE/asura-linux-$(uname -m | sed 's/aarch64/arm64/')" "$HERE/dist/asura"; do
        if [ -f "$SOURCE" ]; then return; fi
    done
    SOURCE=""
}

# Sets SOURCE to the executable that is to be installed, building it in a checkout that has none.
find_binary() {
    look_beside
    if [ -n "$SOURCE" ]; then return; fi
    [ -f "$HERE/dev" ] || fail "no executable beside this script: put asura there, or run this in a checkout"
    [ -w "$HERE" ] || fail "$HERE cannot be written to, and has no executable: build one elsewhere with ./dev binary"
    say "No executable here: building it."
    act "$HERE/dev" binary || fail "the executable could not be built. Nothing was changed"
    SOURCE=$HERE/dist/asura
}

# Stops where a list of checksums lies beside the executable and does not have that of the copy.
verify_checksum() {
    for sums in "$SOURCE.sha256" "$(dirname "$SOURCE")/SHA256SUMS" "$HERE/SHA256SUMS"; do
        if ! [ -f "$sums" ]; then continue; fi
        command -v sha256sum >/dev/null 2>&1 || fail "sha256sum is missing, and $sums wants to be heeded"
        found=$(sha256sum <"$1" | cut -d ' ' -f 1)
        if ! grep -qi "^$found" "$sums"; then
            fail "$SOURCE is damaged or not the one that $sums names (its SHA-256 is $found). Nothing was changed"
        fi
        say "The checksum is that of $sums."
        return
    done
    say "No asura.sha256 or SHA256SUMS lies beside the executable: its checksum was not verified."
}

# Runs an executable of asura, which unpacks itself into a folder where programs may run.
run() {
    if [ -n "$UNPACK" ]; then TMPDIR=$UNPACK "$@"; else "$@"; fi
}

version_of() {
    run "$1" --version 2>/dev/null | sed -n 's/^asura //p'
}

# Sets FOUND to the version of an executable, or to nothing when it does not run. Where programs may not run in the
# folder of temporary files, they may where this one will run.
try_to_run() {
    FOUND=$(version_of "$1") || FOUND=""
    if [ -z "$FOUND" ] && [ "$DRY_RUN" = no ] && [ -z "$UNPACK" ]; then
        UNPACK=$(mktemp -d "$(dirname "$BINARY")/.asura-unpack.XXXXXX")
        # As in /tmp, what root unpacks there is not the service's to change.
        own "root:$NAME" "$UNPACK"
        chmod 1770 "$UNPACK"
        FOUND=$(version_of "$1") || FOUND=""
    fi
}

# Copies the executable to where it will run, under another name, and sees that it does: sets STAGED and NEW.
stage() {
    if [ "$DRY_RUN" = yes ]; then
        STAGED=$SOURCE
        verify_checksum "$SOURCE"
        try_to_run "$SOURCE"
        NEW=${FOUND:-(version unknown before it is copied)}
        return
    fi
    check_room
    mkdir -p "$(dirname "$BINARY")" || fail "cannot make $(dirname "$BINARY"). Nothing was changed"
    STAGED=$BINARY.new
    cp "$SOURCE" "$STAGED" || fail "cannot write $STAGED: is the disk full, or read-only? Nothing was changed"
    chmod 0755 "$STAGED"
    verify_checksum "$STAGED"
    try_to_run "$STAGED"
    NEW=$FOUND
    if [ -z "$NEW" ]; then
        reason=$(run "$STAGED" --version 2>&1 | tail -n 1) || true
        say "It says: $reason" >&2
        fail "$SOURCE does not run on this machine ($(uname -m)): it is for another kind of processor, for a newer
system, or $(dirname "$BINARY") is mounted noexec. Nothing was changed"
    fi
}

# The service reads the configuration, which may hold secrets, and owns nothing but its data.
own() {
    if [ -z "$PREFIX" ] && [ -n "$2" ] && { [ "$DRY_RUN" = yes ] || id "$NAME" >/dev/null 2>&1; }; then
        act chown "$1" "$2"
    fi
}

# Asking the service

# Runs a command as the user of the service. What lies in a folder of the service is touched like this alone: root would
# follow the links that the service may have put there. The command has no terminal, in which it could type for root;
# let what it prints go into a pipe, and take it for no more than what the service says.
as_user() (
    cd "$PREFIX/var/lib/asura" 2>/dev/null || cd /
    exec </dev/null 9<&-
    if [ -n "$PREFIX" ] || [ "$(id -u)" != 0 ] || ! id "$NAME" >/dev/null 2>&1; then
        run "$@"
        return
    fi
    set -- env -i HOME=/var/lib/asura PATH="$PATH" ${UNPACK:+"TMPDIR=$UNPACK"} "$@"
    if command -v runuser >/dev/null 2>&1; then
        set -- runuser -u "$NAME" -- "$@"
    else
        # shellcheck disable=SC2016
        set -- su -s /bin/sh -c 'exec "$@"' -- "$NAME" sh "$@"
    fi
    if command -v setsid >/dev/null 2>&1; then set -- setsid -w "$@"; fi
    exec "$@"
)

# Prints the variables that the unit gives to the service, which the configuration may need: those of Environment= in
# one line of shell words, then those of its files. The environment of the process is the service's own to change.
variables() {
    if [ -n "$PREFIX" ] || ! systemd_runs; then return; fi
    printf '%s\n' "$(systemctl show -p Environment --value asura.service 9<&- | sed 's/\[unprintable\]//g')"
    if [ -d /run/credentials/asura.service ]; then echo CREDENTIALS_DIRECTORY=/run/credentials/asura.service; fi
    systemctl show -p EnvironmentFiles --value asura.service 9<&- | sed -n 's/ (ignore_errors=[a-z]*)$//p' |
        while IFS= read -r file; do
            sed -n "s/[[:space:]]*\$//; s/^[[:space:]]*\([A-Za-z_][A-Za-z0-9_]*\)=\([\"']\{0,1\}\)\(.*\)\2\$/\1=\3/p" \
                "$file" 2>/dev/null || true
        done
}

# Runs asura as the service does.
as_service() {
    # shellcheck disable=SC2016
    variables | as_user sh -c '
        IFS= read -r words <&8
        eval "export PATH $words"
        while IFS= read -r one <&8; do export "$one"; done
        exec "$@" 8<&-' sh "$@" 8<&0
}

# Runs a command of asura that is about the data: below a prefix, about that which is there, not that of this machine.
about_data() {
    asked=$1
    shift
    as_service "$asked" --config "$CONFIG" ${PREFIX:+--data "$DATA"} "$@"
}

# Tells whether an executable knows a command: one that it does not know is a wrong use to it (2). One that fails in
# another way is no older one.
knows() {
    run "$1" "$2" --help >/dev/null 2>&1 || [ $? != 2 ]
}

# Sets DATA, BACKUPS, LISTEN, and WATCHED: the address to ask whether it is well; nothing where it has no fixed port. The
# executable says what the configuration comes to; where it does not, defaults have to do.
read_config() {
    LISTEN=127.0.0.1:8090
    tls=""
    base=""
    mode=primary
    said=""
    if [ -e "$CONFIG" ] && [ "$PRIMARY" = yes ]; then
        said=$(as_service "${STAGED:-$BINARY}" --config "$CONFIG" config get \
            mode server.listen server.data server.tls_cert server.base_path backup.dir 2>/dev/null) || said=""
    fi
    if [ -n "$said" ]; then
        mode=$(printf '%s\n' "$said" | sed -n 1p)
        LISTEN=$(printf '%s\n' "$said" | sed -n 2p)
        folder=$(printf '%s\n' "$said" | sed -n 3p)
        tls=$(printf '%s\n' "$said" | sed -n 4p)
        base=$(printf '%s\n' "$said" | sed -n 5p)
        BACKUPS=$(printf '%s\n' "$said" | sed -n 6p)
        case "$folder" in
        "$PREFIX"/*) DATA=$folder ;;
        /*) DATA=$PREFIX$folder ;;
        *) DATA=$PREFIX/var/lib/asura/$folder ;;
        esac
    fi
    host=${LISTEN%:*}
    case "$host" in
    "" | 0.0.0.0) host=127.0.0.1 ;;
    "[::]") host="[::1]" ;;
    esac
    address=$host:${LISTEN##*:}
    ADDRESS=http${tls:+s}://$address$base
    WATCHED=$ADDRESS/api/v1/health
    # A certificate is for a name, and this asks an address: that it listens has to do.
    if [ -n "$tls" ]; then WATCHED=$address; fi
    if [ "$PRIMARY" = yes ] && [ "$mode" != probe ] && ! [ -e "$DATA/asura.db" ]; then FRESH_DATA=yes; fi
    if [ "${LISTEN##*:}" = 0 ] || [ "$mode" = probe ]; then WATCHED=""; fi
}

# Asks the new executable whether it accepts the configuration, without which nobody knows what the unit has to say. At
# the first installation there is no unit yet, whose variables it may need.
check_config() {
    if [ "$PRIMARY" = no ] || ! [ -e "$BINARY" ] || ! [ -e "$CONFIG" ]; then return; fi
    if [ "$DRY_RUN" = yes ] && ! may_ask; then
        say "would run: $STAGED --config $CONFIG config check"
        return
    fi
    if ! said=$(as_service "$STAGED" --config "$CONFIG" config check 2>&1) && knows "$STAGED" config; then
        say "$said"
        fail "asura $NEW does not accept $CONFIG: change it, then run this again. Nothing was changed"
    fi
}

# Tells whether one who only looks can ask as the service does: with its variables, and where it may run the executable.
may_ask() {
    if [ -z "$PREFIX" ] && [ "$(id -u)" != 0 ]; then return 1; fi
    as_service "$STAGED" --version >/dev/null 2>&1
}

reaches() {
    as_user "${2:-$BINARY}" --config /dev/null check --timeout 5s -- "$1" >/dev/null 2>&1
}

active() {
    systemctl is-active --quiet "$1" 9<&-
}

# Tells whether a folder, named with a slash at its end, is one of the system's.
of_system() {
    case "$1" in
    / | *//* | */../* | /bin/* | /boot/* | /dev/* | /etc/* | /lib/* | /lib64/* | /proc/* | /sbin/* | /sys/* | \
        /usr/bin/* | /usr/lib/* | /usr/sbin/* | /home/ | /root/ | /run/ | /tmp/ | /usr/ | /usr/local/ | /var/ | \
        /var/cache/ | /var/lib/ | /var/log/ | /var/spool/ | /var/tmp/) ;;
    *) return 1 ;;
    esac
}

# Sets MAKE_DATA, and stops where the data would be in a folder of the system. Once there is a service, that name may be
# no more than its word: for that, root makes no folder but the usual one.
check_data() {
    place=${DATA#"$PREFIX"}/
    case "$place" in
    /media/ | /mnt/ | /opt/ | /srv/) place=/ ;;
    esac
    if of_system "$place"; then
        fail "server.data is $DATA, a folder of the system: name one for asura alone. Nothing was changed"
    fi
    if [ "$PRIMARY" = no ] || [ -e "$DATA" ]; then return; fi
    if [ -n "$PREFIX" ] || [ "$DATA" = /var/lib/asura ] || ! id "$NAME" >/dev/null 2>&1; then
        MAKE_DATA=yes
    elif [ "$DRY_RUN" = no ] && ! as_user mkdir -p -m 0700 "$DATA" >/dev/null 2>&1; then
        fail "server.data is $DATA, which is not there. Make it, then run this again:
    install -d -m 0700 -o $NAME -g $NAME $DATA
Nothing was changed"
    fi
}

# Lets the service write its backups where the configuration wants them; a whole disk may be theirs (/mnt).
check_backups() {
    case "$BACKUPS/" in
    "${DATA#"$PREFIX"}"/* | /var/lib/asura/*) BACKUPS="" ;;
    /?*) ;;
    *) BACKUPS="" ;;
    esac
    if [ -n "$BACKUPS" ] && of_system "${BACKUPS%/}/"; then
        say "backup.dir is $BACKUPS, a folder of the system: the service will not be let write to it. Name another."
        BACKUPS=""
    fi
}

check_port() {
    if [ "$DRY_RUN" = yes ] || [ "$PRIMARY" = no ] || [ -z "$WATCHED" ] || ! systemd_runs; then return; fi
    if active asura.service || ! reaches "$address" "$STAGED"; then return; fi
    other="something else listens on $LISTEN already."
    if [ -z "$tls" ] && reaches "$WATCHED" "$STAGED"; then
        other="an asura answers on $LISTEN already: is it the one that you tried? Make a backup of it first
(./asura backup FILE), which asura restore FILE brings into the service; docs/install.md says how."
    fi
    fail "$other Stop it, or choose another port and run this again:
    mkdir -p $CONFIG_FOLDER && echo 'server: {listen: \"127.0.0.1:8091\", data: /var/lib/asura}' >$CONFIG
Nothing was changed"
}

# What is put in place

make_user() {
    if [ -n "$PREFIX" ] || [ "$PRIMARY" = no ] || id "$NAME" >/dev/null 2>&1; then return; fi
    if [ "$DRY_RUN" = no ]; then
        command -v useradd >/dev/null 2>&1 || fail "useradd is missing: make a system user $NAME, and run this again"
    fi
    act useradd --system --home-dir /var/lib/asura --no-create-home --shell /usr/sbin/nologin --user-group "$NAME"
}

make_folders() {
    act mkdir -p "$(dirname "$BINARY")" "$CONFIG_FOLDER" "$UNITS"
    act chmod 0750 "$CONFIG_FOLDER"
    if [ "$PRIMARY" = no ]; then return; fi
    own "root:$NAME" "$CONFIG_FOLDER"
    own "root:$NAME" "$UNPACK"
    if [ "$MAKE_DATA" = no ]; then return; fi
    act mkdir -p "$DATA"
    act chmod 0700 "$DATA"
    own "$NAME:$NAME" "$DATA"
}

# A running executable cannot be written over, but its name can be given to another file.
place_binary() {
    if [ "$DRY_RUN" = yes ]; then
        # Then nothing is staged: the copy beside this script stays where it is.
        act cp "$SOURCE" "$BINARY"
        return
    fi
    act mv -f "$STAGED" "$BINARY" || return 1
    if command -v restorecon >/dev/null 2>&1; then act restorecon "$BINARY" || true; fi
}

write_config() {
    if [ "$PRIMARY" = no ]; then return; fi
    if [ -e "$CONFIG" ]; then
        say "Keeping $CONFIG."
        return
    fi
    FRESH_CONFIG=yes
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

# The key stands in a file that only root reads, on no command line and in no unit.
write_probe_env() {
    if [ "$PROBE" = no ] || [ -z "$PROBE_URL" ]; then return; fi
    write 0600 "$PROBE_ENV" <<END
ASURA_MODE=probe
ASURA_PRIMARY=$PROBE_URL
ASURA_KEY=$PROBE_KEY${PROBE_REGION:+
ASURA_REGION=$PROBE_REGION}
END
}

# Reads the key from standard input, where it is in no list of processes; a terminal does not show it.
read_key() {
    if ! [ -t 0 ]; then
        IFS= read -r PROBE_KEY || true
        return
    fi
    terminal=$(stty -g)
    trap 'stty "$terminal"; exit 130' INT TERM HUP
    printf 'Key of the probe: ' >&2
    stty -echo
    IFS= read -r PROBE_KEY || true
    stty "$terminal"
    printf '\n' >&2
    trap - INT TERM HUP
}

# Takes the key where it was not said, and refuses what would mean something else in a file of variables.
check_probe() {
    if [ "$WANT" != probe ]; then return; fi
    if [ -z "$PROBE_URL" ]; then
        [ -e "$PROBE_ENV" ] || fail "--probe needs the address of the primary and a key: --probe URL KEY [REGION]" 2
        return
    fi
    if [ -z "$PROBE_KEY" ]; then PROBE_KEY=${ASURA_KEY-}; fi
    if [ "$PROBE_KEY" = - ]; then read_key; fi
    if [ "$PROBE_REGION" = - ]; then PROBE_REGION=""; fi
    [ -n "$PROBE_KEY" ] || fail "--probe needs a key: --probe URL KEY, or - for KEY to read it from standard input" 2
    case "$PROBE_URL" in
    http://?* | https://?*) ;;
    *) fail "--probe: $PROBE_URL is no address of an asura; it begins with https:// or http://" 2 ;;
    esac
    odd=$(printf '%s' "$PROBE_URL$PROBE_KEY$PROBE_REGION" | tr -d "[:alnum:]._~:/?#@!\$&()*+,;=%[]-" && echo .)
    [ "$odd" = . ] || fail "--probe: URL, KEY or REGION has a character that cannot stand in it (space, quote, ...)" 2
}

write_unit() {
    if [ "$PRIMARY" = no ]; then return; fi
    unit_text | write 0644 "$UNIT"
}

unit_text() {
    cat <<'END'
# Written by install.sh, and anew by each upgrade. Changes of your own go beside it: systemctl edit asura
[Unit]
Description=asura, a self-hosted monitor
Wants=network-online.target
After=network-online.target nss-lookup.target time-sync.target
# It is tried again for as long as it takes: a monitor that has given up is worse than none.
StartLimitIntervalSec=0

[Service]
# asura says when it answers, and that it makes progress; a migration of its data asks for more time to start.
# The one-file executable runs as a child of its launcher: NotifyAccess=all lets the child speak.
Type=notify
NotifyAccess=all
TimeoutStartSec=90
WatchdogSec=60
TimeoutAbortSec=10
# The sockets that it listens on are kept here while it restarts, so that callers wait for a moment instead of being
# refused: asura hands them over (FDSTORE=1) and takes them back when it starts (LISTEN_FDS).
FileDescriptorStoreMax=16
User=asura
Group=asura
ExecStart=/usr/local/bin/asura --config /etc/asura/config.yaml
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=2
# A wrong configuration (2) does not become right by itself.
RestartPreventExitStatus=2
TimeoutStopSec=20
# The launcher passes the signal on and waits for its child.
KillMode=mixed
# A backup that finds no memory fails alone: it is made by a process of its own.
OOMPolicy=continue
StateDirectory=asura
StateDirectoryMode=0700
END
    # Where server.data is somewhere else, nothing but that may be written to either.
    if [ "$DATA" != "$PREFIX/var/lib/asura" ]; then printf 'ReadWritePaths=%s\n' "${DATA#"$PREFIX"}"; fi
    # Without the disk of the backups, asura starts all the same.
    if [ -n "$BACKUPS" ]; then printf '%s\n' "$BACKUPS" | sed 's/[\\"]/\\&/g; s/%/%%/g; s/.*/ReadWritePaths="-&"/'; fi
    cat <<'END'
WorkingDirectory=/var/lib/asura
# The set-up link is printed to standard output, which must not end in the journal; the log is standard error.
StandardOutput=null
StandardError=journal
LimitNOFILE=65536
# A picture of its memory would hold secrets.
LimitCORE=0

# It may ping, listen on ports below 1024, write its data, and nothing else.
AmbientCapabilities=CAP_NET_RAW CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_RAW CAP_NET_BIND_SERVICE
RemoveIPC=yes
END
    closed_text primary
}

# The dashboard shows the same unit to those who have only the executable.
write_probe_unit() {
    if [ "$PROBE" = no ]; then return; fi
    probe_unit_text | write 0644 "$PROBE_UNIT"
}

probe_unit_text() {
    cat <<'END'
[Unit]
Description=asura, a probe
Wants=network-online.target
After=network-online.target nss-lookup.target time-sync.target
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
WatchdogSec=60
TimeoutAbortSec=10
DynamicUser=yes
EnvironmentFile=/etc/asura/probe.env
ExecStart=/usr/local/bin/asura
Restart=always
RestartSec=5
TimeoutStopSec=20
KillMode=mixed
LimitNOFILE=65536
LimitCORE=0

# It may ping, and write nothing.
AmbientCapabilities=CAP_NET_RAW
CapabilityBoundingSet=CAP_NET_RAW
END
    closed_text probe
}

# What neither unit needs and so may not do. ExecPaths: the one-file executable unpacks its libraries in /tmp, which
# hardened machines mount noexec.
closed_text() {
    cat <<'END'
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ExecPaths=/tmp
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
PrivateMounts=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
END
    if [ "$1" = primary ]; then
        cat <<'END'
# The process that makes a backup lets others go first.
SystemCallFilter=setpriority
END
    fi
    cat <<'END'
SystemCallErrorNumber=EPERM
UMask=0077

[Install]
WantedBy=multi-user.target
END
}

write_units() {
    write_probe_env && write_unit && write_probe_unit
}

# Starting, and seeing that it is well

# Restarts the services, and starts those named by the argument where they do not run; systemd comes back when they
# say that they are ready, or that they failed.
start_services() {
    act systemctl daemon-reload 9<&- || return 1
    for service in $(services); do
        act systemctl enable "$service" 9<&- || return 1
        case " ${1-} " in
        *" $service "*) act systemctl start "$service" 9<&- || return 1 ;;
        *) act systemctl restart "$service" 9<&- || return 1 ;;
        esac
    done
}

# Prints the services that are not well.
unwell() {
    for service in $(services); do
        if active "$service" && { [ "$service" != asura.service ] || [ -z "$WATCHED" ] || reaches "$WATCHED"; }; then
            continue
        fi
        echo "$service"
    done
}

is_well() {
    [ -z "$(unwell)" ]
}

# Shows the log of the services that are not well, and says what to do: all where none admits it any more.
give_up() {
    failed=$(unwell)
    failed=${failed:-$(services)}
    show_log "$failed"
    fail "$1put right what the log says, then: systemctl restart $(printf '%s' "$failed" | tr '\n' ' ')"
}

# Waits until all services are well, and still are a moment later.
wait_until_well() {
    if [ "$DRY_RUN" = yes ]; then return 0; fi
    tries=0
    until is_well; do
        tries=$((tries + 1))
        if [ "$INTERRUPTED" = yes ] || [ "$tries" -ge "$HEALTHY_WITHIN" ]; then return 1; fi
        sleep 1
    done
    sleep 1
    [ "$INTERRUPTED" = no ] && is_well
}

show_log() {
    for service in ${1:-$(services)}; do
        if command -v journalctl >/dev/null 2>&1 && [ -z "$PREFIX" ]; then
            journalctl -u "$service" --since "$STARTED_AT" -n 15 --no-pager -o cat 2>/dev/null | sed 's/^/    /' || true
        fi
        say "Its log: journalctl -u $service --since '$STARTED_AT'"
    done
}

# The first start keeps a link in a file that makes the first admin, once: show it to the person who installs.
show_setup_link() {
    if [ "$DRY_RUN" = yes ] || [ "$FRESH_DATA" = no ]; then return; fi
    tries=0
    until [ -s "$DATA/setup-link" ] || [ "$tries" -ge 20 ]; do
        tries=$((tries + 1))
        sleep 0.5
    done
    if [ -s "$DATA/setup-link" ]; then
        say "Open this link to set it up; it works once, and is kept in $DATA/setup-link until then:"
        say ""
        say "    $(as_user cat "$DATA/setup-link" 2>/dev/null)"
        say ""
        say "A key for scripts is in $DATA/first-admin-key until its first use."
    else
        say "No set-up link was seen yet: it will be in $DATA/setup-link."
    fi
}

# Installing for the first time

say_how_to_start() {
    say "systemd does not run here, so nothing was started. Start asura by hand, or with what starts services here:"
    if [ "$PRIMARY" = yes ]; then say "    $BINARY --config $CONFIG${PREFIX:+ --data $DATA}      (as user $NAME)"; fi
    if [ "$PROBE" = yes ]; then say "    env \$(cat $PROBE_ENV) $BINARY"; fi
}

say_done() {
    if [ "$PRIMARY" = yes ]; then
        say "Dashboard: $ADDRESS (server.listen in $CONFIG)"
    fi
    if [ "$PROBE" = yes ]; then say "The probe runs; see it in the dashboard of its primary, under Probes."; fi
}

install_first() {
    check_port
    say "Installing asura $NEW."
    PHASE=first
    make_user
    make_folders
    write_config
    place_binary
    write_units
    if ! systemd_runs; then
        PHASE=over
        say_how_to_start
        return
    fi
    STARTED_AT=$(date '+%Y-%m-%d %H:%M:%S')
    if ! { start_services && wait_until_well; }; then
        stop_when_interrupted
        PHASE=over
        say "asura $NEW is installed, but did not get well:"
        give_up ""
    fi
    stop_when_interrupted
    PHASE=over
    show_setup_link
    say_done
}

# Interrupted while installing for the first time: nothing stays that was not there, but data.
undo_first() {
    say "Interrupted: taking back what was done."
    if systemd_runs; then
        for service in $(services); do
            systemctl disable --now "$service" 9<&- 2>/dev/null || true
        done
    fi
    for service in $(services); do rm -f "$UNITS/$service"; done
    if [ "$FRESH_CONFIG" = yes ]; then rm -f "$CONFIG"; fi
    if [ "$WANT" = probe ]; then rm -f "$PROBE_ENV"; fi
    rm -f "$BINARY"
    rmdir "$PREFIX/var/lib/asura" "$CONFIG_FOLDER" 2>/dev/null || true
    if systemd_runs; then systemctl daemon-reload 9<&- || true; fi
}

# Upgrading

# Another service beside one that is there, or the same executable again: units and configuration are written anew.
refresh() {
    before=$(cksum "$UNIT" "$PROBE_UNIT" "$PROBE_ENV" 2>/dev/null) || true
    make_user
    make_folders
    write_config
    write_units
    if ! systemd_runs; then
        say_how_to_start
        return
    fi
    unchanged=""
    if is_as_before "$UNIT" && ! runs_another asura.service; then unchanged=asura.service; fi
    if is_as_before "$PROBE_UNIT" && is_as_before "$PROBE_ENV" && ! runs_another asura-probe.service; then
        unchanged="$unchanged asura-probe.service"
    fi
    STARTED_AT=$(date '+%Y-%m-%d %H:%M:%S')
    if ! { start_services "$unchanged" && wait_until_well; }; then
        give_up "asura $NEW is not well: "
    fi
    show_setup_link
    say_done
}

# Tells whether a service still runs an executable that lay here before, as when a run was ended before its restart. Of
# what is not known, and of a program of somebody else around asura, nothing is said.
runs_another() {
    number=$(systemctl show -p MainPID "$1" 9<&- | sed -n 's/^MainPID=//p')
    here=$(CDPATH='' cd -- "$(dirname -- "$BINARY")" && pwd -P)/$NAME
    case "$(readlink "/proc/${number:-0}/exe" 2>/dev/null)" in
    "$here") return 1 ;;
    "$here "* | "$here".*) ;;
    *) return 1 ;;
    esac
}

is_as_before() {
    printf '%s\n' "$before" | grep -qxF "$(cksum "$1" 2>/dev/null)"
}

# Asks the new executable whether it may take over the data.
check_upgrade() {
    if [ "$PRIMARY" = no ] || [ "$DRY_RUN" = yes ] || ! [ -e "$CONFIG" ]; then return; fi
    if ! said=$(about_data "$STAGED" upgrade --check 2>&1) && knows "$STAGED" upgrade; then
        say "$said"
        fail "asura $NEW may not take over the data in $DATA (see above). Nothing was changed"
    fi
    case "$said" in
    *"No such command"*) ;;
    *) say "$said" ;;
    esac
}

# Makes a backup while the old one runs. The last three of them are kept.
back_up() {
    if [ "$PRIMARY" = no ] || ! [ -e "$DATA/asura.db" ]; then return; fi
    BACKUP=$DATA/backups/before-upgrade-$(date -u +%Y%m%dT%H%M%SZ).backup
    if [ "$DRY_RUN" = yes ]; then
        say "would run: $BINARY --config $CONFIG ${PREFIX:+--data $DATA }backup $BACKUP"
        return
    fi
    as_user mkdir -p -m 0700 "$DATA/backups" >/dev/null 2>&1 || true
    failed=no
    for one in "$BINARY" "$STAGED"; do
        if ! knows "$one" backup; then continue; fi
        if said=$(about_data "$one" backup "$BACKUP" 2>&1); then
            say "The data is backed up: $said"
            return
        fi
        say "$said"
        failed=yes
    done
    if [ "$failed" = yes ]; then fail "the data could not be backed up (see above). Nothing was changed"; fi
    copy_data
}

# Where neither executable has a command for backups, the files are copied while nothing writes to them. The key is made
# with the first secret: it may not be there yet.
copy_data() {
    BACKUP=${BACKUP%.backup}
    say "The executable has no backup command: copying the files while asura stands still."
    PHASE=copy
    if systemd_runs; then systemctl stop asura.service 9<&-; fi
    # shellcheck disable=SC2016
    if ! said=$(as_user sh -c '
        mkdir -m 0700 "$2" || exit
        for file in "$1"/asura.db* "$1"/*.key; do
            if [ -e "$file" ] || [ -h "$file" ]; then cp -pP "$file" "$2/" || exit; fi
        done' sh "$DATA" "$BACKUP" 2>&1); then
        say "$said"
        as_user rm -rf "$BACKUP" >/dev/null 2>&1 || true
        fail "$DATA could not be copied to $BACKUP: is the disk full? Nothing was changed"
    fi
    stop_when_interrupted
    say "The data is copied to $BACKUP."
}

forget_old_backups() {
    if [ "$PRIMARY" = no ]; then return; fi
    set -- "$DATA"/backups/before-upgrade-*
    while [ $# -gt 3 ]; do
        say "Removing an older backup: $1"
        as_user rm -rf "$1" >/dev/null 2>&1 || true
        shift
    done
}

# Copies the old executable and units, while nothing is changed yet.
keep() {
    for file in "$BINARY" "$UNIT" "$PROBE_UNIT"; do
        if [ -e "$file" ]; then act cp -p "$file" "$file.previous.new" || return 1; fi
    done
    act touch "$PREVIOUS.new"
}

# Puts the old executable and units beside the new ones. The executable comes first, each in one step: whenever the
# machine stops, what is there can start, and running this again makes the rest. Those of an upgrade before stay until
# this one is well, unless a run that was ended had kept the executable of now already.
swap() {
    PHASE=swap
    if ! cmp -s "$BINARY" "$PREVIOUS"; then
        for file in "$BINARY" "$UNIT" "$PROBE_UNIT"; do
            if [ -e "$file.previous" ]; then act mv -f "$file.previous" "$file.earlier" || return 1; fi
        done
    fi
    for file in "$BINARY" "$UNIT" "$PROBE_UNIT"; do
        if [ -e "$file" ]; then act mv -f "$file.previous.new" "$file.previous" || return 1; fi
    done
    SWAPPED=yes
    place_binary && write_units
}

forget_earlier() {
    act rm -f "$BINARY.earlier" "$UNIT.earlier" "$PROBE_UNIT.earlier"
}

upgrade() {
    say "Upgrading asura ${OLD:-of an unknown version} to ${NEW:-the one beside this script}."
    STARTED_AT=$(date '+%Y-%m-%d %H:%M:%S')
    check_upgrade
    keep || fail "$BINARY and its units could not be kept beside the new ones: is the disk full? Nothing was changed"
    back_up
    if ! systemd_runs; then
        swap || fail "the executable could not be replaced"
        PHASE=over
        forget_earlier
        say "asura $NEW is in place; systemd does not run here: restart asura by whatever started it."
        return
    fi
    if swap && start_services && wait_until_well; then
        PHASE=over
        forget_earlier
        forget_old_backups
        say "asura $NEW runs. The one before is $PREVIOUS; --rollback goes back to it."
        say_done
        return
    fi
    roll_back || true
    exit 1
}

# Going back

# Prints the copy of the database that a migration made since the last upgrade, if one did; it may not be whole yet.
migrated_copy() {
    if [ "$PRIMARY" = no ]; then return; fi
    for one in "$DATA"/backups/asura-schema-*.db "$DATA"/backups/asura-schema-*.db.partial; do
        if [ -z "$(find "$one" -prune -type f -newer "$PREVIOUS" 2>/dev/null)" ]; then continue; fi
        printf '%s\n' "$one"
        return
    done
}

# Prints the same once nothing runs any more: the executable that began a copy makes it whole.
whole_copy() {
    copy=$(migrated_copy)
    case $copy in
    *.partial)
        say "Making $copy whole, which takes as long as the disk does." >&2
        if ! said=$(about_data "$BINARY" upgrade 2>&1); then say "$said" >&2; fi
        copy=$(migrated_copy)
        ;;
    esac
    case $copy in
    *.partial) ;;
    *) printf '%s\n' "$copy" ;;
    esac
}

# Puts the database back as it was before a migration; the newer one is kept in a folder. Without room for a copy, the
# copy itself has to do.
restore_data() {
    aside=$DATA/replaced-$(date -u +%Y%m%dT%H%M%SZ)
    # shellcheck disable=SC2016
    if ! said=$(as_user sh -c '
        umask 077
        mkdir "$2" || exit
        for file in "$1/asura.db" "$1/asura.db-wal" "$1/asura.db-shm"; do
            if [ -e "$file" ]; then mv "$file" "$2/" || exit; fi
        done
        rm -f "$1/asura.db.new"
        cp -pP "$3" "$1/asura.db.new" 2>/dev/null || mv -f "$3" "$1/asura.db.new" || exit
        mv -f "$1/asura.db.new" "$1/asura.db"' sh "$DATA" "$aside" "$1" 2>&1); then
        say "The data could not be put back as it was: $said"
        return 1
    fi
    say "The data is as it was before its migration ($1); the migrated one is kept in $aside."
}

# Puts the old executable and units back, and the data where it was migrated.
swap_back() {
    for service in $(services); do systemctl stop "$service" 9<&- || true; done
    copy=$(whole_copy)
    if [ -n "$copy" ]; then restore_data "$copy" || copy=""; fi
    for service in $(services); do
        if [ -e "$UNITS/$service.previous" ]; then
            mv -f "$UNITS/$service.previous" "$UNITS/$service"
        else
            systemctl disable "$service" 9<&- || true
            rm -f "$UNITS/$service"
        fi
    done
    if [ -e "$PREVIOUS" ]; then mv -f "$PREVIOUS" "$BINARY"; fi
}

# Makes the copy that was put back older than the executable that is kept: the data of now needs none to go there.
make_older() {
    if [ -n "$1" ] && [ -e "$PREVIOUS" ]; then as_user touch -c -h -r "$PREVIOUS" "$1" >/dev/null 2>&1 || true; fi
}

# Takes an upgrade back, and what an earlier one kept is kept again.
roll_back() {
    trap '' INT TERM HUP
    PHASE=back
    say "asura $NEW did not get well: going back to ${OLD:-the one before}."
    show_log
    copy=""
    if [ "$SWAPPED" = yes ]; then swap_back; fi
    for file in "$BINARY" "$UNIT" "$PROBE_UNIT"; do
        if [ -e "$file.earlier" ]; then mv -f "$file.earlier" "$file.previous"; fi
    done
    make_older "$copy"
    WANT=""
    choose_services >/dev/null
    INTERRUPTED=no
    PHASE=over
    if start_services && wait_until_well; then
        say "asura ${OLD:-of before} runs again. Nothing was deleted."
    else
        say "asura ${OLD:-of before} does not get well either: journalctl -u asura says why."
    fi
    if [ -n "${BACKUP-}" ]; then say "The backup from before is $BACKUP."; fi
}

# Going back by hand: the previous executable and units change places with those of now.
go_back_asura() {
    check_rights
    take_lock
    choose_services
    [ -e "$PREVIOUS" ] || fail "there is no $PREVIOUS: nothing to go back to"
    trap clean_up EXIT
    try_to_run "$PREVIOUS"
    NEW=$FOUND
    try_to_run "$BINARY"
    OLD=$FOUND
    [ -n "$NEW" ] || fail "$PREVIOUS does not run. Nothing was changed"
    read_config
    copy=$(migrated_copy)
    if [ -n "$copy" ] && [ "$YES" = no ]; then
        fail "asura $NEW cannot read the data, which was migrated since. --rollback --yes takes the data of then (${copy%.partial})
and keeps that of now in a folder: what was found since is not seen any more. Nothing was changed"
    fi
    say "Going back from asura $OLD to $NEW."
    if systemd_runs; then
        for service in $(services); do act systemctl stop "$service" 9<&-; done
    fi
    if [ -n "$copy" ] && [ "$DRY_RUN" = no ]; then
        copy=$(whole_copy)
        if [ -z "$copy" ]; then
            if systemd_runs; then start_services || true; fi
            fail "the data of then could not be had (see above). asura $OLD runs on"
        fi
    fi
    if [ -n "$copy" ]; then act restore_data "${copy%.partial}"; fi
    for file in "$BINARY" "$UNIT" "$PROBE_UNIT"; do change_places "$file" "$file.previous"; done
    if [ "$DRY_RUN" = no ]; then make_older "$copy"; fi
    if ! systemd_runs; then
        say "asura $NEW is in place: restart it by whatever started it."
        return
    fi
    STARTED_AT=$(date '+%Y-%m-%d %H:%M:%S')
    if ! { start_services && wait_until_well; }; then
        show_log
        fail "asura $NEW is in place, but not well; --rollback goes forward again"
    fi
    say "asura $NEW runs. The one from before is $PREVIOUS; --rollback goes forward to it."
}

change_places() {
    if ! [ -e "$1" ] || ! [ -e "$2" ]; then return; fi
    act cp -p "$1" "$1.aside"
    act mv -f "$2" "$1"
    act mv -f "$1.aside" "$2"
}

# What the options do

install_asura() {
    find_place
    check_rights
    choose_services
    check_probe
    take_lock
    check_systemd
    trap '' PIPE
    trap 'INTERRUPTED=yes; [ "$PHASE" != before ] || exit 130' INT TERM HUP
    trap clean_up EXIT
    find_binary
    stage
    check_config
    read_config
    check_data
    check_backups
    OLD=""
    if ! [ -e "$BINARY" ]; then
        install_first
        return
    fi
    try_to_run "$BINARY"
    OLD=$FOUND
    if cmp -s "$SOURCE" "$BINARY"; then
        say "asura ${NEW:-} is installed already; its service is brought up to date."
        refresh
        return
    fi
    if [ -n "$NEW" ] && [ "$NEW" = "$OLD" ]; then say "asura $NEW is installed already, as another build."; fi
    upgrade
}

stop_when_interrupted() {
    if [ "$INTERRUPTED" = yes ]; then exit 130; fi
}

# However it ends: never half. What was begun is taken back, and nothing is left lying about.
clean_up() {
    status=$?
    trap '' INT TERM HUP
    trap - EXIT
    set +e
    case "$PHASE" in
    first) undo_first ;;
    copy) if systemd_runs; then systemctl start asura.service 9<&-; fi ;;
    swap) roll_back ;;
    esac
    if [ -n "$STAGED" ] && [ "$STAGED" != "${SOURCE-}" ]; then
        rm -f "$STAGED" "$PREVIOUS.new" "$UNIT.previous.new" "$PROBE_UNIT.previous.new"
    fi
    if [ -n "$UNPACK" ]; then
        as_user find "$UNPACK" -mindepth 1 -delete >/dev/null 2>&1
        rmdir "$UNPACK"
    fi
    exit "$status"
}

versions_asura() {
    find_place
    look_beside
    here="none"
    there="none"
    if [ -n "$SOURCE" ]; then here="asura $(version_of "$SOURCE") ($SOURCE)"; fi
    if [ -e "$BINARY" ]; then there="asura $(version_of "$BINARY") ($BINARY)"; fi
    say "here:      $here"
    say "installed: $there"
    if [ -e "$PREVIOUS" ]; then say "previous:  asura $(version_of "$PREVIOUS") ($PREVIOUS)"; fi
}

# Tells whether anything is there that would be removed.
is_there() {
    for file in "$BINARY" "$PREVIOUS" "$UNIT" "$PROBE_UNIT"; do
        if [ -e "$file" ]; then return; fi
    done
    if [ "$PURGE" = no ]; then return 1; fi
    [ -e "$CONFIG_FOLDER" ] || [ -e "$DATA" ] || { [ -z "$PREFIX" ] && id "$NAME" >/dev/null 2>&1; }
}

uninstall_asura() {
    check_rights
    if ! is_there; then
        say "asura is not installed${PREFIX:+ below $PREFIX}: there is nothing to remove."
        return
    fi
    take_lock
    choose_services >/dev/null
    if [ "$PURGE" = yes ] && [ "$YES" = no ] && [ "$DRY_RUN" = no ]; then confirm_purge; fi
    if systemd_runs; then
        for service in $(services); do
            act systemctl disable --now "$service" 9<&- || say "The service $service was not there."
        done
    fi
    for file in "$BINARY" "$UNIT" "$PROBE_UNIT"; do act rm -f "$file" "$file.previous" "$file.earlier" "$file.new"; done
    if systemd_runs; then act systemctl daemon-reload 9<&-; fi
    removed="Removed"
    if [ "$DRY_RUN" = yes ]; then removed="This would be removed"; fi
    if [ "$PURGE" = no ]; then
        say "$removed. Kept: $CONFIG_FOLDER and $DATA"
        return
    fi
    act rm -rf "$CONFIG_FOLDER" "$DATA"
    if [ -z "$PREFIX" ] && id "$NAME" >/dev/null 2>&1; then
        act userdel "$NAME" || say "The user $NAME stays. Later: userdel $NAME"
    fi
    say "$removed, with configuration and data. Data that server.data put elsewhere was left there."
}

confirm_purge() {
    [ -t 0 ] || fail "--purge removes $CONFIG_FOLDER and $DATA for good: say --yes. Nothing was changed"
    printf 'Remove %s and %s for good? [y/N] ' "$CONFIG_FOLDER" "$DATA"
    read -r answer
    case "$answer" in
    y | Y | yes) ;;
    *) fail "nothing was changed" ;;
    esac
}

main() {
    read_arguments "$@"
    name_paths
    "${ACTION}_asura"
}

# The last line: a script that was cut off on its way does nothing.
main "$@"
