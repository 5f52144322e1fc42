import { createRequire } from "node:module";

const manifest: { version: string } = createRequire(import.meta.url)("../../package.json");

/** Of plugcharge. */
export const { version } = manifest;
