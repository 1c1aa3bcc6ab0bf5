/** German. */
import type { Translation } from "./language";

export const de: Translation = {};
