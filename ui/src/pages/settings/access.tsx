/** Choosing what somebody may: the role with what it means, and the tags that narrow it. */
import { useId } from "preact/hooks";
import type { Role } from "../../api/accounts";
import { Input } from "../../components/Input";
import { sorted } from "../../state/monitors";
import { w } from "../../words/settings";

export const ROLES: readonly Role[] = ["viewer", "editor", "admin"];

/** The role, each with a sentence about it. */
export function RoleChoice({ value, onChoose, fault }: { value: Role; onChoose: (role: Role) => void; fault: string | null }) {
  const id = useId();
  return (
    <fieldset class="options" aria-describedby={fault ? `${id}-fault` : undefined}>
      <legend>{w.users.role}</legend>
      {ROLES.map((role) => (
        <label key={role} class={role === value ? "on" : ""}>
          <input type="radio" name={id} checked={role === value} onChange={() => onChoose(role)} />
          <span><b>{w.users.roles[role]}</b><small>{w.users.roleHelp[role]}</small></span>
        </label>
      ))}
      {fault && <p id={`${id}-fault`} class="field-problem">{fault}</p>}
    </fieldset>
  );
}

/** The tags of the monitors that are within reach, with those in use as proposals. */
export function TagsInput({ value, onInput, fault }: { value: string; onInput: (value: string) => void; fault: string | null }) {
  const known = [...new Set(sorted.value.flatMap((row) => row.tags))].sort();
  return <Input label={w.users.tagsLabel} help={w.users.tagsHelp} value={value} onInput={onInput} fault={fault} list={known} />;
}
