import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeFileTransfer } from "../../src/transport/fileTransfer.ts";
import { systemClock } from "../../src/util/clock.ts";
import { ManualClock } from "../../src/util/manualClock.ts";

let server: Server;
let base: string;
const asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { method, url = "", headers } = request;
      asked.push(`${method} ${url} ${headers.authorization ?? "-"} ${body}`);
      if (url === "/silent") return;
      if (url === "/missing") response.statusCode = 404;
      response.end(url === "/file" ? "content" : "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const { signal } = new AbortController();
const text = (octets: Uint8Array) => new TextDecoder().decode(octets);
const bytes = (content: string) => new TextEncoder().encode(content);
const transfer = nodeFileTransfer(systemClock);

describe("files by HTTP", () => {
  it("are got and put; a name goes behind a folder, a user into a header", async () => {
    expect(text(await transfer.download(`${base}/file#part`, signal))).toBe("content");
    await transfer.upload(`${base}/logs/`, "a b.json", bytes("log"), signal);
    await transfer.upload(base, "c", bytes("log"), signal);
    await transfer.upload(`${base.replace("//", "//us%40er:pw@")}/here`, "name", bytes("log"), signal);
    const basic = Buffer.from("us@er:pw").toString("base64");
    expect(asked).toEqual([
      ...["GET /file - ", "PUT /logs/a%20b.json - log", "PUT /c - log", `PUT /here Basic ${basic} log`],
    ]);
  });

  it("bad case: what cannot be had says why", async () => {
    await expect(transfer.download(`${base}/missing`, signal)).rejects.toThrow("the server answers 404");
    await expect(transfer.upload(`${base}/missing`, "x", bytes(""), signal)).rejects.toThrow("the server answers 404");
    await expect(transfer.download("http://127.0.0.1:1/", signal)).rejects.toThrow(/ECONNREFUSED|bad port/);
    await expect(transfer.download("file:///etc/passwd", signal)).rejects.toThrow("file is not spoken here");
    await expect(transfer.download("nonsense", signal)).rejects.toThrow("the address is no URL");
  });

  it("bad case: a server that keeps silent is not waited for for ever", async () => {
    const clock = new ManualClock();
    const waiting = nodeFileTransfer(clock).download(`${base}/silent`, signal);
    const refused = expect(waiting).rejects.toThrow("it took longer than 900 s");
    await clock.advance(900_000);
    await refused;
  });

  it("are called off", async () => {
    const stop = new AbortController();
    const waiting = transfer.download(`${base}/silent`, stop.signal);
    const refused = expect(waiting).rejects.toThrow("aborted");
    stop.abort();
    await refused;
  });
});

describe("files by FTP", () => {
  const dir = mkdtempSync(join(tmpdir(), "plugcharge-curl-"));
  afterAll(() => rmSync(dir, { recursive: true }));
  /** Stands in for curl: writes down what it was started with and reads its input. */
  const curl = join(dir, "curl");
  const program = (does: string) => {
    writeFileSync(curl, `#!/bin/sh\nprintf '%s ' "$@" > '${dir}/args'\n${does}\n`);
    chmodSync(curl, 0o755);
    return nodeFileTransfer(systemClock, { curl, maxSize: 1000 });
  };
  const args = () => readFileSync(join(dir, "args"), "utf8");

  it("are got and put by curl, which may speak nothing else", async () => {
    expect(text(await program("printf file").download("ftp://u:p@h/f;x", signal))).toBe("file");
    expect(args()).toMatch(/--proto =ftp,ftps,sftp .*--url ftp:\/\/u:p@h\/f;x $/);
    await program(`cat > '${dir}/got'`).upload("ftps://h/d/", "name", bytes("log"), signal);
    expect(args()).toContain("--upload-file - --url ftps://h/d/name");
    expect(readFileSync(join(dir, "got"), "utf8")).toBe("log");
  });

  it("bad case: curl's own words, too much, or no curl at all", async () => {
    const refused = program("echo 'curl: (67) Access denied' >&2; exit 67").download("ftp://h/f", signal);
    await expect(refused).rejects.toThrow("curl: (67) Access denied");
    const endless = program("exec yes").download("ftp://h/f", signal);
    await expect(endless).rejects.toThrow("larger than 1000 octets");
    const missing = nodeFileTransfer(systemClock, { curl: join(dir, "none") }).download("ftp://h/f", signal);
    await expect(missing).rejects.toThrow("curl, which speaks FTP, is not installed");
  });

  it("are called off with curl", async () => {
    const stop = new AbortController();
    const waiting = program("exec sleep 60").download("ftp://h/f", stop.signal);
    const refused = expect(waiting).rejects.toThrow("aborted");
    stop.abort();
    await refused;
  });
});
