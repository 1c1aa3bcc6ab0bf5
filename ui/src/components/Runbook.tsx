/** Addresses that somebody typed: shown so that they break where their parts end, and linked only when they lead to a page. */

/** An address that breaks where its parts end. */
export function Address({ text }: { text: string }) {
  return <>{text.split(/(?<=[/.?&:@-])/).map((piece, index) => <>{index > 0 && <wbr />}{piece}</>)}</>;
}

/** A runbook: only web addresses become links. */
export function Runbook({ url }: { url: string }) {
  if (!/^https?:\/\//i.test(url)) return <>{url}</>;
  return <a class="link" href={url} rel="noreferrer noopener" target="_blank"><Address text={url} /></a>;
}
