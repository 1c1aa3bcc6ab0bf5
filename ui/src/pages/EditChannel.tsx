/** Takes shape. */
export function EditChannel(_: { reference: string | null }) {
  return null;
}
