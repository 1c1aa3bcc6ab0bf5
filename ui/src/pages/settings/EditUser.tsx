/** One user: role, tags, whether they may sign in, new links, and the end. */
import { useRef, useState } from "preact/hooks";
import { changeUser, deleteUser, resetUser, type Role, type User } from "../../api/accounts";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Input, Wrong } from "../../components/Input";
import { exact } from "../../domain/format";
import { useForm } from "../../state/form";
import { loadMe, me } from "../../state/session";
import { leaving } from "../../state/leaving";
import { toast } from "../../state/toasts";
import { w } from "../../words/settings";
import { RoleChoice, TagsInput } from "./access";
import { tagsOf } from "./asking";
import { Shown } from "./Invite";

interface Props { user: User; onClose: () => void; onChange: () => void }
type View = { kind: "edit" } | { kind: "delete" } | { kind: "link"; link: string; until: string };

export function EditUser({ user, onClose, onChange }: Props) {
  const [view, setView] = useState<View>({ kind: "edit" });
  const dirty = useRef(false);
  // Closing the dialog is leaving it: unsaved changes are asked about.
  const close = () => {
    if (view.kind === "edit" && dirty.current) leaving.value = { proceed: onClose };
    else onClose();
  };
  const titles = { edit: w.users.editTitle(user.name), delete: w.users.deleteTitle(user.name), link: w.users.linkTitle(user.name) };
  return (
    <Dialog title={titles[view.kind]} onClose={close}>
      {view.kind === "edit" && <Fields user={user} onClose={onClose} onChange={onChange} onView={setView} onDirty={(changed) => (dirty.current = changed)} />}
      {view.kind === "delete" && <Delete user={user} onClose={onClose} onChange={onChange} />}
      {view.kind === "link" && (
        <>
          <p class="soft before-field">{w.users.linkText(exact(view.until))}</p>
          <Shown text={view.link} label={w.users.link} />
          <div class="actions end"><Button primary onPress={onClose}>{w.close}</Button></div>
        </>
      )}
    </Dialog>
  );
}

function Fields({ user, onClose, onChange, onView, onDirty }: Props & { onView: (view: View) => void; onDirty: (dirty: boolean) => void }) {
  const [name, setName] = useState(user.name);
  const [email, setEmail] = useState(user.email);
  const [role, setRole] = useState<Role>(user.role);
  const [tags, setTags] = useState(user.tags.join(", "));
  const [enabled, setEnabled] = useState(user.enabled);
  const form = useForm(async () => {
    await changeUser(user.id, { name: name.trim(), email: email.trim(), role, tags: role === "admin" ? [] : tagsOf(tags), enabled });
    if (user.id === me.peek()?.user_id) void loadMe();
    toast(w.saved);
    onChange();
    onClose();
  });
  onDirty(name !== user.name || email !== user.email || role !== user.role || tags !== user.tags.join(", ") || enabled !== user.enabled);
  const itself = user.id === me.value?.user_id;
  return (
    <form onSubmit={form.submit} novalidate>
      <Input label={w.users.name} value={name} onInput={setName} fault={form.fault("name")} autofocus />
      <Input label={w.users.email} type="email" value={email} onInput={setEmail} fault={form.fault("email")} />
      <RoleChoice value={role} onChoose={setRole} fault={form.fault("role")} />
      {role !== "admin" && <TagsInput value={tags} onInput={setTags} fault={form.fault("tags")} />}
      {!itself && <label class="tick"><input type="checkbox" checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />{w.users.enabled}</label>}
      <Wrong>{form.fault("enabled") ?? form.rest()}</Wrong>
      {!itself && <Access user={user} onView={onView} />}
      <div class="actions end"><button type="submit" class="button primary" aria-disabled={form.busy}>{form.busy ? w.saving : w.save}</button></div>
    </form>
  );
}

function Access({ user, onView }: { user: User; onView: (view: View) => void }) {
  const reset = async (totp: boolean) => {
    const { link, expires_at } = await resetUser(user.id, totp);
    onView({ kind: "link", link, until: expires_at });
  };
  return (
    <fieldset class="access">
      <legend>{w.users.access}</legend>
      <p class="soft small">{w.users.waysIn(w.users.origins[user.origin])} {user.origin === "local" && w.users.resetHelp(user.name)}</p>
      <div class="actions">
        {user.origin === "local" && <Button onPress={() => reset(false)}>{w.users.resetPassword}</Button>}
        {user.origin === "local" && user.totp && <Button onPress={() => reset(true)}>{w.users.resetTotp}</Button>}
        <Button onPress={() => onView({ kind: "delete" })}>{w.users.delete}</Button>
      </div>
    </fieldset>
  );
}

function Delete({ user, onClose, onChange }: Props) {
  const go = async () => {
    await deleteUser(user.id);
    toast(w.users.deleted(user.name));
    onChange();
    onClose();
  };
  return (
    <>
      <p class="soft">{w.users.deleteText(user.name)}</p>
      <div class="actions end"><Button onPress={onClose}>{w.cancel}</Button><Button danger onPress={go}>{w.users.deleteYes(user.name)}</Button></div>
    </>
  );
}
