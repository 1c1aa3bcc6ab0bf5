/** How asura knows you and looks for you; each choice is kept on the server and holds at once. */
import { useId, useState } from "preact/hooks";
import { saveProfile, type Profile as Kept, type Theme } from "../../api/accounts";
import { Input, Wrong } from "../../components/Input";
import { Loading } from "../../components/Panel";
import { clock } from "../../domain/format";
import { useForm } from "../../state/form";
import { useLeaveGuard } from "../../state/leaving";
import { now } from "../../state/now";
import { enter, me } from "../../state/session";
import { chooseTheme, theme } from "../../state/theme";
import { toast, toastProblem } from "../../state/toasts";
import { LANGUAGES } from "../../words/language";
import { w } from "../../words/settings";
import { Choice, Head, Line, Section } from "./parts";

const THEMES: readonly (readonly [Theme, string])[] = [["auto", w.profile.themes.auto], ["light", w.profile.themes.light], ["dark", w.profile.themes.dark]];

export function Profile() {
  const who = me.value;
  return (
    <>
      <Head title={w.profile.title} lead={w.profile.lead} />
      {!who ? <Loading /> : (
        <>
          <Section title={w.profile.who}>
            <Line label={w.profile.name}><b>{who.name}</b></Line>
            <Line label={w.profile.role} help={w.users.roleHelp[who.role]}>{w.users.roles[who.role]}</Line>
            {who.tags.length > 0 && <Line label={w.profile.tags}>{w.profile.onlyTags(who.tags.join(", "))}</Line>}
            {who.profile && <Email key={who.profile.email} kept={who.profile.email} />}
          </Section>
          {who.profile && <Look profile={who.profile} />}
        </>
      )}
    </>
  );
}

function Email({ kept }: { kept: string }) {
  const [email, setEmail] = useState(kept);
  const dirty = email !== kept;
  const form = useForm(async () => {
    if (!dirty) return;
    enter(await saveProfile({ email: email.trim() }));
    toast(w.saved);
  });
  useLeaveGuard(dirty);
  return (
    <form class="line" onSubmit={form.submit} novalidate>
      <Input label={w.profile.email} value={email} onInput={setEmail} type="email" autocomplete="email" fault={form.fault("email")} help={w.profile.emailHelp}
        beside={<button type="submit" class="button" disabled={!dirty} aria-disabled={form.busy}>{form.busy ? w.saving : w.save}</button>} />
      <Wrong>{form.rest()}</Wrong>
    </form>
  );
}

function Look({ profile }: { profile: Kept }) {
  const id = useId();
  const browserZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Section title={w.profile.look}>
      <Line label={w.profile.theme}>
        <Choice label={w.profile.theme} value={theme.value} options={THEMES} onChoose={(chosen) => { chooseTheme(chosen); apply({ theme: chosen }); }} />
      </Line>
      <Line label={w.profile.language} control={`${id}-language`}>
        <select id={`${id}-language`} value={profile.language} onChange={(event) => apply({ language: event.currentTarget.value })}>
          <option value="">{w.profile.browserLanguage}</option>
          {LANGUAGES.map((tag) => <option key={tag} value={tag} lang={tag}>{ownName(tag)}</option>)}
        </select>
      </Line>
      <Line label={w.profile.zone} control={`${id}-zone`} help={w.profile.zoneHelp(clock(new Date(now.value).toISOString(), now.value))}>
        <select id={`${id}-zone`} value={profile.zone} onChange={(event) => apply({ zone: event.currentTarget.value })}>
          <option value="">{w.profile.browserZone(browserZone)}</option>
          {zones(profile.zone).map((zone) => <option key={zone} value={zone}>{zone.replace(/_/g, " ")}</option>)}
        </select>
      </Line>
    </Section>
  );
}

function apply(change: Partial<Kept>): void {
  saveProfile(change).then(enter, toastProblem);
}

/** How a language calls itself. */
function ownName(tag: string): string {
  return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
}

/** The zones that this browser knows, and the chosen one whatever happens. */
function zones(chosen: string): readonly string[] {
  const known = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
  return chosen === "" || known.includes(chosen) ? known : [chosen, ...known];
}
