/** The question before unsaved changes are lost. */
import { decide } from "../state/leaving";
import { w } from "../words/forms";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

export function LeaveDialog() {
  return (
    <Dialog title={w.leave.title} onClose={() => decide(false)}>
      <p>{w.leave.text}</p>
      <div class="actions end">
        <Button danger onPress={() => decide(true)}>{w.leave.leave}</Button>
        <Button primary onPress={() => decide(false)}>{w.leave.stay}</Button>
      </div>
    </Dialog>
  );
}
