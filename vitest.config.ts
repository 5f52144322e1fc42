import { defineConfig } from "vitest/config";

/** `.ci/run` names a file here to count the tests by. */
const report = process.env["PLUGCHARGE_TEST_REPORT"];

/** Where databases are left open on purpose, as by a killed process: no later file shall live with them. */
const databases = ["test/chargePoint/**/*.test.ts", "test/csms/**/*.test.ts", "test/modules/OCPP*/**/*.test.ts"];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    globalSetup: "test/built.ts",
    // Many tests wait for sockets and child processes: a core left free for vitest itself would be idle.
    maxWorkers: "100%",
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    projects: [
      {
        extends: true,
        // Our modules keep no state of their own, so files of one worker can share them: loading them anew costs more than the tests.
        test: { name: "shared", include: ["test/**/*.test.ts"], exclude: databases, isolate: false },
      },
      { extends: true, test: { name: "databases", include: databases } },
    ],
  },
});
