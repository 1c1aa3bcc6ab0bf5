/** What can be done with the chosen monitors; floats over the end of the list. */
import { useState } from "preact/hooks";
import type { OverviewRow } from "../../api/types";
import { Button, LinkButton } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { pathTo } from "../../domain/routes";
import { pickOnly } from "../../state/selection";
import { limited } from "../../state/session";
import { t } from "../../words";
import { w } from "../../words/monitors";
import { pause, remove, resume } from "./actions";
import { SetDialog } from "./SetDialog";
import { TagsDialog } from "./TagsDialog";

/** More than this are deleted only after a question, although it can be undone. */
const MANY = 20;

export function ActionBar({ picked, all }: { picked: readonly OverviewRow[]; all: readonly OverviewRow[] }) {
  const [open, setOpen] = useState<"tags" | "set" | "remove" | null>(null);
  const close = () => setOpen(null);
  const removeAll = () => {
    remove(picked);
    pickOnly([]);
    close();
  };
  const resting = picked.filter((row) => row.status === "paused").length;
  return (
    <div class="action-bar" role="region" aria-label={w.bar}>
      <p aria-live="polite"><b>{w.picked(picked.length)}</b>{picked.length < all.length && <button type="button" class="bare" onClick={() => pickOnly(all.map((row) => row.id))}>{w.pickAll(all.length)}</button>}</p>
      <div class="action-bar-buttons">
        {resting < picked.length && <Button onPress={() => pause(picked)} busyText={w.working}>{w.pause}</Button>}
        {resting > 0 && <Button onPress={() => resume(picked)} busyText={w.working}>{w.resume}</Button>}
        {!limited.value && <LinkButton to={`${pathTo("newMaintenance")}?monitors=${picked.map((row) => row.id).join(",")}`}>{w.maintenance}</LinkButton>}
        <Button onPress={() => setOpen("tags")}>{w.tags}</Button>
        <Button onPress={() => setOpen("set")}>{w.change}</Button>
        <Button onPress={picked.length > MANY ? () => setOpen("remove") : removeAll}>{w.remove}</Button>
        <button type="button" class="close" aria-label={w.pickNone} title={w.pickNone} onClick={() => pickOnly([])}>×</button>
      </div>
      {open === "tags" && <TagsDialog picked={picked} onClose={close} />}
      {open === "set" && <SetDialog picked={picked} onClose={close} />}
      {open === "remove" && (
        <Dialog title={w.removal.title(picked.length)} onClose={close}>
          <p>{w.removal.text}</p>
          <div class="actions end">
            <Button onPress={close}>{t.common.cancel}</Button>
            <Button danger onPress={removeAll}>{w.remove}</Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
