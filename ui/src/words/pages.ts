/** The words of the chosen language for the pages that load after the shell. */
import { learnReasons } from ".";
import { pages } from "./en-pages";

export const p = pages;

learnReasons(pages.reasons);
