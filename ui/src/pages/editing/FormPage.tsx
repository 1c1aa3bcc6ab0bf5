/** The frame of a page with a form: title, what was refused, the form, what stands beside it, and the bar that saves. */
import type { ComponentChildren } from "preact";
import { Button } from "../../components/Button";
import type { Draft, Spot } from "../../domain/form";
import { FormContext } from "../../forms/context";
import type { Editor } from "../../forms/editor";
import { Summary } from "../../forms/Summary";
import { go } from "../../state/place";
import { w } from "../../words/editing";
import "../../style/forms.css";

interface Props {
  editor: Editor<never> | Editor<"save" | "another" | "try">;
  spots: readonly Spot[];
  title: string;
  lead?: string;
  crumb: { to: string; text: string };
  defaults?: Draft;
  /** Why nothing can be changed; empty when it can. */
  reason?: string;
  onSave: () => void;
  /** What stands on the button that saves, where it is another word. */
  saveText?: string;
  onAnother?: () => void;
  aside: ComponentChildren;
  /** On a phone it stands below everything, not after the first card. */
  asideLast?: boolean;
  more?: ComponentChildren;
  children: ComponentChildren;
}

export function FormPage({ editor, spots, title, lead, crumb, defaults = {}, reason, onSave, saveText = w.save, onAnother, aside, asideLast, more, children }: Props) {
  const submit = (event: Event) => {
    event.preventDefault();
    onSave();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || editor.form.readOnly) return;
    event.preventDefault();
    onSave();
  };
  const key = /Mac|iP/.test(navigator.platform) ? "⌘ ↵" : "Ctrl ↵";
  return (
    <FormContext.Provider value={{ ...editor.form, defaults }}>
      <header class="top">
        <div>
          <p class="crumb"><a href={crumb.to}>{crumb.text}</a></p>
          <h1>{title}</h1>
          {lead && <p>{lead}</p>}
        </div>
        {more}
      </header>
      {reason && <p class="notice">{reason}</p>}
      <form class={asideLast ? "editor aside-last" : "editor"} novalidate onSubmit={submit} onKeyDown={onKey}>
        <div class="editor-main">
          <Summary problem={editor.problem} spots={spots} />
          {children}
        </div>
        <aside class="editor-aside">{aside}</aside>
        {!editor.form.readOnly && (
          <div class="save-bar">
            <Button primary submit disabled={editor.busy === "save"}>{editor.busy === "save" ? w.saving : saveText}</Button>
            {onAnother && <Button onPress={onAnother}>{editor.busy === "another" ? w.saving : w.another}</Button>}
            <Button onPress={() => go(crumb.to)}>{w.cancel}</Button>
            <span class="soft small shortcut"><kbd>{key}</kbd> {saveText.toLowerCase()}</span>
          </div>
        )}
      </form>
    </FormContext.Provider>
  );
}
