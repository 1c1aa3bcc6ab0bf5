#!/bin/sh
# Lets an asura watch for a while and stops it: canary.sh EXECUTABLE FOLDER [SECONDS]. What it leaves in FOLDER/data is
# the database that the next version's stories begin on (tests/canary.py).
set -eu
EXECUTABLE=$1
FOLDER=$2
SECONDS_TO_RUN=${3:-60}
PORT=${CANARY_PORT:-18090}
API=http://127.0.0.1:$PORT/api/v1

mkdir -p "$FOLDER"
"$EXECUTABLE" --data "$FOLDER/data" --listen "127.0.0.1:$PORT" >"$FOLDER/asura.log" 2>&1 &
ASURA=$!
trap 'kill "$ASURA" 2>/dev/null || true' EXIT

tries=0
until curl --fail --silent "$API/health" >/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then
        cat "$FOLDER/asura.log" >&2
        exit 1
    fi
    sleep 0.3
done
# The name of the key's file is old; a later version may use another one, and then this has to follow.
KEY=$(cat "$FOLDER/data/first-admin-key")

ask() {
    curl --fail-with-body --silent --show-error --request "$1" --header "Authorization: Bearer $KEY" \
        --header 'Content-Type: application/json' --data "$3" "$API$2"
    echo
}

# One that fails at once and opens an incident, one that holds, a job that calls in, someone who is told, a window.
ask POST /channels '{"name": "canary", "type": "webhook", "default": true,
    "settings": {"url": "https://canary.invalid/hook", "secret": "sealed-in-the-database"}}'
ask POST /monitors '{"name": "Refused", "type": "tcp", "target": "127.0.0.1:9", "interval": 5, "retries": 0,
    "failure_threshold": 1}'
ask POST /monitors '{"name": "Closed", "type": "tcp", "target": "127.0.0.1:9", "interval": 5, "public": true,
    "upside_down": true}'
ask POST /monitors '{"name": "Backup", "slug": "canary-backup", "type": "heartbeat", "interval": 3600, "grace": 60}'
ask POST /maintenance '{"name": "Window", "tags": ["none"], "starts_at": "2040-01-01T00:00:00Z",
    "ends_at": "2040-01-01T01:00:00Z"}'
PING=$(ask GET /monitors/canary-backup '' | sed 's|[,{]|\n|g' | sed -n 's/^"ping_url":"\([^"]*\)".*/\1/p')
ends=$(($(date +%s) + SECONDS_TO_RUN))
while [ "$(date +%s)" -lt "$ends" ]; do
    curl --fail --silent --show-error "$PING" >/dev/null
    sleep 1
done

kill -TERM "$ASURA"
wait "$ASURA"
trap - EXIT
ls -l "$FOLDER/data"
