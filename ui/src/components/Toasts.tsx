/** The messages about what was just done. */
import { dismiss, toasts } from "../state/toasts";
import { t } from "../words";

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.kind}`}>
          <span>{toast.text}</span>
          {toast.action && <button type="button" class="toast-action" onClick={() => { toast.action?.run(); dismiss(toast.id); }}>{toast.action.label}</button>}
          <button type="button" class="close" aria-label={t.common.close} onClick={() => dismiss(toast.id)}>×</button>
        </div>
      ))}
    </div>
  );
}
