/** Who may come in: the users, and the invitations that wait. */
import { useState } from "preact/hooks";
import { getInvitations, getUsers, type User } from "../../api/accounts";
import { Button } from "../../components/Button";
import { Empty, Loading, Trouble } from "../../components/Panel";
import { Ago } from "../../components/When";
import { me } from "../../state/session";
import { useResource } from "../../state/resource";
import { w } from "../../words/settings";
import { ask, asked } from "./asking";
import { EditUser } from "./EditUser";
import { Invite } from "./Invite";
import { Head } from "./parts";
import { Pending } from "./Pending";

export function Users() {
  const users = useResource("users", getUsers);
  const invitations = useResource("invitations", getInvitations);
  const [search, setSearch] = useState("");
  const all = users.value?.data ?? [];
  const shown = all.filter((user) => `${user.name} ${user.email}`.toLowerCase().includes(search.trim().toLowerCase()));
  const edited = all.find((user) => String(user.id) === asked("user"));
  return (
    <>
      <Head title={w.users.title} lead={w.users.lead}>
        {all.length > 7 && <div class="search"><input type="search" aria-label={w.users.search} placeholder={w.users.search} value={search} onInput={(event) => setSearch(event.currentTarget.value)} /></div>}
        <Button primary onPress={() => ask("invite", "1")}>{w.users.invite}</Button>
      </Head>
      <Trouble problem={users.problem} retry={users.reload} />
      {users.value === null ? !users.problem && <Loading /> : <Table users={shown} />}
      {all.length === 1 && <p class="soft after">{w.users.only}</p>}
      <Trouble problem={invitations.problem} retry={invitations.reload} />
      <Pending invitations={invitations.value?.data ?? []} onChange={invitations.reload} />
      {asked("invite") && <Invite onClose={() => { ask("invite", null); invitations.reload(); }} />}
      {edited && <EditUser key={edited.id} user={edited} onClose={() => ask("user", null)} onChange={users.reload} />}
    </>
  );
}

function Table({ users }: { users: readonly User[] }) {
  const { columns } = w.users;
  if (users.length === 0) return <div class="card"><Empty title={w.users.noneFit} /></div>;
  return (
    <div class="card">
      <table class="table">
        <thead><tr><th>{columns.name}</th><th>{columns.role}</th><th>{columns.tags}</th><th>{columns.seen}</th><th>{columns.state}</th></tr></thead>
        <tbody>{users.map((user) => <UserRow key={user.id} user={user} />)}</tbody>
      </table>
    </div>
  );
}

function UserRow({ user }: { user: User }) {
  return (
    <tr class={user.enabled ? "" : "off"}>
      <td>
        <button type="button" class="bare row-link" aria-label={w.users.edit(user.name)} onClick={() => ask("user", String(user.id))}>{user.name}</button>
        {user.id === me.value?.user_id && <span class="tag on">{w.users.you}</span>}
        {user.email && <small>{user.email}</small>}
      </td>
      <td>{w.users.roles[user.role]}</td>
      <td data-label={w.users.columns.tags}>{user.tags.length === 0 ? <span class="faint">{w.users.allTags}</span> : user.tags.map((tag) => <span key={tag} class="tag">{tag}</span>)}</td>
      <td data-label={w.users.columns.seen}>{user.last_login_at ? <Ago at={user.last_login_at} /> : <span class="faint">{w.never}</span>}</td>
      <td>{user.enabled ? w.users.active : <b>{w.users.disabled}</b>}{user.totp && <> <span class="tag">{w.users.totp}</span></>}</td>
    </tr>
  );
}
