/** The posts of a page: what is open, to come and said otherwise; and what is over. */
import { useState } from "preact/hooks";
import { listPosts, type Post, type PublicState, type StatusPage } from "../../api/status";
import { Button } from "../../components/Button";
import { Card, Empty } from "../../components/Panel";
import { StateText, StatusIcon } from "../../components/StatusIcon";
import { placeOf, shapeOf, type Place } from "../../domain/post";
import { going } from "../../state/undoable";
import { w } from "../../words/posts";
import { PostCard } from "./PostCard";

export interface DeskProps {
  page: StatusPage;
  posts: readonly Post[];
  /** The components as visitors see them; null while that is not known. */
  components: PublicState["components"] | null;
  editable: boolean;
  reload: () => void;
}

/** The address of a post below the API. */
export const postPath = (post: Post) => `/status-pages/${post.page_id}/incidents/${post.id}`;

export function Open(props: DeskProps & { state: PublicState | null }) {
  const there = props.posts.filter((post) => !going.value.has(postPath(post)));
  const of = (place: Place) => there.filter((post) => placeOf(post) === place);
  const cards = (place: Place) => of(place).map((post) => <PostCard key={post.id} {...props} post={post} />);
  const section = (place: "open" | "notices" | "scheduled") => of(place).length > 0 && <section class="posts"><h2>{w[place]}</h2>{cards(place)}</section>;
  return (
    <div class="columns desk">
      <div class="column">
        {section("open")}
        {of("open").length === 0 && <div class="card"><Empty title={w.noneOpen}>{w.noneOpenText}</Empty></div>}
        {section("notices")}
        {section("scheduled")}
      </div>
      {props.state && <div class="column"><Seen state={props.state} /></div>}
    </div>
  );
}

/** What visitors see at the top: the whole in words, and whatever does not work. */
function Seen({ state }: { state: PublicState }) {
  const bad = state.components.filter((one) => one.status !== "operational");
  const fine = state.components.length - bad.length;
  return (
    <Card title={w.seen}>
      <p><StateText status={shapeOf(state.status)} text={(w.overall as Record<string, string>)[state.status] ?? state.status} /></p>
      {bad.length > 0 && <ul class="seen">{bad.map((one) => <li key={one.id}><StatusIcon status={shapeOf(one.status)} /><span>{one.name}</span><span class="soft small">{w.state[one.status]}</span></li>)}</ul>}
      {fine > 0 && <p class="soft small">{bad.length === 0 ? w.allWork(fine) : w.moreWork(fine)}</p>}
    </Card>
  );
}

export function Past(props: DeskProps & { more: boolean }) {
  const [older, setOlder] = useState<readonly Post[] | null>(null);
  const ids = new Set(props.posts.map((post) => post.id));
  const all = [...props.posts, ...(older ?? []).filter((post) => !ids.has(post.id))].filter((post) => placeOf(post) === "past" && !going.value.has(postPath(post)));
  const load = async () => setOlder((await listPosts(props.page.id, { status: "resolved", limit: 500 })).data);
  if (all.length === 0) return <div class="card"><Empty title={w.noPast}>{w.noPastText}</Empty></div>;
  return (
    <div class="posts past-posts">
      <h2 class="hidden">{w.past}</h2>
      {all.map((post) => <PostCard key={post.id} {...props} post={post} />)}
      {props.more && older === null && <p class="centre"><Button onPress={load}>{w.more}</Button></p>}
    </div>
  );
}
