import { defineConfig } from "vitest/config";

/** `.ci/run` names a file here to count the tests by. */
const report = process.env["PLUGCHARGE_TEST_REPORT"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});
