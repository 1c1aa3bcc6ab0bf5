import { describe, expect, test } from "vitest";
import { propose, retype } from "../src/domain/target";

describe("a pasted text proposes type, target and name", () => {
  test.each([
    ["https://example.com", "http", "https://example.com", "example.com"],
    ["  https://www.example.com/health?x=1 ", "http", "https://www.example.com/health?x=1", "example.com/health"],
    ["http://10.0.0.1:8080/", "http", "http://10.0.0.1:8080/", "10.0.0.1:8080"],
    ["example.com", "http", "https://example.com", "example.com"],
    ["example.com/path", "http", "https://example.com/path", "example.com/path"],
    ["localhost", "http", "https://localhost", "localhost"],
    ["example.com:22", "tcp", "example.com:22", "example.com SSH"],
    ["db2.internal:5432", "tcp", "db2.internal:5432", "db2.internal Postgres"],
    ["127.0.0.1:9999", "tcp", "127.0.0.1:9999", "127.0.0.1 9999"],
    ["[2001:db8::1]:22", "tcp", "[2001:db8::1]:22", "2001:db8::1 SSH"],
    ["mail.example.com:993", "tls", "mail.example.com:993", "Certificate of mail.example.com (IMAPS)"],
    ["example.com:443", "tls", "example.com:443", "Certificate of example.com"],
    ["ping 1.1.1.1", "icmp", "1.1.1.1", "Ping 1.1.1.1"],
    ["ping -c 3 example.com", "icmp", "example.com", "Ping example.com"],
    ["1.1.1.1", "icmp", "1.1.1.1", "Ping 1.1.1.1"],
    ["2001:db8::1", "icmp", "2001:db8::1", "Ping 2001:db8::1"],
    ["icmp://example.com", "icmp", "example.com", "Ping example.com"],
    ["dig example.com", "dns", "example.com", "DNS example.com"],
    ["dns://example.com", "dns", "example.com", "DNS example.com"],
    ["curl -sS https://example.com/x", "http", "https://example.com/x", "example.com/x"],
    ["ssh root@example.com", "tcp", "example.com:22", "example.com SSH"],
    ["telnet example.com 25", "tcp", "example.com:25", "example.com SMTP"],
    ["nc example.com:6379", "tcp", "example.com:6379", "example.com Redis"],
    ["tls example.com", "tls", "example.com:443", "Certificate of example.com"],
    ["postgres://user:secret@db:5432/shop", "tcp", "db:5432", "db Postgres"],
    ["bücher.example", "http", "https://bücher.example", "bücher.example"],
  ])("%s", (text, type, target, name) => expect(propose(text)).toEqual({ type, target, name }));
});

describe("what a text says of settings is taken along", () => {
  test.each([
    ["dig @1.1.1.1 MX example.com", "dns", "example.com", "MX example.com", { record_type: "MX", resolver: "1.1.1.1" }],
    ["MX example.com", "dns", "example.com", "MX example.com", { record_type: "MX" }],
    ["example.com txt", "dns", "example.com", "TXT example.com", { record_type: "TXT" }],
    ["ada@example.com", "dns", "example.com", "MX example.com", { record_type: "MX" }],
    ["mailto:ada@example.com", "dns", "example.com", "MX example.com", { record_type: "MX" }],
    ["smtp.example.com", "tls", "smtp.example.com:587", "Certificate of smtp.example.com (submission)", { starttls: "smtp" }],
    ["mail.example.com:25", "tls", "mail.example.com:25", "Certificate of mail.example.com (SMTP)", { starttls: "smtp" }],
    ["mx1.example.com:143", "tls", "mx1.example.com:143", "Certificate of mx1.example.com (IMAP)", { starttls: "imap" }],
    ["imap.example.com", "tls", "imap.example.com:993", "Certificate of imap.example.com (IMAPS)", undefined],
  ])("%s", (text, type, target, name, settings) => expect(propose(text)).toEqual({ type, target, name, ...(settings && { settings }) }));
});

test("a password in a pasted address never becomes part of the monitor", () => {
  expect(JSON.stringify(propose("postgres://user:secret@db:5432/shop"))).not.toContain("secret");
});

test.each(["", "   ", "shop", "what is this", "example.com:0", "example.com:99999", "http://", "https://exa mple", "ping", "999.1.1.1:x", "x".repeat(3000)])(
  "%j is no address yet", (text) => expect(propose(text)).toBeNull());

describe("choosing another type", () => {
  const start = propose("https://example.com/health");
  test.each([["tls", "example.com:443"], ["tcp", "example.com:443"], ["icmp", "example.com"], ["dns", "example.com"], ["http", "https://example.com/health"], ["statuspage", "https://example.com/health"]])(
    "%s turns the target into what it wants", (type, target) => expect(start && retype(start, type).target).toBe(target));
  test("keeps the port", () => {
    const tcp = propose("example.com:8443");
    expect(tcp && retype(tcp, "http").target).toBe("https://example.com:8443");
  });
  test("keeps the scheme of a status page, and gives one to a name", () => {
    const [page, name] = [propose("http://127.0.0.1:8090/status"), propose("status.example.com:8443")];
    expect(page && retype(page, "statuspage").target).toBe("http://127.0.0.1:8090/status");
    expect(name && retype(name, "statuspage").target).toBe("https://status.example.com:8443");
  });
  test("keeps an IPv6 address in brackets where a port follows", () => {
    const ping = propose("2001:db8::1");
    expect(ping && retype(ping, "tcp").target).toBe("[2001:db8::1]:443");
  });
});
