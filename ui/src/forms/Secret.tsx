/** A secret: what is stored is never shown, stays unless somebody replaces it, and says so. */
import { useLayoutEffect, useState } from "preact/hooks";
import { STARS } from "../domain/form";
import { w } from "../words/forms";
import type { ControlProps } from "./FieldControl";
import { Frame, Group } from "./Frame";
import { shown } from "./typed";

export function Secret({ field, entry }: ControlProps) {
  const [replacing, replace] = useState(false);
  const [visible, show] = useState(false);
  useLayoutEffect(() => {
    if (replacing) document.getElementById(entry.id)?.focus();
  }, [replacing]);
  if (entry.value === STARS) {
    return (
      <Group id={entry.id} label={field.label} help={field.help} fault={entry.fault}>
        <div class="kept">
          <span>{w.secret.kept}</span>
          {!entry.readOnly && (
            <span>
              <button type="button" class="text-button" onClick={() => { replace(true); entry.set(undefined); }}>{w.secret.replace}</button>
              {field.nullable && <button type="button" class="text-button" onClick={() => entry.set(undefined)}>{w.secret.remove}</button>}
            </span>
          )}
        </div>
      </Group>
    );
  }
  const back = entry.stored === STARS;
  return (
    <Frame id={entry.id} label={field.label} help={back && !entry.value ? w.secret.gone : field.help} fault={entry.fault} wide={field.multiline}>
      {(ties) => (
        <div class="measured">
          {field.multiline
            ? <textarea {...ties} rows={4} value={shown(entry.value)} placeholder={field.placeholder} spellcheck={false} readOnly={entry.readOnly} onInput={(event) => entry.set(event.currentTarget.value || undefined)} />
            : <input {...ties} type={(visible ? "text" : "password") as "password"} value={shown(entry.value)} placeholder={field.placeholder} autocomplete="new-password" autocapitalize="none" spellcheck={false} readOnly={entry.readOnly} onInput={(event) => entry.set(event.currentTarget.value || undefined)} />}
          {!field.multiline && shown(entry.value) !== "" && <button type="button" class="text-button" aria-pressed={visible} onClick={() => show(!visible)}>{visible ? w.secret.hide : w.secret.show}</button>}
          {back && <button type="button" class="text-button" onClick={() => entry.set(STARS)}>{w.secret.keep}</button>}
        </div>
      )}
    </Frame>
  );
}
