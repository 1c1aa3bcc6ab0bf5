/** The form of a channel; beside it a test message, and who uses it. */
import { useMemo, useState } from "preact/hooks";
import { addChannel, deleteChannel, patchChannel, readChannel, testChannel, type ChannelTypes, type Tagged, type TestOutcome, type TypeInfo, type WholeChannel } from "../../api/editing";
import { asProblem } from "../../api/problem";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { channelBody, channelDifferences, channelPatch, channelPlan, channelSpots } from "../../domain/channel-draft";
import { asDraft, same, type Draft } from "../../domain/form";
import { pathTo } from "../../domain/routes";
import { useEditor, useRequestKey } from "../../forms/editor";
import { Fields } from "../../forms/FieldControl";
import { shortTitle, typeTitle } from "../../state/channelTypes";
import { letGo, useLeaveGuard } from "../../state/leaving";
import { go } from "../../state/place";
import { can, limited } from "../../state/session";
import { toast } from "../../state/toasts";
import { w } from "../../words/editing";
import { SendTest, UsedBy } from "./ChannelAside";
import { ConflictDialog } from "./Conflict";
import { FormPage } from "./FormPage";
import { Parted } from "./MonitorFields";

interface Props {
  type: TypeInfo;
  types: ChannelTypes;
  source: Tagged<WholeChannel> | null;
  reload: () => void;
}

export function ChannelForm({ type, types, source, reload }: Props) {
  const plan = useMemo(() => channelPlan(type, types.channel), [type]);
  const stored = source?.value;
  const start = useMemo<Draft>(() => (stored ? channelBody(plan, stored) : { type: type.name, name: shortTitle(type) }), []);
  const [outcome, setOutcome] = useState<{ result: TestOutcome; body: Draft } | null>(null);
  const [theirs, setTheirs] = useState<Tagged<WholeChannel> | null>(null);
  const [removing, remove] = useState(false);
  const requestKey = useRequestKey();
  const allowed = can("editor") && !limited.value;
  const readOnly = stored !== undefined && (!allowed || Boolean(stored.managed_by));
  const editor = useEditor<"save" | "another" | "try">({ start, stored: stored ?? {}, defaults: {}, readOnly, spots: (draft) => channelSpots(plan, draft) });
  const { draft } = editor.form;
  const body = channelBody(plan, draft);
  useLeaveGuard(!readOnly && !same(start, body));

  const leave = (text: string) => {
    letGo();
    toast(text);
    go(pathTo("notifications"));
  };
  const change = async (guard: string | null) => {
    const patch = channelPatch(plan, start, body);
    if (Object.keys(patch).length === 0) return leave(w.nothing);
    try {
      const saved = await patchChannel(stored?.id ?? 0, patch, guard);
      leave(w.saved(saved.name));
    } catch (thrown) {
      if (asProblem(thrown).status !== 412) throw thrown;
      setTheirs(await readChannel(stored?.id ?? 0));
    }
  };
  const save = () => editor.run("save", async () => (source ? change(source.etag) : leave(w.saved((await addChannel(body, requestKey(body))).name))));
  const test = () => editor.run("try", async () => setOutcome({ result: await testChannel(body, stored?.id), body }));
  const common = plan.common.filter((field) => field.control !== "settings" && field.control !== "type");
  return (
    <FormPage
      editor={editor} spots={channelSpots(plan, draft)} title={stored ? stored.name : w.channel.newTitle} crumb={{ to: pathTo("notifications"), text: w.crumb.notifications }}
      lead={stored ? typeTitle(type) : ""} reason={!readOnly ? "" : allowed ? w.readOnly.file : w.readOnly.role} onSave={save}
      more={stored && !readOnly && <div class="actions"><Button onPress={() => remove(true)}>{w.channel.remove}</Button></div>}
      aside={<>
        {allowed && <SendTest busy={editor.busy === "try"} outcome={outcome} stale={outcome !== null && !same(outcome.body, body)} onTest={test} />}
        {stored && <UsedBy channel={stored} />}
      </>}
    >
      <div class="card padded">
        <div class="card-head"><h2>{typeTitle(type)}</h2>{!stored && <a class="link small" href={pathTo("newChannel")}>{w.channel.otherType}</a>}</div>
        <Fields fields={common.filter((field) => field.name === "name")} path={[]} />
        <div class="type-settings"><Parted fields={plan.own} values={asDraft(draft.settings)} path={["settings"]} /></div>
      </div>
      <div class="card padded">
        <div class="card-head"><h2>{w.channel.tells}</h2></div>
        <Fields fields={common.filter((field) => field.name !== "name")} path={[]} />
      </div>
      {theirs && (
        <ConflictDialog name={theirs.value.name} fields={channelDifferences(plan, stored ?? {}, theirs.value)} onClose={() => setTheirs(null)}
          onTheirs={() => { letGo(); setTheirs(null); reload(); }} onMine={() => { setTheirs(null); editor.run("save", () => change(theirs.etag)); }} />
      )}
      {removing && stored && (
        <Dialog title={w.channel.removeTitle(stored.name)} onClose={() => remove(false)}>
          <p>{w.channel.removeText}</p>
          <div class="actions end">
            <Button onPress={() => remove(false)}>{w.cancel}</Button>
            <Button danger onPress={async () => { await deleteChannel(stored.id); leave(w.channel.removed(stored.name)); }}>{w.channel.remove}</Button>
          </div>
        </Dialog>
      )}
    </FormPage>
  );
}
