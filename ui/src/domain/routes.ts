/** Addresses of the dashboard: which page a path names, with its parameters. Pure; the router keeps the state. */

/** The pages, and what their paths look like; of two that fit, the first one counts. */
export const PATTERNS = {
  overview: "/",
  monitors: "/monitors",
  newMonitor: "/monitors/new",
  monitor: "/monitors/:ref",
  editMonitor: "/monitors/:ref/edit",
  incidents: "/incidents",
  incident: "/incidents/:ref",
  notifications: "/notifications",
  newChannel: "/channels/new",
  channel: "/channels/:ref",
  statusPages: "/status-pages",
  newStatusPage: "/status-pages/new",
  statusPage: "/status-pages/:ref",
  editStatusPage: "/status-pages/:ref/edit",
  newPost: "/status-pages/:ref/report",
  maintenance: "/maintenance",
  newMaintenance: "/maintenance/new",
  editMaintenance: "/maintenance/:ref",
  probes: "/probes",
  settings: "/settings",
  settingsPart: "/settings/:part",
  setup: "/setup",
  invitation: "/invitation",
} as const;

export type PageName = keyof typeof PATTERNS;

/** A page with its parameters; `missing` when no pattern fits. */
export interface Route {
  page: PageName | "missing";
  params: Readonly<Record<string, string>>;
}

/** The page that a path names. */
export function match(path: string): Route {
  for (const [page, pattern] of Object.entries(PATTERNS) as [PageName, string][]) {
    const params = fit(pattern, path);
    if (params) return { page, params };
  }
  return { page: "missing", params: {} };
}

/** The path of a page. */
export function pathTo(page: PageName, params: Readonly<Record<string, string | number>> = {}): string {
  return PATTERNS[page].replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name] ?? "")));
}

function fit(pattern: string, path: string): Record<string, string> | null {
  const wanted = split(pattern);
  const given = split(path);
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = decode(value);
    else if (part !== value) return null;
  }
  return params;
}

function split(path: string): string[] {
  return path.split("/").filter(Boolean);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
