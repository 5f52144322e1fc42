import { defineConfig } from "vitest/config";

/** `.ci/run` names a file here to count the tests by. */
const report = process.env["PLUGCHARGE_TEST_REPORT"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    globalSetup: "test/built.ts",
    // Our modules keep no state of their own, so files of one worker can share them: loading them anew costs more than the tests.
    isolate: false,
    // Many tests wait for sockets and child processes: a core left free for vitest itself would be idle.
    maxWorkers: "100%",
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});
