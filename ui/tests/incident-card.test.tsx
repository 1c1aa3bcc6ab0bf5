// @vitest-environment happy-dom
/** The card of an incident: the action that it needs, for those who may do it. */
import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, expect, test } from "vitest";
import { IncidentCard } from "../src/components/IncidentCard";
import { me } from "../src/state/session";
import { incident } from "./make";

const ANN = { name: "Ann", scopes: [], key_id: null, user_id: 1, tags: [], profile: null, totp: false, recovery_codes_left: 0, must: [], password: true, held_since: null, demo: false };

afterEach(() => {
  cleanup();
  me.value = null;
});

test.each([["viewer", 0], ["editor", 1], ["admin", 1]] as const)("to %s it offers %d ways to acknowledge", (role, ways) => {
  me.value = { ...ANN, role };
  render(<IncidentCard incident={incident()} />);
  expect(screen.queryAllByRole("button", { name: "Acknowledge" })).toHaveLength(ways);
  expect(screen.getByRole("link", { name: "Open" }).getAttribute("href")).toBe("/incidents/7");
});
