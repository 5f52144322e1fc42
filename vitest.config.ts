import { availableParallelism } from "node:os";
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
    // Many tests wait for sockets, child processes and cars that take their time: with a worker a core, cores would be idle.
    maxWorkers: availableParallelism() + 1,
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});
