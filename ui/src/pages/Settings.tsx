/** What belongs to this device: appearance and key; and what this asura is. */
import { getHealth } from "../api/calls";
import { Button } from "../components/Button";
import { LinkWord } from "../components/LinkState";
import { Card, Trouble } from "../components/Panel";
import { Shortcuts } from "../components/Help";
import { duration } from "../domain/format";
import { signOut } from "../state/session";
import { useResource } from "../state/resource";
import { chooseTheme, theme, type Theme } from "../state/theme";
import { p } from "../words/pages";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export function Settings() {
  const health = useResource("health", getHealth);
  return (
    <>
      <header class="top"><div><h1>{p.settings.title}</h1><p>{p.settings.lead}</p></div></header>
      <div class="settings">
        <Card title={p.settings.theme}>
          <fieldset class="choices">
            <legend class="hidden">{p.settings.theme}</legend>
            {THEMES.map((name) => (
              <label key={name} class="tick"><input type="radio" name="theme" checked={theme.value === name} onChange={() => chooseTheme(name)} />{p.settings.themes[name]}</label>
            ))}
          </fieldset>
        </Card>
        <Card title={p.settings.key}>
          <p class="soft">{p.settings.keyTab}</p>
          <Button onPress={signOut}>{p.settings.forget}</Button>
        </Card>
        <Card title={p.settings.about}>
          <Trouble problem={health.problem} retry={health.reload} />
          <dl class="facts">
            <dt>{p.settings.version}</dt><dd>{health.value?.version ?? "–"}</dd>
            <dt>{p.settings.running}</dt><dd>{health.value ? duration(health.value.uptime_s) : "–"}</dd>
            <dt>{p.settings.link}</dt><dd><LinkWord /></dd>
          </dl>
        </Card>
        <Card title={p.settings.keys}><Shortcuts /></Card>
      </div>
    </>
  );
}
