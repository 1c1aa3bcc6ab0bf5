/** Where the dashboard is mounted: the server writes its base path into one meta tag of index.html. */

const meta = typeof document === "undefined" ? null : document.querySelector('meta[name="asura-base"]');

/** The base path with a slash at its end, "/" unless the server runs under another. */
export const BASE = withSlash(meta?.getAttribute("content") ?? "/");

/** An address below the base path, for a path that begins with a slash. */
export function under(path: string): string {
  return BASE + path.replace(/^\//, "");
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
