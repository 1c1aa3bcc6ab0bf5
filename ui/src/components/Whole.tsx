/** Pages about all of asura: those who are limited to some tags are told why there is nothing for them. */
import type { ComponentChild } from "preact";
import { limited } from "../state/session";
import { w } from "../words/settings";
import { Empty } from "./Panel";

/** The page, for those who see everything. */
export function forAll<P extends object>(render: (props: P) => ComponentChild) {
  const Page = render as (props: P) => never;
  return function Whole(props: P) {
    if (limited.value) return <div class="card"><Empty page title={w.limitedTitle}>{w.limitedText}</Empty></div>;
    return <Page {...props} />;
  };
}
