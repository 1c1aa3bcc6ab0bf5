/** The messages about what was just done, and how far what takes long has come. */
import { dismiss, toasts, type Toast } from "../state/toasts";
import { t } from "../words";

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => <Message key={toast.id} toast={toast} />)}
    </div>
  );
}

function Message({ toast }: { toast: Toast }) {
  const act = () => {
    toast.action?.run();
    dismiss(toast.id);
  };
  return (
    <div class={`toast ${toast.kind}`}>
      <span>{toast.text}{toast.progress && <Progress of={toast} />}</span>
      {toast.action && <button type="button" class="toast-action" onClick={act}>{toast.action.label}</button>}
      {!toast.progress && <button type="button" class="close" aria-label={t.common.close} onClick={() => dismiss(toast.id)}>×</button>}
    </div>
  );
}

function Progress({ of }: { of: Toast }) {
  return <progress class="toast-progress" aria-label={of.text} value={of.progress?.value ?? 0} max={1} />;
}
