/** Starts the dashboard, in the language that was chosen before. */
import { render } from "preact";
import { App } from "./App";
import { loadAhead } from "./components/lazy";
import { startKeyboard } from "./state/keyboard";
import { startLive } from "./state/live";
import { startClock } from "./state/now";
import { startRouter } from "./state/place";
import { startSession } from "./state/session";
import { startTheme } from "./state/theme";
import { startTitle } from "./state/title";

startTheme();
startClock();
startRouter();
startKeyboard();
startSession();
startLive();
startTitle();

const root = document.getElementById("app");
if (root) render(<App />, root);
// Without it the page lacks some counts, and nothing else.
void import("./state/afterwards").then((part) => part.startAfterwards(), () => undefined);
loadAhead();
