/** The plain fields of a status page, part by part, and every place of its form that shows errors. */
import { choicesFor, fieldFor } from "../../domain/field";
import type { Spot } from "../../domain/form";
import { AUTO, FIELDS, SHOW } from "../../domain/page-draft";
import { under } from "../../api/base";
import { w } from "../../words/statusPages";

const { fields: label, help } = w;

export const TITLE = fieldFor("title", "text", label.title, { help: help.title, required: true });
export const SLUG = fieldFor("slug", "text", label.slug, { help: help.slug });
export const DESCRIPTION = fieldFor("description", "multiline", label.description, { help: help.description });
export const NETWORKS = fieldFor("networks", "list", label.networks, { help: help.networks });
export const PASSWORD = fieldFor("password", "secret", label.password, { help: help.password });
export const HOSTS = [
  fieldFor("hosts", "list", label.hosts, { help: help.hosts(`${location.origin}${under("/api/v1/status-pages/ask")}`), placeholder: "status.example.com" }),
  fieldFor("frame_ancestors", "list", label.frame_ancestors, { help: help.frame_ancestors, placeholder: "https://www.example.com" }),
];
export const LANGUAGE = fieldFor("language", "choice", label.language, { choices: choicesFor(w.languages), initial: "auto" });
export const THEME = fieldFor("theme", "choice", label.theme, { choices: choicesFor(w.themes), initial: "auto" });
export const POWERED = fieldFor("powered_by", "boolean", label.powered_by, { help: help.powered_by, initial: true });
export const CSS = fieldFor("css", "multiline", label.css, { help: help.css });
export const EVERYTHING = fieldFor("everything_public", "boolean", label.everything_public, { help: help.everything_public, initial: false });
export const SHOWN = [
  fieldFor("days", "number", w.show.days, { unit: w.daysUnit, initial: SHOW.days }), fieldFor("past_incidents_days", "number", w.show.past, { unit: w.daysUnit, initial: SHOW.past_incidents_days }),
  fieldFor("uptime", "boolean", w.show.uptime, { initial: SHOW.uptime }), fieldFor("response_times", "boolean", w.show.response_times, { initial: SHOW.response_times }),
];
export const WHEN = fieldFor("when", "choice", w.auto.when, { choices: choicesFor(w.auto.whens), initial: AUTO.when });
export const MINUTES = fieldFor("minutes", "number", w.auto.minutes, { unit: "min", initial: AUTO.minutes });
export const DEGRADED = fieldFor("degraded", "boolean", w.auto.degraded, { initial: AUTO.degraded });
export const SUBSCRIBE = fieldFor("subscribe", "choices", label.subscribe, { help: help.subscribe, choices: choicesFor(w.ways), initial: Object.keys(w.ways) });

const INNER: Readonly<Record<string, string>> = {
  "show.days": w.show.days, "show.past_incidents_days": w.show.past, "show.uptime": w.show.uptime, "show.response_times": w.show.response_times,
  "auto_incidents.when": w.auto.when, "auto_incidents.minutes": w.auto.minutes, "auto_incidents.degraded": w.auto.degraded, "auto_incidents.title": w.auto.title, "auto_incidents.text": w.auto.text, "auto_incidents.resolved_text": w.auto.resolved,
};
export const SPOTS: readonly Spot[] = [...FIELDS.map((path) => ({ path, label: (label as Readonly<Record<string, string>>)[path] ?? path })), ...Object.entries(INNER).map(([path, text]) => ({ path, label: text }))];
