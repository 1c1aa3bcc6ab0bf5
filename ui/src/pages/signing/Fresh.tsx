/** An asura without any account: where the set-up link is. */
import { Button } from "../../components/Button";
import { w } from "../../words/signing";
import { Frame } from "./Frame";

/** The name of the file that holds the link until it is used. */
export const LINK_FILE = "setup-link";

export function Fresh({ again }: { again: () => void }) {
  return (
    <Frame title={w.fresh.title} lead={w.fresh.text}>
      <ul class="plain places">
        <li>{w.fresh.terminal}</li>
        <li>{w.fresh.file(LINK_FILE)}</li>
      </ul>
      <Button onPress={again}>{w.fresh.again}</Button>
    </Frame>
  );
}
