/** Where the server asks everyone for a second step: it is set up before anything else. */
import { Button } from "../components/Button";
import { loadMe, me, signOut } from "../state/session";
import { w } from "../words/settings";
import { Frame } from "./signing/Frame";
import { SetUpTotp } from "./settings/SetUpTotp";

export function SecondStepFirst() {
  if (!me.value) return null;
  return (
    <Frame title={w.security.mustTitle} lead={w.security.mustText}>
      <SetUpTotp who={me.value} onDone={() => void loadMe()} />
      <Button onPress={signOut}>{w.signOut}</Button>
    </Frame>
  );
}
