import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { anyJson } from "./scalars.ts";

/** A persistent store of values under keys; an unknown key holds null. */
export const kvs = defineInterface({
  name: "kvs",
  cmds: {
    store: { args: { key: z.string().regex(/^[A-Za-z0-9_.]*$/), value: anyJson }, result: z.null() },
    load: { args: { key: z.string().regex(/^[A-Za-z0-9_.]+$/) }, result: anyJson },
    delete: { args: { key: z.string().regex(/^[A-Za-z0-9_.]+$/) }, result: z.null() },
    exists: { args: { key: z.string().regex(/^[A-Za-z0-9_.]+$/) }, result: z.boolean() },
  },
});
