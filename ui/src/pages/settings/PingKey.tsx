/** The key of addresses with a slug: one for all jobs, told when somebody asks for it. */
import { useState } from "preact/hooks";
import { getPingKey } from "../../api/accounts";
import { Button } from "../../components/Button";
import { Copy } from "../../components/Copy";
import { w } from "../../words/settings";
import { Line, Section } from "./parts";

export function PingKey() {
  const [url, setUrl] = useState("");
  const show = async () => setUrl(`${(await getPingKey()).url}SLUG`);
  return (
    <Section title={w.pingKey.title} lead={w.pingKey.lead}>
      <Line label={w.pingKey.address} help={w.pingKey.help}>
        {url === "" ? <Button onPress={show}>{w.pingKey.show}</Button> : <div class="shown"><code class="break" tabIndex={-1} ref={focus}>{url}</code><Copy text={url} label={w.pingKey.address} /></div>}
      </Line>
    </Section>
  );
}

/** The button that was pressed is gone; what it asked for takes its place. */
const focus = (shown: HTMLElement | null) => shown?.focus();
