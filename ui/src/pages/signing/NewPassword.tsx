/** Choosing a password: the field, how good it is, and what password managers need to keep it. */
import { Password } from "../../components/Input";
import { Meter } from "../../components/Meter";
import { w } from "../../words/signing";

interface Props {
  label?: string;
  name: string;
  value: string;
  onInput: (value: string) => void;
  fault: string | null;
  autofocus?: boolean;
}

export function NewPassword({ label = w.password, name, value, onInput, fault, autofocus = false }: Props) {
  return <Password label={label} value={value} onInput={onInput} fault={fault} autocomplete="new-password" autofocus={autofocus} help={<Meter password={value} name={name} />} />;
}
