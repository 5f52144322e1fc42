import { beforeEach, describe, expect, it } from "vitest";
import { Logs } from "../../../src/modules/System/logs.ts";
import { TransferError } from "../../../src/transport/fileTransfer.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";

let clock: ManualClock;
let logs: Logs;
let told: string[];
let put: string[];
let works: boolean | "never";

beforeEach(() => {
  clock = new ManualClock();
  [told, put, works] = [[], [], true];
  logs = new Logs({
    ...{ clock, delayFactor: 1, log: silentLogger },
    transfer: {
      download: () => expect.unreachable("nothing is got"),
      async upload(url, name, content, signal) {
        const does = works;
        if (does === "never") await new Promise((resolve) => signal.addEventListener("abort", resolve));
        if (does !== true) throw new TransferError("no room");
        put.push(`${url} ${name} ${new TextDecoder().decode(content)}`);
      },
    },
    attempts: ({ retries = 1, retry_interval_s = 1 }) => ({ count: retries, intervalMs: retry_interval_s * 1000 }),
    content: () => new TextEncoder().encode("the log"),
    tell: ({ log_status, request_id }) => void told.push(`${request_id} ${log_status}`),
  });
});

describe("an upload of logs", () => {
  it("puts the file under the name that was answered", async () => {
    const { file_name, upload_logs_status } = logs.upload({ location: "ftp://csms/", request_id: 3 });
    expect(upload_logs_status).toBe("Accepted");
    await clock.advance(2000);
    await clock.advance(0);
    expect(told).toEqual(["3 Uploading", "3 Uploaded"]);
    expect(put).toEqual([`ftp://csms/ ${file_name} the log`]);
    expect(logs.upload({ location: "ftp://csms/" }).upload_logs_status).toBe("Accepted");
    await logs.stop();
  });

  it("bad case: is tried as often as it may be", async () => {
    works = false;
    logs.upload({ location: "ftp://csms/", retries: 2, retry_interval_s: 5 });
    for (let s = 0; s < 20; s++) await clock.advance(1000);
    expect(told).toEqual(["-1 Uploading", "-1 UploadFailure", "-1 Uploading", "-1 UploadFailure"]);
  });

  it("is called off by a new one, which says so", async () => {
    works = "never";
    logs.upload({ location: "ftp://csms/", request_id: 1 });
    await clock.advance(2000);
    expect(logs.upload({ location: "ftp://csms/", request_id: 2 }).upload_logs_status).toBe("AcceptedCanceled");
    works = true;
    await clock.advance(0);
    await clock.advance(2000);
    await clock.advance(0);
    expect(told).toEqual(["1 Uploading", "1 AcceptedCanceled", "2 Uploading", "2 Uploaded"]);
  });
});
