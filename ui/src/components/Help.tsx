/** The shortcuts, as a list and as a dialog. */
import { SHORTCUTS } from "../domain/shortcuts";
import { helpOpen } from "../state/keyboard";
import { p } from "../words/pages";
import { w } from "../words/palette";
import { Dialog } from "./Dialog";

/** Every shortcut with what it does. */
export function Shortcuts() {
  const words = w.keys as Record<string, string>;
  return (
    <>
      {Object.entries(SHORTCUTS).map(([part, shortcuts]) => (
        <section key={part} class="keys-part">
          <h3>{(w.parts as Record<string, string>)[part]}</h3>
          <dl class="facts keys">
            {shortcuts.map(({ keys, action }) => (
              <div key={action}>
                <dt>{keys.map((key, index) => <>{index > 0 && ` ${p.help.then} `}<kbd>{key}</kbd></>)}</dt>
                <dd>{words[action]}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </>
  );
}

/** The dialog that `?` opens. */
export function HelpDialog() {
  return <Dialog title={p.help.title} onClose={() => (helpOpen.value = false)}><Shortcuts /></Dialog>;
}
