/** What the page does once it stands: the counts of the bar, and the turns of several pages. */
import { startPlaces } from "./places";
import { startTurns } from "./turns";
import { startUndelivered } from "./undelivered";

export function startAfterwards(): void {
  startTurns();
  startUndelivered();
  startPlaces();
}
