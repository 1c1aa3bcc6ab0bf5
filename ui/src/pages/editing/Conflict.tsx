/** Somebody else saved in the meantime: what they changed, and whose changes are to last. */
import type { WholeMonitor } from "../../api/editing";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { listed } from "../../domain/format";
import { differences, type Plan } from "../../domain/monitor-draft";
import { w } from "../../words/editing";

interface Props {
  plan: Plan;
  before: WholeMonitor;
  theirs: WholeMonitor;
  onMine: () => void;
  onTheirs: () => void;
  onClose: () => void;
}

export function Conflict({ plan, before, theirs, onMine, onTheirs, onClose }: Props) {
  return <ConflictDialog name={before.name} fields={differences(plan, before, theirs)} onMine={onMine} onTheirs={onTheirs} onClose={onClose} />;
}

/** The question, whatever it is about. */
export function ConflictDialog({ name, fields, onMine, onTheirs, onClose }: { name: string; fields: readonly string[]; onMine: () => void; onTheirs: () => void; onClose: () => void }) {
  return (
    <Dialog title={w.conflict.title} onClose={onClose}>
      <p>{fields.length > 0 ? w.conflict.text(name, listed(fields)) : w.conflict.textAny(name)}</p>
      <ul class="plain choices-told"><li>{w.conflict.mine}: {w.conflict.mineText}</li><li>{w.conflict.theirs}: {w.conflict.theirsText}</li></ul>
      <div class="actions end">
        <Button onPress={onClose}>{w.cancel}</Button>
        <Button onPress={onTheirs}>{w.conflict.theirs}</Button>
        <Button primary onPress={onMine}>{w.conflict.mine}</Button>
      </div>
    </Dialog>
  );
}
