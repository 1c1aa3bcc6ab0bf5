/** Inviting somebody: what they may, and then the link. */
import { useState } from "preact/hooks";
import { invite, type NewInvitation, type Role } from "../../api/accounts";
import { Button } from "../../components/Button";
import { Copy } from "../../components/Copy";
import { Dialog } from "../../components/Dialog";
import { Input, Wrong } from "../../components/Input";
import { useForm } from "../../state/form";
import { w } from "../../words/settings";
import { RoleChoice, TagsInput } from "./access";
import { tagsOf } from "./asking";

export function Invite({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<NewInvitation | null>(null);
  return (
    <Dialog title={made ? w.users.inviteDone : w.users.inviteTitle} onClose={onClose}>
      {made ? <Made invitation={made} onClose={onClose} /> : <Ask onMade={setMade} />}
    </Dialog>
  );
}

function Ask({ onMade }: { onMade: (made: NewInvitation) => void }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [tags, setTags] = useState("");
  const form = useForm(async () => onMade(await invite(role, tagsOf(tags), email.trim())));
  return (
    <form onSubmit={form.submit} novalidate>
      <p class="soft before-field">{w.users.inviteText}</p>
      <Input label={w.users.inviteEmail} help={w.users.inviteEmailHelp} type="email" value={email} onInput={setEmail} fault={form.fault("email")} autofocus />
      <RoleChoice value={role} onChoose={setRole} fault={form.fault("role")} />
      {role !== "admin" && <TagsInput value={tags} onInput={setTags} fault={form.fault("tags")} />}
      <Wrong>{form.rest()}</Wrong>
      <div class="actions end"><button type="submit" class="button primary" aria-disabled={form.busy}>{w.users.inviteGo}</button></div>
    </form>
  );
}

function Made({ invitation, onClose }: { invitation: NewInvitation; onClose: () => void }) {
  return (
    <>
      <p class="soft before-field">{invitation.mailed ? w.users.mailed(invitation.email) : w.users.notMailed}</p>
      <Shown text={invitation.link} label={w.users.link} />
      <div class="actions end"><Button primary onPress={onClose}>{w.close}</Button></div>
    </>
  );
}

/** A link or a key that is shown once, with the button that copies it. */
export function Shown({ text, label }: { text: string; label: string }) {
  return <div class="shown"><code class="break">{text}</code><Copy text={text} label={label} /></div>;
}
