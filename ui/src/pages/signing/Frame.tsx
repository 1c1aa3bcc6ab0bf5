/** The frame of the pages before the dashboard. */
import type { ComponentChildren } from "preact";
import { Logo } from "../../components/Logo";
import "../../style/accounts.css";

export function Frame({ title, lead, children }: { title: string; lead?: ComponentChildren; children: ComponentChildren }) {
  return (
    <main class="sign-in" id="content">
      <div class="sign-in-box">
        <p class="sign-in-brand"><Logo />asura</p>
        <div class="card">
          <h1>{title}</h1>
          {lead && <p class="soft">{lead}</p>}
          {children}
        </div>
      </div>
    </main>
  );
}
