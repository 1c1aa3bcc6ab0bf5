/** The shortcuts, as a list and as a dialog. */
import { SHORTCUTS } from "../domain/shortcuts";
import { helpOpen } from "../state/keyboard";
import { p } from "../words/pages";
import { Dialog } from "./Dialog";

/** Every shortcut with what it does. */
export function Shortcuts() {
  const words: Record<string, string> = { ...p.help, help: p.help.open };
  return (
    <dl class="facts keys">
      {SHORTCUTS.map(({ keys, action }) => (
        <div key={action}>
          <dt>{keys.map((key, index) => <>{index > 0 && ` ${p.help.then} `}<kbd>{key}</kbd></>)}</dt>
          <dd>{words[action]}</dd>
        </div>
      ))}
      <div><dt><kbd>Esc</kbd></dt><dd>{p.help.close}</dd></div>
    </dl>
  );
}

/** The dialog that `?` opens. */
export function HelpDialog() {
  return <Dialog title={p.help.title} onClose={() => (helpOpen.value = false)}><Shortcuts /></Dialog>;
}
