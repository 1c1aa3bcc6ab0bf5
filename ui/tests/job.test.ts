/** Runs of a job, and what to paste so that it calls in. */
import { describe, expect, test } from "vitest";
import type { Ping } from "../src/api/types";
import { runsOf, scaleOf, usualRun } from "../src/domain/runs";
import { calendar, every, snippets } from "../src/domain/snippets";
import { ago, NOW } from "./make";

const ping = (n: number, change: Partial<Ping> = {}): Ping => ({ n, at: ago(n), kind: "success", duration_s: 60, exit_status: 0, note: "", body_bytes: 0, ...change });

describe("runs", () => {
  const open = { run_id: "a", started_at: ago(30), overdue: false, expected_end_at: null, step: null, of: null, step_name: "dump", step_at: null };
  const runs = runsOf([ping(90, { kind: "fail", exit_status: 3 }), ping(150, { kind: "start", duration_s: null }), ping(200, { duration_s: null }), ping(300)], [open], NOW);
  test("are what goes on and what ended, newest first; starts alone are none", () => {
    expect(runs.map((run) => [run.outcome, run.seconds])).toEqual([["running", 30], ["fail", 60], ["success", null], ["success", 60]]);
  });
  test("begin when they began", () => expect(runs.map((run) => run.at)).toEqual([ago(30), ago(150), ago(200), ago(360)]));
  test("are measured by the longest, or by what is allowed when that is near", () => {
    expect(scaleOf(runs, null)).toBeCloseTo(62.4);
    expect(scaleOf(runs, 100)).toBeCloseTo(108);
    expect(scaleOf(runs, 3600)).toBeCloseTo(62.4);
    expect(scaleOf([], 100)).toBe(1);
  });
  test("usually take what half of the good ones take", () => expect([usualRun(runs), usualRun([])]).toEqual([60, null]));
});

describe("snippets", () => {
  const job = { name: "Nightly\nbackup 100%", url: "https://asura.example/api/v1/heartbeat/TOKEN", cron: "30 2 * * 1-5", timezone: "Europe/Berlin", interval: 3600 };
  const of = (name: string, change = {}) => snippets({ ...job, ...change }).find((one) => one.name === name)?.text ?? "";
  test("are for six ways to run jobs, each with the address", () => {
    expect(snippets(job).map((one) => one.title)).toEqual(["curl", "cron", "systemd", "PowerShell", "Python", "GitHub Actions"]);
    for (const one of snippets(job)) expect(one.text).toContain(job.url);
  });
  test("cron has the schedule and the zone of the job", () => {
    expect(of("cron")).toMatch(/^CRON_TZ=Europe\/Berlin\n30 2 \* \* 1-5 curl /);
    expect(of("cron", { cron: "", interval: 900 })).toMatch(/^\*\/15 \* \* \* \* curl /);
  });
  test("a name cannot add lines to a unit", () => {
    expect(of("systemd")).toContain("Description=Nightly backup 100%%\n");
    expect(of("systemd")).toContain("/etc/systemd/system/nightly-backup-100.timer");
  });
  test.each([[60, "* * * * *"], [300, "*/5 * * * *"], [3600, "0 * * * *"], [21_600, "0 */6 * * *"], [86_400, "0 0 * * *"], [5, "* * * * *"]])("%s s is %s", (seconds, line) => expect(every(seconds)).toBe(line));
  test.each([
    ["30 2 * * *", "UTC", "*-*-* 02:30:00 UTC"], ["30 2 * * 1-5", "Europe/Berlin", "Mon..Fri *-*-* 02:30:00 Europe/Berlin"], ["0 4 1 * *", "UTC", "*-*-01 04:00:00 UTC"],
    ["5 * * * 0", "UTC", "Sun *-*-* *:05:00 UTC"], ["*/5 * * * *", "UTC", "hourly # cron says: */5 * * * *"], ["0 0 * 6 *", "UTC", "hourly # cron says: 0 0 * 6 *"],
  ])("%s in %s is %s", (line, zone, text) => expect(calendar(line, zone)).toBe(text));
});
