/** Simplified Chinese. */
import type { Translation } from "./language";

export const zh: Translation = {};
