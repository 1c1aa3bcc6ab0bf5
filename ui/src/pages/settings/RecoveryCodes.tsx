/** The recovery codes, shown this once: to copy, or to keep as a file. */
import { Button } from "../../components/Button";
import { Copy } from "../../components/Copy";
import { w } from "../../words/settings";

export function RecoveryCodes({ codes, name, onDone }: { codes: readonly string[]; name: string; onDone: () => void }) {
  const text = codes.join("\n");
  return (
    <>
      <p class="soft">{w.security.codesText}</p>
      <ul class="recovery" aria-label={w.security.codes}>{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ul>
      <div class="actions end">
        <Copy text={text} label={w.security.codes} />
        <Button onPress={() => keep(`${w.security.codesFile(name, location.host)}\n\n${text}\n`, "asura-recovery-codes.txt")}>{w.security.download}</Button>
        <Button primary onPress={onDone}>{w.security.kept}</Button>
      </div>
    </>
  );
}

/** Offers a text as a file; the address of the blob lives for as long as the click. */
function keep(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}
