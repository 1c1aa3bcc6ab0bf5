// @vitest-environment happy-dom
/** The forms of accounts: sent once, faults at their fields, a code only when it is asked for, a link's secret kept. */
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { useState } from "preact/hooks";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Problem } from "../src/api/problem";
import { copy, Copy } from "../src/components/Copy";
import { Input, Password, Wrong } from "../src/components/Input";
import { Setup } from "../src/pages/Setup";
import { SignIn } from "../src/pages/SignIn";
import { useForm } from "../src/state/form";
import { me } from "../src/state/session";

type Answer = { status: number; body?: unknown; headers?: Record<string, string> };
let answers: Record<string, (body: Record<string, unknown>) => Answer> = {};
const asked: { path: string; body: Record<string, unknown> }[] = [];

beforeEach(() => {
  asked.length = 0;
  answers = { "GET /login": () => ({ status: 200, body: { setup_needed: false, oidc: null, logout_url: "" } }) };
  globalThis.fetch = (input: unknown, init?: RequestInit) => {
    const path = `${init?.method ?? "GET"} ${new URL(String(input), location.href).pathname.replace("/api/v1", "")}`;
    const body = JSON.parse(String(init?.body ?? "{}")) as Record<string, unknown>;
    if (init?.method !== "GET") asked.push({ path, body });
    const { status, body: answer = {}, headers = {} } = answers[path]?.(body) ?? { status: 404 };
    return Promise.resolve(new Response(JSON.stringify(answer), { status, headers }));
  };
});
afterEach(() => {
  cleanup();
  me.value = null;
});

const ANN = { name: "Ann", role: "admin", scopes: [], key_id: null, user_id: 1, tags: [], profile: null, totp: false, recovery_codes_left: 0, must: [], password: true };
const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));

describe("a form", () => {
  function Sample({ send }: { send: () => Promise<void> }) {
    const [name, setName] = useState("");
    const form = useForm(send);
    return <form onSubmit={form.submit}><Input label="Name" value={name} onInput={setName} fault={form.fault("name")} /><Wrong>{form.rest()}</Wrong><button type="submit">Send</button></form>;
  }

  test("pressed twice does one thing", async () => {
    const send = vi.fn(() => new Promise<void>((done) => setTimeout(done, 20)));
    render(<Sample send={send} />);
    press("Send");
    press("Send");
    await new Promise((done) => setTimeout(done, 40));
    expect(send).toHaveBeenCalledTimes(1);
  });

  test("shows a fault at its field, which gets the focus and names it", async () => {
    render(<Sample send={() => Promise.reject(new Problem(422, { errors: [{ path: "name", message: "is taken" }] }))} />);
    press("Send");
    const field = await screen.findByLabelText("Name");
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toBe("Is taken");
    expect(screen.getByRole("alert").textContent).toBe("");
  });

  test("shows the fault of a field that it does not have for the form as a whole", async () => {
    render(<Sample send={() => Promise.reject(new Problem(422, { detail: "Invalid", errors: [{ path: "tags", message: "too many" }] }))} />);
    press("Send");
    await waitFor(() => expect(screen.getByRole("alert").textContent).toBe("tags: too many"));
  });
});

test("a password can be looked at", () => {
  render(<Password label="Password" value="secret" onInput={() => undefined} />);
  const field = screen.getByLabelText("Password") as HTMLInputElement;
  expect(field.type).toBe("password");
  press("Show password");
  expect(field.type).toBe("text");
});

