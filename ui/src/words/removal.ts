/** What is said when something is deleted. */
import { words } from "./catalogue";

export const w = words("removal", {
  undo: "Undo",
  deletedOne: "{name} is deleted, with its history",
  deleted: { one: "{n} monitor is deleted, with its history", other: "{n} monitors are deleted, with their history" },
});
