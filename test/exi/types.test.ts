import { expect, expectTypeOf, test } from "vitest";
import {
  any,
  attribute,
  base64Binary,
  boolean,
  choice,
  element,
  enumeration,
  hexBinary,
  type Infer,
  long,
  namespace,
  optional,
  repeated,
  schemaSet,
  sequence,
  string,
  substitution,
  unsignedShort,
} from "../../src/exi/schema.ts";

const ns = namespace("urn:test");
const StatusType = ns.complexType({ Delay: element(unsignedShort) });
const Status = ns.abstract("Status", StatusType);
const AC_Status = ns.global("AC_Status", ns.extend(StatusType, { RCD: element(boolean) }));
const DC_Status = ns.global("DC_Status", ns.extend(StatusType, { Level: optional(long) }));

const MessageType = ns.complexType({
  "@Id": attribute(string(), { required: true }),
  "@Note": attribute(string()),
  Code: element(enumeration(["OK", "FAILED"])),
  Session: optional(hexBinary(8)),
  List: repeated(string(), 1, 5),
  Maybe: repeated(string(), 0, 5),
  Status: optional(substitution(Status, AC_Status, DC_Status)),
});
const Message = ns.global("Message", MessageType);
type Message = Infer<typeof Message>;

const KeyType = ns.complexType(
  {
    choice: choice({
      one: sequence({ Id: element(base64Binary()), Packet: optional(base64Binary()), any: any() }),
      two: sequence({ Packet: element(base64Binary()), any: any() }),
    }),
    more: repeated(choice({ Name: element(string()), any: any(1, 1), AC_Status: element(AC_Status) }), 1, 9),
  },
  { mixed: true },
);

test("a schema's values have the static type that the standard's tables state", () => {
  type Common = {
    readonly "@Id": string;
    readonly "@Note"?: string;
    readonly Code: "OK" | "FAILED";
    readonly Session?: Uint8Array;
    readonly List: readonly string[];
    readonly Maybe?: readonly string[];
  };
  expectTypeOf<Extract<Message, { AC_Status: unknown }>["AC_Status"]>().toEqualTypeOf<{
    readonly Delay: number;
    readonly RCD: boolean;
  }>();
  expectTypeOf<Message>().toMatchTypeOf<Common>();
  const status: Message = { "@Id": "a", Code: "OK", List: [], DC_Status: { Delay: 1, Level: 2n } };
  const none: Message = { "@Id": "a", Code: "OK", List: [] };
  // @ts-expect-error two members at once
  const two: Message = { ...status, AC_Status: { Delay: 1, RCD: true } };
  // @ts-expect-error an abstract head never occurs
  const head: Message = { ...none, Status: { Delay: 1 } };
  expect([status.DC_Status?.Delay, none.AC_Status, two, head]).toBeDefined();
});

test("groups spread their names into the value of their type", () => {
  const bytes = new Uint8Array(1);
  const one: Infer<typeof KeyType> = { Id: bytes, Name: ["a"] };
  const two: Infer<typeof KeyType> = { "#text": "t", Packet: bytes, AC_Status: undefinedless };
  expect([one.Name, two.Id]).toBeDefined();
  const simple = ns.simpleContent(string(), { "@Id": attribute(string()) });
  expectTypeOf<Infer<typeof simple>>().toEqualTypeOf<{ readonly "@Id"?: string; readonly "#text": string }>();
});
const undefinedless = [{ Delay: 1, RCD: true }];

test("a set knows its roots", () => {
  const set = schemaSet("test", { Message, Status, AC_Status, DC_Status });
  expectTypeOf(set.encode).parameter(0).toEqualTypeOf<"Message" | "AC_Status" | "DC_Status">();
});
