import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { peerServer } from "../servers/peer.ts";
import { found } from "../servers/redirects.ts";
import { certificateFile, good, secure, wantsClientCertificate } from "../servers/tls.ts";
import { check } from "./check.ts";
import { use } from "./use.ts";

const caFile = certificateFile("ca.pem");
const client = { certFile: certificateFile("client.pem"), keyFile: certificateFile("client.key.pem") };
const encrypted = { ...client, keyFile: certificateFile("client.encrypted.key.pem") };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "otel-ws-tls-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

describe("the certificate of the server", () => {
  test("is told with what was negotiated", async () => {
    const { url } = await use(secure("good")());
    const { result, tls } = await check({ url, tls: { caFile }, proxy: false });
    expect(result).toBe("up");
    expect(tls).toMatchObject({
      protocol: "TLSv1.3",
      cipher: expect.stringMatching(/^TLS_/),
      certificate: {
        subject: "CN=localhost",
        issuer: "CN=Test CA",
        expiresAt: "2080-01-01T00:00:00.000Z",
        valid: true,
      },
    });
    const left = (Date.parse("2080-01-01T00:00:00Z") - Date.now()) / 1000;
    expect(Math.abs(tls!.certificate.expiresIn - left)).toBeLessThan(5);
  });

  test("expires with the first one of its chain", async () => {
    const { url } = await use(secure("intermediate-expires-first")());
    const { tls } = await check({ url, tls: { caFile }, proxy: false });
    expect(tls?.certificate).toMatchObject({ issuer: "CN=Test Intermediate", expiresAt: "2060-01-01T00:00:00.000Z" });
  });

  test("makes the run degraded where it expires sooner than the check wants", async () => {
    const { url } = await use(secure("good")());
    const century = 100 * 365 * 86_400_000;
    const degraded = await check({ url, tls: { caFile }, minCertificateLife: century, proxy: false });
    expect(degraded).toMatchObject({ result: "degraded", error: { type: "certificate_expiry", phase: "tls" } });
    expect(degraded.error!.message).toContain("2080-01-01");
    const up = await check({ url, tls: { caFile }, minCertificateLife: 86_400_000, proxy: false });
    expect(up.result).toBe("up");
  });

  test.each(["expired", "not-yet-valid", "wrong-name", "self-signed"])(
    "that is %s is reported, where the check goes on all the same",
    async (name) => {
      const { url } = await use(secure(name)());
      const { result, tls } = await check({ url, tls: { insecure: true, caFile }, proxy: false });
      expect({ result, valid: tls?.certificate.valid }).toEqual({ result: "up", valid: false });
      const strict = await check({ url, tls: { caFile }, proxy: false });
      expect(strict.tls?.certificate.valid).toBe(false);
      expect(strict.upgrade).toBeUndefined();
    },
  );

  test("is held against the name that the check gives", async () => {
    const names: (string | false | null)[] = [];
    const server = await use(secure("wrong-name", { SNICallback: (name, done) => (names.push(name), done(null)) })());
    const right = await check({ url: server.url, tls: { caFile, serverName: "other.test" }, proxy: false });
    expect(right.result).toBe("up");
    expect(names).toEqual(["other.test"]);
    const wrong = await check({ url: server.url, tls: { caFile, serverName: "another.test" }, proxy: false });
    expect(wrong.error?.type).toBe("certificate_name_mismatch");
  });

  test.each([
    ["an IPv6 address", "::1"],
    ["an IPv4 address", "127.0.0.1"],
  ])("is valid for %s", async (_, host) => {
    const { url } = await use(peerServer({}, { host, tls: good() }));
    expect((await check({ url, tls: { caFile }, proxy: false })).result).toBe("up");
  });

  test("is held against authorities that are read again for each run", async () => {
    const { url } = await use(secure("good")());
    const file = join(folder, "ca.pem");
    copyFileSync(certificateFile("self-signed.pem"), file);
    const target = { url, tls: { caFile: file }, proxy: false } as const;
    expect((await check(target)).error?.type).toBe("certificate_untrusted");
    copyFileSync(caFile, file);
    expect((await check(target)).result).toBe("up");
    rmSync(file);
    expect((await check(target)).error).toMatchObject({ type: "ENOENT", message: `the file ${file} does not exist` });
  });
});

describe.each(["TLSv1.2", "TLSv1.3"] as const)("a server that wants a certificate of the client with %s", (version) => {
  test("takes one that its authority signed", async () => {
    const { url } = await use(wantsClientCertificate(version)());
    const { result, tls } = await check({ url, tls: { caFile, ...client }, proxy: false });
    expect({ result, protocol: tls?.protocol }).toEqual({ result: "up", protocol: version });
  });

  test("takes one whose key is encrypted", async () => {
    const { url } = await use(wantsClientCertificate(version)());
    const target = {
      url,
      tls: { caFile, ...encrypted, passphrase: { env: "PROBE_TEST_PHRASE" } },
      proxy: false,
    } as const;
    vi.stubEnv("PROBE_TEST_PHRASE", "open sesame");
    expect((await check(target)).result).toBe("up");
    vi.stubEnv("PROBE_TEST_PHRASE", "open barley");
    const wrong = await check(target);
    expect(wrong).toMatchObject({ result: "down", error: { type: "tls_error" } });
    expect(JSON.stringify(wrong)).not.toContain("barley");
  });

  test("ends the connection of another one", async () => {
    const { url } = await use(wantsClientCertificate(version)());
    const other = { certFile: certificateFile("self-signed.pem"), keyFile: certificateFile("server.key.pem") };
    const { error } = await check({ url, tls: { caFile, ...other }, proxy: false });
    // Node.js sends no alert; others do, which is `tls_error` then.
    expect(error).toMatchObject({ type: "connection_lost", phase: version === "TLSv1.3" ? "upgrade" : "tls" });
  });
});

test("the name that the check gives is not that of another host to which a redirect leads", async () => {
  const end = await use(secure("good")());
  const first = await use(secure("wrong-name", {}, { upgrade: (socket) => void socket.end(found(end.url)) })());
  const url = first.url.replace("127.0.0.1", "localhost");
  const target = { url, ip: "ipv4", maxRedirects: 1, proxy: false } as const;
  const { result, upgrade } = await check({ ...target, tls: { caFile, serverName: "other.test" } });
  expect({ result, redirects: upgrade?.redirects }).toEqual({ result: "up", redirects: [end.url] });
});
