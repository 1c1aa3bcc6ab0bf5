/** What to paste so that a job calls in: one snippet for each way in which jobs are run. */

/** What a snippet needs to know of a job. */
export interface Job {
  name: string;
  url: string;
  cron: string;
  timezone: string;
  /** Seconds between runs, where there is no schedule. */
  interval: number;
}

export interface Snippet {
  name: string;
  title: string;
  text: string;
}

const TRIES = "-fsS -m 10 --retry 5 -o /dev/null";

/** All snippets, the simplest first. */
export function snippets(job: Job): Snippet[] {
  return [
    { name: "curl", title: "curl", text: curl(job) },
    { name: "cron", title: "cron", text: cron(job) },
    { name: "systemd", title: "systemd", text: systemd(job) },
    { name: "powershell", title: "PowerShell", text: powershell(job) },
    { name: "python", title: "Python", text: python(job) },
    { name: "actions", title: "GitHub Actions", text: actions(job) },
  ];
}

function curl({ url }: Job): string {
  return `curl ${TRIES} ${url}

# With its duration, its exit status and what it printed:
curl ${TRIES} ${url}/start
output=$(./job.sh 2>&1); status=$?
curl ${TRIES} --data-raw "$output" ${url}/$status`;
}

function cron({ url, cron: line, timezone, interval }: Job): string {
  const when = line.split("\n")[0] || every(interval);
  const zone = line && timezone !== "UTC" ? `CRON_TZ=${timezone}\n` : "";
  return `${zone}${when} curl ${TRIES} ${url}/start; /path/to/job.sh; curl ${TRIES} ${url}/$?`;
}

function systemd(job: Job): string {
  const unit = slug(job.name);
  const when = job.cron ? `OnCalendar=${calendar(job.cron.split("\n")[0] ?? "", job.timezone)}` : `OnUnitActiveSec=${job.interval}s\nOnBootSec=1min`;
  return `# /etc/systemd/system/${unit}.service
[Unit]
Description=${oneLine(job.name)}

[Service]
Type=oneshot
ExecStartPre=-curl ${TRIES} ${job.url}/start
ExecStart=/path/to/job.sh
ExecStopPost=-/bin/sh -c 'curl ${TRIES} ${job.url}/$\${EXIT_STATUS:-0}'

# /etc/systemd/system/${unit}.timer
[Timer]
${when}
Persistent=true

[Install]
WantedBy=timers.target`;
}

function powershell({ url }: Job): string {
  return `$url = "${url}"
Invoke-RestMethod -TimeoutSec 10 "$url/start" | Out-Null
& C:\\path\\to\\job.ps1
$status = if ($?) { 0 } else { 1 }
Invoke-RestMethod -TimeoutSec 10 -MaximumRetryCount 5 -RetryIntervalSec 2 "$url/$status" | Out-Null`;
}

function python({ url }: Job): string {
  return `import urllib.request

URL = "${url}"


def call_in(signal: str = "", text: str = "") -> None:
    try:
        urllib.request.urlopen(URL + signal, text.encode() or None, timeout=10).close()
    except OSError as error:
        print("could not call in:", error)


call_in("/start")
try:
    job()
except Exception as error:
    call_in("/fail", str(error))
    raise
call_in()`;
}

function actions({ url, cron: line, interval }: Job): string {
  return `# Keep the address as a secret named ASURA_URL: ${url}
on:
  schedule:
    - cron: "${line.split("\n")[0] || every(interval)}" # in UTC
jobs:
  job:
    runs-on: ubuntu-latest
    env:
      ASURA_URL: \${{ secrets.ASURA_URL }}
    steps:
      - run: curl ${TRIES} "$ASURA_URL/start"
      - uses: actions/checkout@v4
      - run: ./job.sh
      - if: always()
        run: curl ${TRIES} "$ASURA_URL/\${{ job.status == 'success' && '0' || 'fail' }}"`;
}

/** A cron line for an interval, as near as cron can say it. */
export function every(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return minutes === 1 ? "* * * * *" : `*/${minutes} * * * *`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return hours === 1 ? "0 * * * *" : `0 */${hours} * * *`;
  return "0 0 * * *";
}

/** A simple cron line as systemd writes it; one that is not simple is left to the reader. */
export function calendar(line: string, timezone: string): string {
  const [minute = "*", hour = "*", day = "*", month = "*", weekday = "*"] = line.trim().split(/\s+/);
  if (!/^(\*|\d+)$/.test(minute) || !/^(\*|\d+)$/.test(hour) || !/^(\*|\d+)$/.test(day) || month !== "*") return `hourly # cron says: ${line}`;
  const names = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const days = weekday === "*" ? "" : /^[0-7](-[0-7])?$/.test(weekday) ? `${weekday.split("-").map((one) => names[Number(one) % 7]).join("..")} ` : null;
  if (days === null) return `hourly # cron says: ${line}`;
  const two = (part: string) => (part === "*" ? part : part.padStart(2, "0"));
  return `${days}*-*-${two(day)} ${two(hour)}:${two(minute)}:00${timezone === "UTC" ? " UTC" : ` ${timezone}`}`;
}

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "job";
}

/** A name cannot end the line it stands in, and a percent sign means something to systemd. */
function oneLine(name: string): string {
  return name.replace(/[\r\n]+/g, " ").replace(/%/g, "%%");
}
