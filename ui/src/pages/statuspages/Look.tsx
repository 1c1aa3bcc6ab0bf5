/** How a page looks: its pictures, chosen as files, and its colour. */
import { useEffect, useRef, useState } from "preact/hooks";
import { bytes } from "../../domain/bytes";
import { useEntry } from "../../forms/context";
import { Frame, Group } from "../../forms/Frame";
import { shown } from "../../forms/typed";
import { w } from "../../words/statusPages";

const MOST_BYTES = 256 * 1024;
const TYPES = /^image\/(png|jpeg|gif|webp|svg\+xml|x-icon|vnd\.microsoft\.icon)$/;
const DARK_GROUND = "#4f46e5";

/** A picture: what is stored, or a file that was chosen and is sent with the rest. */
export function Picture({ name, stored }: { name: "logo" | "favicon"; stored: string | null }) {
  const entry = useEntry([name]);
  const [wrong, setWrong] = useState("");
  const [chosen, setChosen] = useState<File | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const label = w.fields[name];
  const take = async (file: File | undefined) => {
    if (!file) return;
    setWrong(file.size > MOST_BYTES ? w.picture.tooLarge(bytes(file.size)) : TYPES.test(file.type) ? "" : w.picture.wrongType);
    if (file.size > MOST_BYTES || !TYPES.test(file.type)) return;
    entry.set(await dataUrl(file));
    setChosen(file);
  };
  const remove = () => {
    setChosen(null);
    setWrong("");
    entry.set(undefined);
  };
  const there = typeof entry.value === "string";
  return (
    <Group id={entry.id} label={label} help={w.help[name]} fault={wrong || entry.fault}>
      <div class="picture">
        {chosen && there ? <Canvas file={chosen} /> : there && stored && <img src={stored} alt={w.picture.previewOf(label)} onError={(event) => (event.currentTarget.hidden = true)} />}
        {chosen && there && <span class="soft small">{w.picture.chosen(chosen.name, bytes(chosen.size))}</span>}
        {!entry.readOnly && (
          <>
            <input ref={input} type="file" class="hidden" tabIndex={-1} aria-label={`${label}: ${w.picture.choose}`} accept="image/png,image/jpeg,image/gif,image/webp,image/svg+xml,image/x-icon,.ico" onChange={(event) => { void take(event.currentTarget.files?.[0]); event.currentTarget.value = ""; }} />
            <button type="button" class="button" onClick={() => input.current?.click()}>{there ? w.picture.another : w.picture.choose}<span class="hidden"> ({label})</span></button>
            {there && <button type="button" class="text-button" onClick={remove}>{w.picture.remove}<span class="hidden"> ({label})</span></button>}
          </>
        )}
      </div>
    </Group>
  );
}

/** Draws a chosen file: the content policy lets no picture in that is not served from here. */
function Canvas({ file }: { file: File }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    let current = true;
    createImageBitmap(file).then((picture) => {
      const target = canvas.current;
      if (!current || !target) return;
      const scale = Math.min(1, 160 / picture.width, 40 / picture.height) * devicePixelRatio;
      target.width = Math.max(1, picture.width * scale);
      target.height = Math.max(1, picture.height * scale);
      target.getContext("2d")?.drawImage(picture, 0, 0, target.width, target.height);
      setDrawn(true);
    }, () => current && setDrawn(false));
    return () => void (current = false);
  }, [file]);
  return <canvas ref={canvas} hidden={!drawn} aria-hidden="true" />;
}

/** The colour as text, with the browser's own picker beside it. */
export function Accent() {
  const entry = useEntry(["accent"]);
  const text = shown(entry.value);
  return (
    <Frame id={entry.id} label={w.fields.accent} help={w.help.accent} fault={entry.fault}>
      {(ties) => (
        <div class="measured">
          <input {...ties} value={text} placeholder={DARK_GROUND} maxLength={7} autocomplete="off" autocapitalize="none" spellcheck={false} readOnly={entry.readOnly} onInput={(event) => entry.set(event.currentTarget.value || undefined)} />
          <input type="color" class="swatch" aria-label={w.fields.accent} value={/^#[0-9a-f]{6}$/i.test(text) ? text : DARK_GROUND} disabled={entry.readOnly} onInput={(event) => entry.set(event.currentTarget.value)} />
        </div>
      )}
    </Frame>
  );
}

function dataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace("image/vnd.microsoft.icon", "image/x-icon"));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(file);
  });
}
