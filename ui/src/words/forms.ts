/** What forms say, whatever they are about. */
import { words } from "./catalogue";

export const w = words("forms", {
  leave: {
    title: "Leave without saving?",
    text: "What you changed on this page is not saved and will be lost.",
    leave: "Leave and lose it",
    stay: "Stay here",
  },
});