describe("signing in", () => {
  const enter = async () => {
    await screen.findByLabelText("Name");
    type("Name", "ann");
    type("Password", "right");
    press("Sign in");
  };

  test("asks for a code only when the server does, and sends it with the rest", async () => {
    answers["POST /login"] = ({ totp }) => (totp === "123456" ? { status: 200, body: ANN } : { status: 401, body: { errors: [{ path: "totp", message: "the code is wrong" }] } });
    render(<SignIn />);
    expect(screen.queryByLabelText("Code")).toBeNull();
    await enter();
    const code = await screen.findByLabelText("Code");
    // The first time it is a question, not a mistake.
    expect(code.getAttribute("aria-invalid")).toBe("false");
    expect(code.getAttribute("autocomplete")).toBe("one-time-code");
    type("Code", "000000");
    press("Go on");
    await screen.findByText("The code is wrong");
    type("Code", "123 456");
    press("Go on");
    await waitFor(() => expect(me.value?.name).toBe("Ann"));
    expect(asked.map(({ body }) => body.totp)).toEqual([undefined, "000000", "123456"]);
  });

  test("a wrong password is told without saying what was wrong", async () => {
    answers["POST /login"] = () => ({ status: 401, body: { detail: "anything" } });
    render(<SignIn />);
    await enter();
    await screen.findByText("Name or password is wrong.");
    expect(me.value).toBeNull();
  });

  test("after too many attempts it counts down and sends nothing", async () => {
    answers["POST /login"] = () => ({ status: 429, body: {}, headers: { "Retry-After": "23" } });
    render(<SignIn />);
    await enter();
    await screen.findByText(/Too many attempts\. Try again in \d+.s\./);
    expect((screen.getByRole("button", { name: "Sign in" }) as HTMLButtonElement).disabled).toBe(true);
  });

  test("offers the provider that the server knows, and comes back to this address", async () => {
    answers["GET /login"] = () => ({ status: 200, body: { setup_needed: false, oidc: { name: "Keycloak", url: "/api/v1/login/oidc" }, logout_url: "" } });
    render(<SignIn />);
    const link = await screen.findByRole("link", { name: "Sign in with Keycloak" });
    expect(link.getAttribute("href")).toMatch(/^\/api\/v1\/login\/oidc\?next=%2F/);
  });

  test("tells where the set-up link is while nobody has an account", async () => {
    answers["GET /login"] = () => ({ status: 200, body: { setup_needed: true, oidc: null, logout_url: "" } });
    render(<SignIn />);
    await screen.findByText("Nobody has an account yet");
    expect(screen.getByText(/setup-link/)).toBeTruthy();
  });
});

test("the set-up link's secret leaves the address and survives a failed attempt", async () => {
  answers["GET /login"] = () => ({ status: 200, body: { setup_needed: true, oidc: null, logout_url: "" } });
  answers["POST /setup"] = ({ password }) => (password === "short" ? { status: 422, body: { errors: [{ path: "password", message: "must have at least 10 characters" }] } } : { status: 201, body: ANN });
  history.replaceState(null, "", "/setup#TOKEN");
  render(<Setup />);
  expect(location.hash).toBe("");
  type("Name", "Ann");
  type("Password", "short");
  press("Create account");
  await screen.findByText("Must have at least 10 characters");
  type("Password", "long enough for anybody");
  press("Create account");
  await waitFor(() => expect(me.value?.name).toBe("Ann"));
  expect(asked.map(({ body }) => body.token)).toEqual(["TOKEN", "TOKEN"]);
});

describe("copying", () => {
  test("says so, and names what was copied", async () => {
    const written = vi.fn(() => Promise.resolve());
    Object.defineProperty(navigator, "clipboard", { value: { writeText: written }, configurable: true });
    render(<Copy text="abc" label="the key" />);
    press("Copy the key");
    await screen.findByText("Copied");
    expect(written).toHaveBeenCalledWith("abc");
  });

  test("works without a clipboard, by selecting, and leaves nothing behind", async () => {
    Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
    let selected = "";
    document.execCommand = () => {
      selected = document.querySelector("textarea")?.value ?? "";
      return true;
    };
    expect(await copy("abc", document.body)).toBe(true);
    expect(selected).toBe("abc");
    expect(document.querySelector("textarea")).toBeNull();
  });
});
