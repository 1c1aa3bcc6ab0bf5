/** The bar across every page that says what is unusual about all of asura: a demo, or one that tells nobody since a restore. */
import { useState } from "preact/hooks";
import { getSystem, releaseMessages, type Release } from "../api/accounts";
import { roughly, secondsSince } from "../domain/format";
import { now } from "../state/now";
import { useResource } from "../state/resource";
import { can, loadMe, me } from "../state/session";
import { toast, toastProblem } from "../state/toasts";
import { t } from "../words";
import { w } from "../words/system";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

const CHOICES: readonly Release[] = ["new", "all", "none"];

export function SystemBar() {
  const who = me.value;
  const [asking, ask] = useState(false);
  if (who?.demo) return <aside class="system-bar"><span>{w.demo}</span></aside>;
  if (!who?.held_since) return null;
  return (
    <>
      <div class="system-bar held" role="status">
        <span>{w.held(t.common.ago(roughly(secondsSince(who.held_since, now.value))))}{!can("admin") && ` ${w.heldAdmin}`}</span>
        {can("admin") && <button type="button" class="link-again" onClick={() => ask(true)}>{w.release}</button>}
      </div>
      {asking && <Releasing onClose={() => ask(false)} />}
    </>
  );
}

/** Asks which messages go out. */
function Releasing({ onClose }: { onClose: () => void }) {
  const [send, choose] = useState<Release>("new");
  const waiting = useResource("system", getSystem, 0).value?.held?.waiting;
  const release = async () => {
    try {
      const { dropped } = await releaseMessages(send);
      await loadMe();
      toast(dropped > 0 ? w.dialog.doneDropped(dropped) : w.dialog.done);
      onClose();
    } catch (thrown) {
      toastProblem(thrown);
    }
  };
  return (
    <Dialog title={w.dialog.title} onClose={onClose}>
      <p>{w.dialog.text}{waiting !== undefined && ` ${w.dialog.waiting(waiting)}`}</p>
      <fieldset class="choices">
        <legend>{w.dialog.which}</legend>
        {CHOICES.map((one) => (
          <label key={one}><input type="radio" name="release" checked={send === one} onChange={() => choose(one)} /> {w.dialog[one]}</label>
        ))}
      </fieldset>
      <div class="actions end">
        <Button onPress={onClose}>{t.common.cancel}</Button>
        <Button primary onPress={release}>{w.dialog.yes}</Button>
      </div>
    </Dialog>
  );
}
