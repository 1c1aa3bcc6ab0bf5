// @vitest-environment happy-dom
/** What is drawn before all of its words are there: reasons, and what types of channels are called. */
import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, expect, test, vi } from "vitest";
import { MonitorRow } from "../src/components/MonitorRow";
import { channelType, shortTitle } from "../src/state/channelTypes";
import { learnReasons } from "../src/words";
import { speak } from "../src/words/catalogue";
import { row } from "./make";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  speak("en", {});
});

const type = (name: string, title: string) => ({ name, title, settings: {} });

test("a row that stood before the words for reasons were loaded says them when they are", async () => {
  render(<MonitorRow row={row({ status: "down", reason: "job_failed" })} />);
  screen.getByText("Job failed");
  learnReasons({ job_failed: "The job failed" });
  await screen.findByText("The job failed");
});

test("a type of channel is called by its title as soon as that is known, and asked for once", async () => {
  const asked: unknown[] = [];
  vi.stubGlobal("fetch", async (path: unknown) => {
    asked.push(path);
    return new Response(JSON.stringify({ data: [type("email", "E-mail"), type("apprise", "Apprise (other services)")], channel: {} }), { headers: { "Content-Type": "application/json" } });
  });
  const Note = ({ of }: { of: string }) => <p>{`[${channelType(of)}]`}</p>;
  render(<><Note of="email" /><Note of="apprise" /><Note of="gone" /></>);
  expect(screen.getAllByText("[]")).toHaveLength(3);
  await screen.findByText("[E-mail]");
  screen.getByText("[Apprise]");
  expect(asked).toHaveLength(1);
});

test("it is called in the language of the reader", () => {
  speak("zh-Hans", { schema: { "Apprise (other services)": "Apprise（其他服务）", "E-mail": "邮件" } });
  expect([shortTitle(type("email", "E-mail")), shortTitle(type("apprise", "Apprise (other services)")), shortTitle(type("slack", "Slack"))]).toEqual(["邮件", "Apprise", "Slack"]);
});
