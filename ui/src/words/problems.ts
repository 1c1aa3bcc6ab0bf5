/** What is said when a call fails and the server gives no sentence of its own. */
import { words } from "./catalogue";

export const w = words("problems", {
  unreachable: "The server cannot be reached.", timeout: "The server took too long to answer.", signedOut: "You are not signed in.", forbidden: "Your role does not allow this.",
  missing: "This does not exist, or not any more.", tooMany: "Too many requests. Wait a moment and try again.", failed: "The server could not do it. Nothing was changed.", refused: "The server refused this ({status}).",
});
