/** Values of keys as the text of variables. */
import { z } from "zod";
import { fromText, plainSchema } from "../configuration/values.ts";

/** What a variable must be to hold a key of this kind. */
export function textKind(schema: z.ZodType): "boolean" | "integer" | "decimal" | "string" {
  const plain = plainSchema(schema);
  if (plain instanceof z.ZodBoolean) return "boolean";
  if (!(plain instanceof z.ZodNumber)) return "string";
  return plain.isInt ? "integer" : "decimal";
}

/** Undefined when the text says nothing that fits. */
export function readText(schema: z.ZodType, text: string): unknown {
  if (!(plainSchema(schema) instanceof z.ZodArray)) return fromText(schema, text);
  // EVerest parts ciphers by colons.
  const list = text.split(/[,:]/).map((one) => one.trim());
  const value = list.filter((one) => one !== "");
  return schema.safeParse(value).success ? value : undefined;
}
