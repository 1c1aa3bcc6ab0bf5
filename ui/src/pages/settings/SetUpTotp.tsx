/** Turning on the second step: the password, the QR code, the first code, the recovery codes. */
import { useState } from "preact/hooks";
import { beginTotp, confirmTotp, type Me, type TotpOffer } from "../../api/accounts";
import { Copy } from "../../components/Copy";
import { Input, Wrong } from "../../components/Input";
import { useForm } from "../../state/form";
import { w } from "../../words/settings";
import { RecoveryCodes } from "./RecoveryCodes";
import { AskPassword } from "./TwoSteps";

export function SetUpTotp({ who, onDone }: { who: Me; onDone: () => void }) {
  const [offer, setOffer] = useState<TotpOffer | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (codes) return <RecoveryCodes codes={codes} name={who.name} onDone={onDone} />;
  if (offer) return <Confirm offer={offer} onCodes={setCodes} />;
  return <AskPassword lead={w.security.confirmTitle} go={w.security.goOn} onGo={async (password) => setOffer(await beginTotp(password))} />;
}

function Confirm({ offer, onCodes }: { offer: TotpOffer; onCodes: (codes: readonly string[]) => void }) {
  const [code, setCode] = useState("");
  const form = useForm(async () => onCodes((await confirmTotp(code.replace(/\s/g, ""))).recovery_codes));
  return (
    <form onSubmit={form.submit} novalidate>
      <h3>{w.security.scanTitle}</h3>
      <p class="soft">{w.security.scanText}</p>
      <QrCode {...offer.qr} />
      <p class="soft small">{w.security.secret}</p>
      <div class="shown"><code>{offer.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code><Copy text={offer.secret} label={w.security.secret} /></div>
      <Input label={w.security.code} value={code} onInput={setCode} fault={form.fault("code")} autocomplete="one-time-code" numeric autofocus />
      <Wrong>{form.rest()}</Wrong>
      <div class="actions end"><button type="submit" class="button primary" disabled={code.trim() === ""} aria-disabled={form.busy}>{w.security.confirm}</button></div>
    </form>
  );
}

/** Dark modules on white in both themes, with the quiet zone that scanners need. */
function QrCode({ size, path }: { size: number; path: string }) {
  return (
    <svg class="qr" viewBox={`-4 -4 ${size + 8} ${size + 8}`} role="img" aria-label={w.security.qr} shape-rendering="crispEdges">
      <rect x="-4" y="-4" width={size + 8} height={size + 8} class="qr-ground" /><path d={path} class="qr-modules" />
    </svg>
  );
}
