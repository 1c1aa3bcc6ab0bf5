/** One post on the desk: what it says, newest first, and the one step that says something new. */
import { useState } from "preact/hooks";
import { addUpdate, type Post, type PostStatus, type PostUpdate } from "../../api/status";
import { Button } from "../../components/Button";
import { StateText, StatusIcon } from "../../components/StatusIcon";
import { Clock } from "../../components/When";
import { clock } from "../../domain/format";
import { placeOf, shapeOf, spanText, STATUSES, statusShape } from "../../domain/post";
import { now } from "../../state/now";
import { toast } from "../../state/toasts";
import { removeLater } from "../../state/undoable";
import { w } from "../../words/posts";
import { componentName } from "./affected";
import { EditPost, EditUpdate, Postmortem, RemoveUpdate } from "./PostDialogs";
import { postPath, type DeskProps } from "./Posts";
import { Say } from "./Say";

type Asking = { what: "edit" | "postmortem" } | { what: "update" | "removeUpdate"; update: PostUpdate } | null;

export function PostCard(props: DeskProps & { post: Post }) {
  const { post, editable, reload } = props;
  const [saying, say] = useState<PostStatus | null>(null);
  const [asking, ask] = useState<Asking>(null);
  const where = placeOf(post);
  const notice = post.kind === "notice";
  const done = () => {
    say(null);
    ask(null);
    reload();
  };
  const close = () => ask(null);
  const notes = [!notice && w.impactOf(w.impact[post.impact]), spanText(post, now.value), post.automatic ? w.automatic : post.created_by].filter(Boolean).join(" · ");
  const dialog = { post, onClose: close, onDone: done };
  return (
    <article class="card padded post" aria-label={post.title}>
      <header class="post-head">
        <div>
          <p class="post-state">{notice ? <StateText status="maintenance" text={w.noticeWord} /> : <StateText status={statusShape(post.status)} text={w.status[post.status]} />}</p>
          <h3>{post.title}</h3>
          <p class="soft small">{notes}</p>
        </div>
        {editable && (
          <div class="actions">
            <Button onPress={() => ask({ what: "edit" })}>{w.editPost}<span class="hidden"> ({post.title})</span></Button>
            {where === "past" && !notice && <Button onPress={() => ask({ what: "postmortem" })}>{post.postmortem ? w.postmortem : w.addPostmortem}</Button>}
            <Button onPress={() => removeLater(postPath(post), w.removed(post.title), reload)}>{w.remove}<span class="hidden"> ({post.title})</span></Button>
          </div>
        )}
      </header>
      <Affects {...props} />
      {editable && where === "open" && (saying === null
        ? <div class="actions steps" role="group" aria-label={w.form.status}>{STATUSES.map((status) => <button key={status} type="button" class="button" aria-label={w.update(w.status[status])} onClick={() => say(status)}><StatusIcon status={statusShape(status)} /> {w.status[status]}</button>)}</div>
        : <Say {...props} status={saying} onStatus={say} onClose={() => say(null)} onDone={done} />)}
      {editable && where === "notices" && <div class="actions steps"><EndNotice post={post} reload={reload} /></div>}
      <Updates post={post} editable={editable} ask={ask} />
      {post.postmortem && <section class="postmortem"><h4>{w.postmortem}</h4><Said html={post.postmortem_html} /></section>}
      {asking?.what === "edit" && <EditPost {...dialog} />}
      {asking?.what === "postmortem" && <Postmortem {...dialog} />}
      {asking?.what === "update" && <EditUpdate {...dialog} update={asking.update} />}
      {asking?.what === "removeUpdate" && <RemoveUpdate {...dialog} update={asking.update} />}
    </article>
  );
}

function Affects({ page, components, post }: DeskProps & { post: Post }) {
  if (post.components.length === 0) return null;
  return (
    <ul class="affects" aria-label={w.affects}>
      {post.components.map((one) => <li key={one.component_id}><StatusIcon status={shapeOf(one.status)} />{componentName(one.component_id, page, components)} <span class="soft">{w.state[one.status]}</span></li>)}
    </ul>
  );
}

/** A text as visitors read it: the server lets nothing through but a few elements without a class, a style or a script. */
function Said({ html }: { html: string }) {
  return <div class="said" dangerouslySetInnerHTML={{ __html: html }} />;
}

const SHOWN = 2;

/** Newest first; the older ones of a long story stand behind a line. */
function Updates({ post, editable, ask }: { post: Post; editable: boolean; ask: (asking: Asking) => void }) {
  const [all, showAll] = useState(false);
  const updates = [...post.updates].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : b.id - a.id));
  const shown = all ? updates : updates.slice(0, SHOWN);
  return (
    <>
      <ol class="updates">
        {shown.map((update) => (
          <li key={update.id}>
            <span class="update-when small soft">{Date.parse(update.at) > now.value ? w.later(clock(update.at, now.value)) : <Clock at={update.at} />}</span>
            <div>
              {post.kind === "incident" && <b>{w.status[update.status]}</b>}
              <Said html={update.html} />
              <p class="faint small">{update.created_by}</p>
            </div>
            {editable && (
              <div class="update-actions">
                <button type="button" class="text-button small" aria-label={`${w.editUpdate} (${w.updateOf(clock(update.at, now.value))})`} onClick={() => ask({ what: "update", update })}>{w.editPost}</button>
                {post.updates.length > 1 && <button type="button" class="close" aria-label={`${w.removeUpdate} (${w.updateOf(clock(update.at, now.value))})`} onClick={() => ask({ what: "removeUpdate", update })}>×</button>}
              </div>
            )}
          </li>
        ))}
      </ol>
      {updates.length > shown.length && <button type="button" class="text-button" onClick={() => showAll(true)}>{w.earlier(updates.length - shown.length)}</button>}
    </>
  );
}

function EndNotice({ post, reload }: { post: Post; reload: () => void }) {
  const end = async () => {
    await addUpdate(post.page_id, post.id, { status: "resolved", text: "", tell: false }, `end-${post.id}-${post.updated_at}`);
    toast(w.published(post.title, w.past));
    reload();
  };
  return <Button onPress={end}>{w.end}<span class="hidden"> ({post.title})</span></Button>;
}
