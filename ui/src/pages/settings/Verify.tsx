/** Has the server follow the chain of hashes, and says what it found. */
import { useState } from "preact/hooks";
import { verifyAudit } from "../../api/accounts";
import { Button } from "../../components/Button";
import { w } from "../../words/settings";

type Found = Awaited<ReturnType<typeof verifyAudit>>;

export function Verify() {
  const [found, setFound] = useState<Found | null>(null);
  return (
    <>
      <span role="status" class={found?.ok ? "up" : "down"}>{found && (found.ok ? `✓ ${w.audit.intact(found.rows)}` : `▲ ${w.audit.broken(found.broken_at ?? "?")}`)}</span>
      <Button onPress={async () => setFound(await verifyAudit())}>{w.audit.verify}</Button>
    </>
  );
}
