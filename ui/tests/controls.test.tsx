// @vitest-environment happy-dom
/** Controls: labelled, tied to their help and faults, and true to what the form holds. */
import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { readFileSync } from "node:fs";
import { useState } from "preact/hooks";
import { afterEach, describe, expect, test } from "vitest";
import type { ChannelTypes, CheckTypes } from "../src/api/editing";
import { place, read, spotsOf, STARS, write, type Draft } from "../src/domain/form";
import { fieldsOf, type Field } from "../src/domain/schema";
import type { FieldError } from "../src/api/types";
import { Assertions } from "../src/forms/Assertions";
import { FormContext } from "../src/forms/context";
import { Fields } from "../src/forms/FieldControl";
import { Fold } from "../src/forms/Fold";

const { checks, channels } = JSON.parse(readFileSync(`${import.meta.dirname}/fixtures/types.json`, "utf8")) as { checks: CheckTypes; channels: ChannelTypes };
const types = [...checks.data, ...channels.data];
const fieldsFor = (name: string) => fieldsOf(types.find((type) => type.name === name)!.settings);

let draft: Draft = {};
afterEach(cleanup);

interface Options { start?: Draft; stored?: Draft; errors?: readonly FieldError[]; readOnly?: boolean; extra?: preact.ComponentChildren }

function Harness({ fields, start = {}, stored = {}, errors = [], readOnly = false, extra }: Options & { fields: readonly Field[] }) {
  const [held, hold] = useState(start);
  draft = held;
  const placed = place(errors, [...spotsOf(fields, (held.settings as Draft) ?? {}, "settings."), { path: "assertions", label: "Expectations" }]);
  return (
    <FormContext.Provider value={{ draft: held, stored, placed, readOnly, defaults: {}, set: (path, value) => hold((old) => write(old, path, value)) }}>
      <Fields fields={fields} path={["settings"]} />{extra}
    </FormContext.Provider>
  );
}

const show = (fields: readonly Field[], options: Options = {}) => render(<Harness fields={fields} {...options} />);
const value = (...path: string[]) => read(draft, ["settings", ...path]);
const only = (type: string, name: string) => fieldsFor(type).filter((field) => field.name === name);

