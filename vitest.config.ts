import { defineConfig } from "vitest/config";

/** `.ci/run` names a file here to count the tests by. */
const report = process.env["PLUGCHARGE_TEST_REPORT"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    // Many tests wait for sockets and child processes: a core left free for vitest itself would be idle.
    maxWorkers: "100%",
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});
