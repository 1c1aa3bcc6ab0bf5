/** What the copy button says. */
import { words } from "./catalogue";

export const w = words("copy", {
  copy: "Copy", copied: "Copied", failed: "Could not copy. Select the text and copy it by hand.",
});
