/** Takes shape. */
export function Monitors() {
  return null;
}
