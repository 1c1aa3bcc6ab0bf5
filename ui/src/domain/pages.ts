/** Pages of a list whose head grows while somebody reads its tail. */

/** The newest entries in front of those loaded before; null when entries between them were missed. Newest first. */
export function joined<T extends { at: string }>(newest: readonly T[], before: readonly T[]): T[] | null {
  const first = before[0];
  const last = newest[newest.length - 1];
  if (!first || !last || last.at > first.at) return null;
  return [...newest.filter((one) => one.at > first.at), ...before];
}