describe.each(types.map((type) => type.name))("the form of %s", (name) => {
  test("names every control", () => {
    const { container } = show(fieldsFor(name));
    for (const control of container.querySelectorAll<HTMLElement>("input, select, textarea")) {
      const named = control.getAttribute("aria-label") || control.closest("label") || (control.id && container.querySelector(`label[for="${control.id}"]`));
      expect(named, control.outerHTML).toBeTruthy();
    }
    const ids = [...container.querySelectorAll("[id]")].map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
  test("offers nothing to change where nothing may be changed", () => {
    const { container } = show(fieldsFor(name), { readOnly: true });
    for (const control of container.querySelectorAll<HTMLInputElement>("input, select, textarea")) expect(control.readOnly || control.disabled, control.outerHTML).toBe(true);
    expect(container.querySelectorAll("button").length).toBe(0);
  });
  test("shows a fault at each of its fields", () => {
    const fields = fieldsFor(name);
    const { container } = show(fields, { errors: fields.map((field) => ({ path: `settings.${field.name}`, message: `wrong ${field.name}` })) });
    for (const field of fields) expect(container.querySelector(`[id="field-settings.${field.name}-fault"]`)?.textContent, field.name).toBe(`Wrong ${field.name}`);
  });
});

test("a fault is read out with its control, before the help", () => {
  show(only("http", "proxy"), { errors: [{ path: "settings.proxy", message: "must be an address" }] });
  const input = screen.getByLabelText("Proxy");
  expect(input.getAttribute("aria-invalid")).toBe("true");
  expect(input.getAttribute("aria-describedby")).toBe("field-settings.proxy-fault field-settings.proxy-help");
});

test("a duration is typed as people write it, and written out when it is left", () => {
  show(only("icmp", "wait"));
  const input = screen.getByLabelText<HTMLInputElement>("Wait");
  expect(input.placeholder).toBe("2 s");
  fireEvent.input(input, { target: { value: "90s" } });
  expect([value("wait"), input.value]).toEqual([90, "90s"]);
  fireEvent.blur(input);
  expect(input.value).toBe("1 min 30 s");
  fireEvent.input(input, { target: { value: "a while" } });
  expect(screen.getByText("Write it like 90 s, 5 min or 1 h 30 min.")).toBeTruthy();
  fireEvent.input(input, { target: { value: "" } });
  expect(value("wait")).toBeUndefined();
});

test("a stored secret is kept until it is replaced, and can be kept after all", () => {
  const stored = { settings: { auth: { type: "basic", username: "ada", password: STARS } } };
  show(only("http", "auth"), { start: stored, stored });
  expect(screen.getByText("Stored, and never shown again")).toBeTruthy();
  fireEvent.click(screen.getByText("Replace"));
  const input = screen.getByLabelText<HTMLInputElement>("Password");
  expect(input.type).toBe("password");
  fireEvent.input(input, { target: { value: "new" } });
  expect(value("auth", "password")).toBe("new");
  fireEvent.click(screen.getByText("Keep the stored one"));
  expect(value("auth", "password")).toBe(STARS);
});

test("another shape of a nested object brings its own fields", () => {
  show(only("http", "auth"));
  const select = screen.getByLabelText("Authentication");
  fireEvent.change(select, { target: { value: "basic" } });
  fireEvent.input(screen.getByLabelText("User name"), { target: { value: "ada" } });
  expect(value("auth")).toEqual({ type: "basic", username: "ada" });
  fireEvent.change(select, { target: { value: "bearer" } });
  expect(value("auth")).toEqual({ type: "bearer" });
  fireEvent.change(select, { target: { value: "" } });
  expect(value("auth")).toBeUndefined();
});

test("headers are pairs; one without a name is not sent", () => {
  show(only("http", "headers"), { start: { settings: { headers: { Accept: "text/html" } } } });
  fireEvent.click(screen.getByText("Add"));
  fireEvent.input(screen.getByLabelText("Value of entry 2"), { target: { value: "1" } });
  expect(value("headers")).toEqual({ Accept: "text/html" });
  fireEvent.input(screen.getByLabelText("Name of entry 2"), { target: { value: "X-A" } });
  expect(value("headers")).toEqual({ Accept: "text/html", "X-A": "1" });
  fireEvent.click(screen.getByLabelText("Remove Accept"));
  expect(value("headers")).toEqual({ "X-A": "1" });
});

test("a secret header under another name loses its stored value", () => {
  show(only("http", "secret_headers"), { start: { settings: { secret_headers: { "X-Token": STARS } } } });
  const input = screen.getByLabelText<HTMLInputElement>("Value of entry 1");
  expect([input.value, input.placeholder]).toEqual(["", "stored; type to replace"]);
  fireEvent.input(screen.getByLabelText("Name of entry 1"), { target: { value: "X-Other" } });
  expect(value("secret_headers")).toEqual({ "X-Other": "" });
});

test("stored addresses of a list stay in their places", () => {
  show(fieldsFor("apprise"), { start: { settings: { urls: [STARS, STARS, "gotify://x/y"] } } });
  expect(screen.queryByLabelText("Remove 1")).toBeNull();
  fireEvent.click(screen.getByLabelText("Remove 3"));
  expect(value("urls")).toEqual([STARS, STARS]);
  fireEvent.click(screen.getByLabelText("Remove 2"));
  expect(value("urls")).toEqual([STARS]);
});

test("a list takes one on each line, and faults name the line", () => {
  show(only("tls", "names"), { errors: [{ path: "settings.names[1]", message: "is no host" }] });
  fireEvent.input(screen.getByLabelText("Expected names"), { target: { value: "a.example\n\n b.example \n" } });
  expect(value("names")).toEqual(["a.example", "b.example"]);
  expect(screen.getByText("Line 2: Is no host")).toBeTruthy();
});

test("values of a list that are known are ticked, and stay in their order", () => {
  show(only("heartbeat", "look_in"));
  fireEvent.click(screen.getByLabelText("Subject of a mail"));
  expect(value("look_in")).toEqual(["http_body", "mail_body"]);
});

test("expectations offer what the type can tell, and mark what is wrong in a line", () => {
  const http = checks.data.find((type) => type.name === "http")!;
  show([], { extra: <Assertions type={http} />, errors: [{ path: "assertions[0].value", message: "must hold numbers" }] });
  fireEvent.click(screen.getByText("Add an expectation"));
  expect(draft.assertions).toEqual([{ on: "status", op: "in", value: ["200-299"] }]);
  const values = screen.getByLabelText<HTMLInputElement>("Values, with commas between");
  expect(values.getAttribute("aria-invalid")).toBe("true");
  fireEvent.input(values, { target: { value: "204, 301" } });
  expect(draft.assertions).toEqual([{ on: "status", op: "in", value: ["204", "301"] }]);
  fireEvent.change(screen.getByLabelText("What"), { target: { value: "json" } });
  fireEvent.input(screen.getByLabelText("Which part"), { target: { value: "$.ok" } });
  fireEvent.change(screen.getByLabelText("How it is compared"), { target: { value: "exists" } });
  expect(draft.assertions).toEqual([{ on: "json", op: "exists", path: "$.ok" }]);
  fireEvent.click(screen.getByLabelText("Remove expectation 1"));
  expect(draft.assertions).toBeUndefined();
});

test("a folded part opens when something in it is wrong", () => {
  const { container } = show([], { extra: <Fold title="More" paths={["assertions"]}>inside</Fold> });
  expect(container.querySelector("details")?.open).toBe(false);
  cleanup();
  const again = show([], { extra: <Fold title="More" paths={["assertions"]}>inside</Fold>, errors: [{ path: "assertions[0].op", message: "is wrong" }] });
  expect(again.container.querySelector("details")?.open).toBe(true);
});
