import { createHash } from "node:crypto";
import * as tls from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chooseChain } from "../../src/transport/chainChoice.ts";
import type { TrustedAuthority } from "../../src/transport/clientHello.ts";
import { nodeNetwork } from "../../src/transport/node.ts";
import type { ChainChoice, ConnectionFault, StreamServer, TlsCredentials } from "../../src/transport/ports.ts";
import { toHex } from "../../src/util/bytes.ts";
import { parseCertificate, parsePemChain } from "../../src/x509/certificate.ts";
import { opensslClient, opensslTest } from "../x509/openssl.ts";
import { testChain } from "./certificates.ts";
import { signal } from "./compliance.ts";
import {
  certificateHash,
  extension,
  type Flight,
  firstFlight,
  helloBody,
  helloRecords,
  keyHash,
  nameOf,
  octets,
  preAgreed,
  statusRequest,
  trustedCaKeys,
} from "./rawHello.ts";

const sha1 = (octets: Uint8Array) => new Uint8Array(createHash("sha1").update(octets).digest());

async function namedChain(name: string, ocsp: Uint8Array) {
  const made = await testChain(name);
  const root = parseCertificate(made.root);
  const authorities: TrustedAuthority[] = [
    { kind: "cert_sha1_hash", value: sha1(root.der) },
    { kind: "key_sha1_hash", value: sha1(root.publicKeyBits) },
    { kind: "x509_name", value: root.subject.der },
  ];
  const credentials: TlsCredentials = { ...made.credentials, ocsp, authorities, root: name };
  return { ...made, root, credentials };
}

const [A, B, C] = await Promise.all([
  namedChain("A", octets(0x30, 1, 0xaa)),
  namedChain("B", octets(0x30, 1, 0xbb)),
  namedChain("C", octets(0x30, 1, 0xcc)),
]);
const unknown = new Uint8Array(20).fill(9);

describe("which of several chains a client is shown", () => {
  it.each<[string, TrustedAuthority[], string, ChainChoice["why"]]>([
    ["nothing", [], "A", "the client names no authority"],
    ["what was agreed on before", [{ kind: "pre_agreed" }], "A", "the client names no authority"],
    ["strangers", [{ kind: "cert_sha1_hash", value: unknown }], "A", "the client names others"],
    ["another kind of hash", [{ kind: "key_sha1_hash", value: sha1(B.root.der) }], "A", "the client names others"],
    ["two, the later chain first", [...authorities(C), ...authorities(B)], "B", "the client names its authority"],
    [
      "one among strangers",
      [{ kind: "cert_sha1_hash", value: unknown }, ...authorities(C)],
      "C",
      "the client names its authority",
    ],
  ])("one that names %s", (_, trustedAuthorities, root, why) => {
    const hello = { versions: [0x0303], statusRequest: false, trustedAuthorities };
    const choice = chooseChain(hello, [A.credentials, B.credentials, C.credentials]);
    expect([choice.chain.root, choice.why]).toEqual([root, why]);
  });

  it("one of TLS 1.3 names them another way", () => {
    const hello = { versions: [0x0304], statusRequest: false, certificateAuthorities: [B.root.subject.der] };
    expect(chooseChain(hello, [A.credentials, B.credentials]).chain).toBe(B.credentials);
  });

  it("one that says no hello at all", () => {
    expect(chooseChain(undefined, [A.credentials, B.credentials]).chain).toBe(A.credentials);
  });
});

function authorities({ credentials }: typeof A): readonly TrustedAuthority[] {
  return credentials.authorities ?? [];
}

