/** From what a person pastes to a monitor: type, target and a name. A URL is enough. */
import type { CheckType } from "../api/types";

/** What is proposed for a pasted text. */
export interface Proposal {
  type: CheckType;
  target: string;
  name: string;
  /** Settings of the type that the text speaks of, such as the record of a name or the protocol of a mail host. */
  settings?: Readonly<Record<string, unknown>>;
}

/** Where mail servers begin plainly, and the protocol in which they offer TLS. */
const STARTTLS: Readonly<Record<number, string>> = { 25: "smtp", 587: "smtp", 143: "imap", 110: "pop3" };
/** Hosts that are called after a mail protocol, and the port where TLS is spoken for it. */
const MAIL_HOSTS: Readonly<Record<string, number>> = { smtp: 587, imap: 993, pop: 995, pop3: 995 };

/** Ports where a certificate is spoken from the first byte. */
const TLS_PORTS = new Set([443, 465, 563, 636, 853, 989, 990, 992, 993, 995, 5061, 6514, 8443]);
const PORT_NAMES: Record<number, string> = {
  21: "FTP", 22: "SSH", 25: "SMTP", 53: "DNS", 110: "POP3", 143: "IMAP", 389: "LDAP", 465: "SMTPS", 587: "submission",
  636: "LDAPS", 993: "IMAPS", 995: "POP3S", 1433: "SQL Server", 1883: "MQTT", 3306: "MySQL", 3389: "RDP", 5432: "Postgres",
  5672: "AMQP", 6379: "Redis", 9092: "Kafka", 9200: "Elasticsearch", 11211: "Memcached", 27017: "MongoDB",
};
const RECORD_TYPES = /^(a|aaaa|caa|cname|mx|ns|ptr|soa|srv|txt)$/i;
const HOST = /^(?=.{1,253}$)[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?(?:\.[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?)*\.?$/u;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** The proposal for a text, or null while it is not yet the address of anything. */
export function propose(input: string): Proposal | null {
  const text = input.trim();
  if (text === "" || text.length > 2048) return null;
  return fromCommand(text) ?? fromRecord(text) ?? fromMail(text) ?? fromUrl(text) ?? fromAddress(text);
}

/** A proposal kept to another type: the target takes the form which that type wants. */
export function retype(proposal: Proposal, type: CheckType): Proposal {
  if (type === proposal.type) return proposal;
  const { host, port, rest } = take(proposal.target);
  if (host === "") return { ...proposal, type };
  const shown = host.includes(":") ? `[${host}]` : host;
  // A status page has an address like a website: what is one already stays as it is.
  if (type === "statuspage" && /^https?:/.test(proposal.target)) return named(type, proposal.target);
  if (type === "http" || type === "statuspage") return named(type, `https://${shown}${port && port !== 443 ? `:${port}` : ""}${rest}`);
  if (type === "tls") return named("tls", `${shown}:${port ?? 443}`);
  if (type === "tcp") return named("tcp", `${shown}:${port ?? 443}`);
  return named(type, host);
}

function fromCommand(text: string): Proposal | null {
  const [command = "", ...words] = text.split(/\s+/);
  const plain = words.filter((word) => !/^[-+@]/.test(word));
  const last = plain[plain.length - 1] ?? "";
  if (last === "") return null;
  if (/^ping6?$/i.test(command)) return host(last) ? named("icmp", unbracket(last)) : null;
  if (/^(dig|dns|host|nslookup)$/i.test(command)) {
    const name = plain.find((word) => !RECORD_TYPES.test(word)) ?? "";
    const asked = words.find((word) => /^@./.test(word))?.slice(1);
    return host(name) ? record(name, plain.find((word) => RECORD_TYPES.test(word)), asked) : null;
  }
  if (/^(curl|wget|http|https)$/i.test(command)) return fromUrl(plain.find((word) => word.includes("://")) ?? `https://${last}`);
  if (/^(tls|ssl|cert)$/i.test(command)) return retypeAddress(last, "tls", 443);
  if (/^(ssh)$/i.test(command)) return retypeAddress(last.replace(/^.*@/, ""), "tcp", 22);
  if (/^(tcp|nc|telnet)$/i.test(command)) {
    const [first = "", second = ""] = plain;
    return fromAddress(/^\d+$/.test(second) ? `${first}:${second}` : first, "tcp");
  }
  return null;
}

/** "MX example.com", or the other way round. */
function fromRecord(text: string): Proposal | null {
  const words = text.split(/\s+/);
  if (words.length !== 2) return null;
  const [first = "", second = ""] = words;
  if (RECORD_TYPES.test(first) && host(second) && second.includes(".")) return record(second, first);
  return RECORD_TYPES.test(second) && host(first) && first.includes(".") ? record(first, second) : null;
}

/** A mail address asks for the mail servers of its domain; a mail host speaks TLS, after STARTTLS on its plain ports. */
function fromMail(text: string): Proposal | null {
  const domain = /^(?:mailto:)?[^\s@/:]+@([^\s@/:]+)$/i.exec(text)?.[1];
  if (domain && host(domain) && domain.includes(".")) return record(domain, "MX");
  const [, name = "", digits] = /^([^\s/:@[\]]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (!host(name) || !name.includes(".") || isIp(name)) return null;
  const port = digits === undefined ? MAIL_HOSTS[name.split(".")[0]?.toLowerCase() ?? ""] : Number(digits);
  const mailish = digits === undefined || /^(smtp|imap|pop3?|mail|mx)[\d-]*\./i.test(name);
  if (port === undefined || !mailish || !(STARTTLS[port] || digits === undefined)) return null;
  const found = named("tls", `${name}:${port}`);
  return STARTTLS[port] ? { ...found, settings: { starttls: STARTTLS[port] } } : found;
}

function record(name: string, type = "A", resolver?: string): Proposal {
  const wanted = type.toUpperCase();
  const settings = { ...(wanted === "A" ? {} : { record_type: wanted }), ...(resolver && host(resolver) ? { resolver } : {}) };
  const plain = named("dns", name.replace(/\.$/, ""));
  const called = wanted === "A" ? plain.name : plain.name.replace(/^DNS/, wanted);
  return Object.keys(settings).length === 0 ? plain : { ...plain, name: called, settings };
}

function fromUrl(text: string): Proposal | null {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(.+)$/i.exec(text);
  if (!match) return null;
  const [, scheme = "", rest = ""] = match;
  switch (scheme.toLowerCase()) {
    case "http":
    case "https":
      return URL.canParse(text) ? named("http", text) : null;
    case "icmp":
    case "ping":
      return host(rest.replace(/\/$/, "")) ? named("icmp", unbracket(rest.replace(/\/$/, ""))) : null;
    case "dns":
      return host(rest.replace(/\/$/, "")) ? named("dns", rest.replace(/\/$/, "")) : null;
    case "tls":
    case "ssl":
      return retypeAddress(rest, "tls", 443);
    default:
      return fromAddress(rest.replace(/^[^@/]*@/, "").replace(/[/?#].*$/, ""), "tcp");
  }
}

function fromAddress(text: string, wanted?: "tcp" | "tls"): Proposal | null {
  if (/\s/.test(text)) return null;
  const bare = unbracket(text);
  if (isIp(bare) && !wanted) return named("icmp", bare);
  const address = /^(\[[^\]]+\]|[^:/]+):(\d{1,5})$/.exec(text);
  if (address) {
    const [, name = "", digits = ""] = address;
    const port = Number(digits);
    if (port < 1 || port > 65_535 || !host(name)) return null;
    return named(wanted ?? (TLS_PORTS.has(port) ? "tls" : "tcp"), text);
  }
  if (wanted) return null;
  const [name = ""] = text.split(/[/?#:]/);
  const dotted = name.includes(".") || name === "localhost";
  return dotted && host(name) && URL.canParse(`https://${text}`) ? named("http", `https://${text}`) : null;
}

function retypeAddress(text: string, type: "tcp" | "tls", port: number): Proposal | null {
  const clean = text.replace(/[/?#].*$/, "");
  return fromAddress(/:\d+$/.test(clean) && !isIp(clean) ? clean : `${clean}:${port}`, type);
}

function named(type: CheckType, target: string): Proposal {
  return { type, target, name: nameOf(type, target) };
}

function nameOf(type: CheckType, target: string): string {
  const { host: name, port, rest } = take(target);
  const short = isIp(name) ? name : name.replace(/^www\./, "");
  if (type === "icmp") return `Ping ${short}`;
  if (type === "dns") return `DNS ${short}`;
  if (type === "tls") return `Certificate of ${short}${port && port !== 443 ? ` (${PORT_NAMES[port] ?? port})` : ""}`;
  if (type === "tcp") return port ? `${short} ${PORT_NAMES[port] ?? port}` : short;
  const path = rest.replace(/[?#].*$/, "").replace(/\/$/, "");
  return (port && port !== 443 && port !== 80 ? `${short}:${port}` : short) + path.slice(0, 80);
}

function take(target: string): { host: string; port: number | null; rest: string } {
  const match = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^@/]*@)?(\[[^\]]+\]|[^:/?#]+)(?::(\d+))?(.*)$/i.exec(target);
  if (!match || isIp(target)) return { host: target, port: null, rest: "" };
  return { host: unbracket(match[1] ?? ""), port: match[2] ? Number(match[2]) : null, rest: match[3] ?? "" };
}

function host(text: string): boolean {
  return isIp(unbracket(text)) || HOST.test(text);
}

function isIp(text: string): boolean {
  if (IPV4.test(text)) return text.split(".").every((part) => Number(part) <= 255);
  return /^[0-9a-f:.]+$/i.test(text) && text.includes(":") && URL.canParse(`http://[${text}]`);
}

function unbracket(text: string): string {
  return text.replace(/^\[(.*)\]$/, "$1");
}
