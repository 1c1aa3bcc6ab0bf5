/** Takes shape. */
export function EditMonitor(_: { reference: string | null }) {
  return null;
}
