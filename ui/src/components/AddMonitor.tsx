/** `?add=1` of old links leads to the page that took the dialog's place. */
import { useEffect } from "preact/hooks";
import { pathTo } from "../domain/routes";
import { go } from "../state/place";

export function AddMonitor() {
  useEffect(() => go(pathTo("newMonitor"), { replace: true }), []);
  return null;
}
