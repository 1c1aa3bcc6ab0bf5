/** What to paste to start a probe: a command, a systemd service, a compose file. Its key is in no list of processes. */

/** What a probe has to be told; its region is that of its key. */
export interface Enrolled {
  primary: string;
  key: string;
}

export interface SetUp {
  name: "command" | "systemd" | "compose" | "key";
  text: string;
}

/** All ways to start it, the simplest first, and the key alone. */
export function setUps(probe: Enrolled): SetUp[] {
  return [{ name: "command", text: command(probe) }, { name: "systemd", text: systemd(probe) }, { name: "compose", text: compose(probe) }, { name: "key", text: probe.key }];
}

/** Whether an address leads to the machine that it is used on: a probe elsewhere would call itself. */
export function isLoopback(address: string): boolean {
  const host = URL.canParse(address) ? new URL(address).hostname : "";
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^(127(\.\d+){3}|0\.0\.0\.0)$/.test(host);
}

/** The address to give a probe: that of the configuration, or where that leads nowhere, the one that this page came from. */
export function addressFor(configured: string, here: string): string {
  return isLoopback(configured) && !isLoopback(here) ? here : configured;
}

function command({ primary, key }: Enrolled): string {
  return `ASURA_KEY=${quoted(key)} asura --mode probe --primary ${quoted(primary)}`;
}

function systemd({ primary, key }: Enrolled): string {
  return `# Where install.sh lies beside the executable, this does it all, and asks for the key:
#   sudo ./install.sh --probe ${quoted(oneLine(primary))} -
# Else by hand. The key stands in a file that only root reads, not on the command line.
sudo install -d -m 0750 /etc/asura
sudo install -m 0600 /dev/stdin /etc/asura/probe.env <<'END'
ASURA_MODE=probe
ASURA_PRIMARY=${oneLine(primary)}
ASURA_KEY=${oneLine(key)}
END
sudo tee /etc/systemd/system/asura-probe.service >/dev/null <<'END'
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
SystemCallErrorNumber=EPERM
UMask=0077

[Install]
WantedBy=multi-user.target
END
sudo systemctl enable --now asura-probe`;
}

/** There is no image to trust: the executable lies beside the file, and is mounted into a plain one. */
function compose({ primary, key }: Enrolled): string {
  return `# compose.yaml. The executable ./asura has to be beside it first: otherwise a folder of that name is made.
services:
  probe:
    image: debian:bookworm-slim
    command: /usr/local/bin/asura
    volumes:
      - ./asura:/usr/local/bin/asura:ro
    environment:
      ASURA_MODE: probe
      ASURA_PRIMARY: ${yaml(primary)}
      ASURA_KEY: ${yaml(key)}
    restart: unless-stopped
    user: "65534:65534"
    read_only: true
    tmpfs: ["/tmp:exec"]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    sysctls:
      net.ipv4.ping_group_range: "0 2147483647" # so that it may ping`;
}

/** A word for a shell. */
function quoted(text: string): string {
  return /^[\w.:/@%+=,-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, "");
}

/** A string for YAML; a dollar sign means something to compose. */
function yaml(text: string): string {
  return JSON.stringify(text).replace(/\$/g, "$$$$");
}