describe("a TLS server with several chains, asked by hellos made by hand", () => {
  const network = nodeNetwork();
  let server: StreamServer;
  let choices: ChainChoice[] = [];
  let fault = signal<ConnectionFault>();
  const keyLog: string[] = [];
  beforeAll(async () => {
    server = await network.listen({
      host: "::1",
      port: 0,
      maxConnections: 400,
      tls: {
        credentials: [A.credentials, B.credentials],
        handshakeMs: 5000,
        onChoice: (choice) => choices.push(choice),
        onKeyLog: (line) => keyLog.push(new TextDecoder().decode(line)),
      },
      onStream: (stream) => stream.onData((bytes) => void stream.write(bytes)),
      onFault: (seen) => fault.resolve(seen),
    });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    choices = [];
  });

  const ask = (...extensions: readonly Uint8Array[]) =>
    firstFlight(server.port, helloRecords(helloBody(...extensions)));
  const shown = ({ certificates }: Flight) => certificates.map(toHex);
  const chainOf = ({ leaf, subCa }: typeof A) => [leaf, subCa].map(toHex);

  it.each<[string, Uint8Array]>([
    ["the SHA-1 of the root", trustedCaKeys(certificateHash(sha1(B.root.der)))],
    ["the SHA-1 of its key", trustedCaKeys(keyHash(sha1(B.root.publicKeyBits)))],
    ["its name", trustedCaKeys(nameOf(B.root.subject.der))],
    ["it behind strangers", trustedCaKeys(preAgreed, certificateHash(unknown), certificateHash(sha1(B.root.der)))],
  ])("a client that names %s sees the chain below it, with its own OCSP response", async (_, named) => {
    const flight = await ask(named, statusRequest);
    expect(shown(flight)).toEqual(chainOf(B));
    expect(flight.ocsp).toEqual(B.credentials.ocsp);
    expect(choices).toMatchObject([{ chain: { root: "B" }, of: 2, why: "the client names its authority" }]);
  });

  it.each<[string, Uint8Array[]]>([
    ["the first root", [trustedCaKeys(certificateHash(sha1(A.root.der)))]],
    ["strangers", [trustedCaKeys(certificateHash(unknown))]],
    ["nobody", []],
    ["nobody, in a list", [trustedCaKeys()]],
    ["something that cannot be read", [extension(3, octets(0, 1, 9))]],
  ])("a client that names %s sees the first", async (_, named) => {
    const flight = await ask(...named, statusRequest);
    expect(shown(flight)).toEqual(chainOf(A));
    expect(flight.ocsp).toEqual(A.credentials.ocsp);
  });

  it("OpenSSL keeps the extension to itself: no echo in ServerHello, as RFC 6066 wants", async () => {
    const { extensions } = await ask(trustedCaKeys(certificateHash(sha1(B.root.der))));
    expect(extensions).not.toContain(3);
  });

  it("a hello cut in two at each octet is answered the same", async () => {
    const bytes = helloRecords(helloBody(trustedCaKeys(certificateHash(sha1(B.root.der)))));
    const cuts = Array.from({ length: bytes.length - 1 }, (_, i) => i + 1);
    for (let at = 0; at < cuts.length; at += 20) {
      const flights = cuts
        .slice(at, at + 20)
        .map((cut) => firstFlight(server.port, bytes.subarray(0, cut), bytes.subarray(cut)));
      for (const flight of await Promise.all(flights)) expect(shown(flight)).toEqual(chainOf(B));
    }
  });

  it("a hello in many small records is answered the same", async () => {
    const bytes = helloRecords(helloBody(trustedCaKeys(certificateHash(sha1(B.root.der)))), 33);
    expect(shown(await firstFlight(server.port, bytes))).toEqual(chainOf(B));
  });

  it("new chains are shown to new connections while old ones go on", async () => {
    const old = await connect();
    const octet = signal<Uint8Array>();
    old.onData(octet.resolve);
    server.setCredentials([C.credentials, B.credentials]);
    expect(shown(await ask(trustedCaKeys(certificateHash(sha1(A.root.der)))))).toEqual(chainOf(C));
    expect(shown(await ask(trustedCaKeys(certificateHash(sha1(B.root.der)))))).toEqual(chainOf(B));
    await old.write(octets(7));
    expect(toHex(await octet.promise)).toBe("07");
    server.setCredentials([A.credentials, B.credentials]);
    await old.close();
  });

  it("a hello that is half there when the chains change gets the new ones", async () => {
    const bytes = helloRecords(helloBody());
    const change = async () => {
      // Whoever connected before has been heard when this one is.
      expect(shown(await ask())).toEqual(chainOf(A));
      server.setCredentials([C.credentials]);
    };
    const flight = await firstFlight(server.port, bytes.subarray(0, 9), change, bytes.subarray(9));
    expect(shown(flight)).toEqual(chainOf(C));
    server.setCredentials([A.credentials, B.credentials]);
  });

  it("a whole handshake works, with key log", async () => {
    const stream = await connect();
    expect(stream.tls).toMatchObject({ protocol: "TLSv1.2", cipher: "ECDHE-ECDSA-AES128-SHA256" });
    expect(keyLog.some((line) => line.startsWith("CLIENT_RANDOM "))).toBe(true);
    expect(choices).toMatchObject([{ why: "the client names no authority" }]);
    await stream.close();
  });

  opensslTest(
    "OpenSSL's client, with an empty trusted_ca_keys, finishes its handshake with the first chain",
    async () => {
      const address = `[::1]:${server.port}`;
      const said = await opensslClient(["s_client", "-connect", address, "-tls1_2", "-serverinfo", "3", "-showcerts"]);
      expect(said).toContain("Cipher is ECDHE-ECDSA-AES128-SHA256");
      const [leaf] = parsePemChain(said);
      expect(leaf && toHex(leaf.der)).toBe(toHex(A.leaf));
      expect(choices).toMatchObject([{ why: "the client names no authority", hello: { trustedAuthorities: [] } }]);
    },
  );

  it("bad case: a client that refuses the chain it was shown is one fault, with OpenSSL's code", async () => {
    fault = signal();
    const socket = tls.connect({ host: "::1", port: server.port, rejectUnauthorized: false, ciphers: "AES256-SHA256" });
    socket.on("error", () => {});
    expect(await fault.promise).toMatchObject({ kind: "handshake", code: "ERR_SSL_NO_SHARED_CIPHER" });
  });

  it("bad case: one chain that cannot be used leaves those that are there", async () => {
    const broken = { ...B.credentials, key: A.credentials.key };
    expect(() => server.setCredentials([C.credentials, broken])).toThrow();
    expect(shown(await ask())).toEqual(chainOf(A));
  });

  function connect() {
    const verify = () => ({ ok: true }) as const;
    return network.connect({ host: "::1", port: server.port, timeoutMs: 3000, tls: { verify } });
  }
});
