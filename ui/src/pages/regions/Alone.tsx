/** That something fails from too few regions, in the head of its page. */
import type { Agreement } from "../../api/probes";
import { aloneText } from "../../domain/regions";

export function Alone({ agreement }: { agreement: Agreement }) {
  return <span class="reason">{aloneText(agreement)}</span>;
}
