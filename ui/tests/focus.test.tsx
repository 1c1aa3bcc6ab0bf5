// @vitest-environment happy-dom
/** The focus is where it belongs as soon as something is drawn: the first letters of a fast hand are not lost. */
import { render, type ComponentChild } from "preact";
import { useState } from "preact/hooks";
import { afterEach, expect, test } from "vitest";
import type { Post, StatusPage } from "../src/api/status";
import { Dialog } from "../src/components/Dialog";
import { Input } from "../src/components/Input";
import { useDisclosure } from "../src/components/disclosure";
import { STARS } from "../src/domain/form";
import { FormContext } from "../src/forms/context";
import { Fields } from "../src/forms/FieldControl";
import type { Field } from "../src/domain/schema";
import { Say } from "../src/pages/statuspages/Say";
import { useLeaveGuard } from "../src/state/leaving";
import { ago } from "./make";

afterEach(() => render(null, document.body));
const nothing = () => undefined;
/** Draws, and waits for no frame: effects that come after the painting have not run yet. */
const draw = (what: ComponentChild) => render(what, document.body);
/** What a press has changed is drawn before the next event, which comes as a task. */
const nextEvent = () => new Promise((done) => queueMicrotask(() => queueMicrotask(() => done(null))));
const focused = () => document.activeElement;

test("an input that begins a page", () => {
  draw(<Input label="Name" value="" onInput={nothing} autofocus />);
  expect(focused()?.tagName).toBe("INPUT");
});

test("the first control of a dialog, which is open at once", () => {
  draw(<Dialog title="Rename" onClose={nothing}><Input label="Name" value="" onInput={nothing} autofocus /></Dialog>);
  expect(document.querySelector("dialog")?.open).toBe(true);
  expect(focused()?.tagName).toBe("INPUT");
});

test("the text of an update", () => {
  const page = { id: 1, groups: [], components: [], everything_public: false } as unknown as StatusPage;
  const post: Post = {
    id: 2, page_id: 1, kind: "incident", title: "Payments fail", status: "investigating", impact: "major", publish_at: ago(60), published: true, started_at: null, ends_at: null, resolved_at: null,
    postmortem: "", postmortem_html: "", automatic: false, components: [], created_by: "Ann", created_at: ago(60), updated_at: ago(60), updates: [],
  };
  draw(<Say page={page} posts={[post]} components={[]} editable reload={nothing} post={post} status="identified" onStatus={nothing} onClose={nothing} onDone={nothing} />);
  expect(focused()?.tagName).toBe("TEXTAREA");
});

test("a secret that is replaced", async () => {
  const field: Field = { name: "token", label: "Token", help: "", kind: "secret" } as Field;
  function Form() {
    const [draft, hold] = useState<Record<string, unknown>>({ settings: { token: STARS } });
    const set = (_: unknown, value: unknown) => hold({ settings: { token: value } });
    const placed = { at: new Map(), rest: [] } as never;
    return <FormContext.Provider value={{ draft, stored: draft, placed, readOnly: false, defaults: {}, set }}><Fields fields={[field]} path={["settings"]} /></FormContext.Provider>;
  }
  draw(<Form />);
  document.querySelector("button")?.click();
  await nextEvent();
  expect(focused()?.tagName).toBe("INPUT");
});

test("what opens below a button closes by a press elsewhere that comes before the next frame", async () => {
  function Below() {
    const { open, setOpen, box } = useDisclosure();
    return <div ref={box}><button type="button" onClick={() => setOpen(true)}>More</button>{open && <p>below</p>}</div>;
  }
  draw(<Below />);
  document.querySelector("button")?.click();
  await nextEvent();
  expect(document.querySelector("p")).not.toBeNull();
  document.body.dispatchEvent(new Event("pointerdown", { bubbles: true }));
  await nextEvent();
  expect(document.querySelector("p")).toBeNull();
});

test("a page with changes is held at once when it is left", () => {
  function Page() {
    useLeaveGuard(true);
    return null;
  }
  draw(<Page />);
  const leave = new Event("beforeunload", { cancelable: true });
  dispatchEvent(leave);
  expect(leave.defaultPrevented).toBe(true);
});
