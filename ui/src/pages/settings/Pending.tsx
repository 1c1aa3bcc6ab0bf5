/** Invitations that nobody has accepted yet. */
import { revokeInvitation, type Invitation } from "../../api/accounts";
import { Button } from "../../components/Button";
import { clock } from "../../domain/format";
import { now } from "../../state/now";
import { toast } from "../../state/toasts";
import { w } from "../../words/settings";
import { Section } from "./parts";

export function Pending({ invitations, onChange }: { invitations: readonly Invitation[]; onChange: () => void }) {
  if (invitations.length === 0) return null;
  const revoke = async (id: number) => {
    await revokeInvitation(id);
    toast(w.users.revoked);
    onChange();
  };
  return (
    <Section title={w.users.pending} flush>
      <ul class="entries">
        {invitations.map((one) => (
          <li key={one.id}>
            <div class="entry-main">
              <b>{one.email || w.users.forAnyone}</b>{one.tags.map((tag) => <span key={tag} class="tag">{tag}</span>)}
              <small>{w.users.pendingFor(w.users.roles[one.role], one.created_by)} · {w.users.expires(clock(one.expires_at, now.value))}</small>
            </div>
            <Button onPress={() => revoke(one.id)} title={w.users.revokeOf(one.email || w.users.forAnyone)}>{w.users.revoke}</Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
