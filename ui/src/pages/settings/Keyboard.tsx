/** The shortcuts. */
import { Shortcuts } from "../../components/Help";
import { w } from "../../words/settings";
import { Head } from "./parts";

export function Keyboard() {
  return (
    <>
      <Head title={w.keyboard.title} lead={w.keyboard.lead} />
      <div class="card padded"><h2 class="hidden">{w.keyboard.title}</h2><Shortcuts /></div>
    </>
  );
}
