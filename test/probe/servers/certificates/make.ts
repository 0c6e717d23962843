/** Makes the certificates of this folder with the openssl command: node test/probe/servers/certificates/make.ts */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LONG_AGO = "20200101000000Z";
const FAR = "20800101000000Z";
const LOCAL = "DNS:localhost,IP:127.0.0.1,IP:::1";
const work = mkdtempSync(join(tmpdir(), "otel-ws-certificates-"));

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { cwd: work, stdio: ["ignore", "ignore", "pipe"] });
}

function key(name: string): void {
  openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", `${name}.key.pem`);
}

interface Request {
  subject: string;
  key: string;
  /** The authority whose certificate and key sign; itself where left out. */
  issuer?: string;
  from?: string;
  to?: string;
  extensions: readonly string[];
}

function certificate(name: string, { subject, key, issuer, from = LONG_AGO, to = FAR, extensions }: Request): void {
  openssl("req", "-new", "-key", `${key}.key.pem`, "-subj", `/CN=${subject}`, "-out", `${name}.csr`);
  writeFileSync(
    join(work, "ca.cnf"),
    `[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nunique_subject=no\nrand_serial=yes\nnew_certs_dir=.\ndefault_md=sha256\n` +
      `policy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\n${extensions.join("\n")}\n`,
  );
  writeFileSync(join(work, "index.txt"), "");
  const signer =
    issuer === undefined
      ? ["-selfsign", "-keyfile", `${key}.key.pem`]
      : ["-cert", `${issuer}.pem`, "-keyfile", `${issuer}.key.pem`];
  const dates = ["-startdate", from, "-enddate", to];
  const files = ["-in", `${name}.csr`, "-out", `${name}.pem`];
  openssl("ca", "-batch", "-notext", "-config", "ca.cnf", ...signer, ...dates, ...files);
}

const authority = ["basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign", "subjectKeyIdentifier=hash"];
const server = (names: string): string[] => ["basicConstraints=CA:false", `subjectAltName=${names}`];

for (const name of ["ca", "intermediate", "server", "client"]) key(name);
certificate("ca", { subject: "Test CA", key: "ca", extensions: authority });
const intermediate = { subject: "Test Intermediate", key: "intermediate", issuer: "ca", to: "20600101000000Z" };
certificate("intermediate", { ...intermediate, extensions: authority });

const localhost = { subject: "localhost", key: "server", issuer: "ca", extensions: server(LOCAL) };
certificate("good", localhost);
certificate("expired", { ...localhost, to: "20210101000000Z" });
certificate("not-yet-valid", { ...localhost, from: "20700101000000Z" });
certificate("wrong-name", { ...localhost, subject: "other.test", extensions: server("DNS:other.test") });
certificate("self-signed", { subject: "localhost", key: "server", extensions: server(LOCAL) });
certificate("leaf", { ...localhost, issuer: "intermediate" });
certificate("client", { subject: "probe", key: "client", issuer: "ca", extensions: ["basicConstraints=CA:false"] });
openssl("pkey", "-in", "client.key.pem", "-aes256", "-passout", "pass:open sesame", "-out", "client.encrypted.key.pem");

function keep(name: string, parts: readonly string[] = [name]): void {
  writeFileSync(new URL(name, import.meta.url), parts.map((part) => readFileSync(join(work, part), "utf8")).join(""));
}
for (const name of ["ca", "good", "expired", "not-yet-valid", "wrong-name", "self-signed", "client"])
  keep(`${name}.pem`);
keep("intermediate-expires-first.pem", ["leaf.pem", "intermediate.pem"]);
for (const name of ["server.key.pem", "client.key.pem", "client.encrypted.key.pem"]) keep(name);
rmSync(work, { recursive: true });
