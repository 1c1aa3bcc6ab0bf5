/** Takes shape. */
export function Notifications() {
  return null;
}
