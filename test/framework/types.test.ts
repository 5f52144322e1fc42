/** What the compiler must refuse. Each line after an expectation fails the type check of `npm test` when it compiles. */
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { defineInterface } from "../../src/framework/interface.ts";
import { defineManifest } from "../../src/framework/manifest.ts";
import { defineModule, type ModuleContext } from "../../src/framework/module.ts";

const lamp = defineInterface({
  name: "lamp",
  cmds: {
    set: { args: { on: z.boolean(), percent: z.int() }, result: z.boolean() },
    reset: { args: {}, result: z.null() },
  },
  vars: { brightness: z.number() },
  errors: ["lamp/Broken"],
});
const plain = defineManifest({ description: "A lamp", provides: { main: { interface: lamp } } });
const manifest = defineManifest({
  description: "A lamp that follows another",
  config: z.object({ watts: z.number().default(5), colour: z.enum(["red", "blue"]) }),
  provides: { main: { interface: lamp, config: z.object({ slot: z.int() }) } },
  requires: { leader: { interface: lamp, min: 1, max: 2 } },
});
const reset = () => null;

describe("the types of modules", () => {
  it("infers configuration, commands, variables and errors", () => {
    const module = defineModule(manifest, (ctx) => {
      expectTypeOf(ctx.config).toEqualTypeOf<{ watts: number; colour: "red" | "blue" }>();
      expectTypeOf(ctx.implConfig.main).toEqualTypeOf<{ slot: number }>();
      ctx.requires.leader[0]?.subscribe("brightness", (value) => {
        expectTypeOf(value).toEqualTypeOf<number>();
      });
      return {
        provides: {
          main: {
            set: async ({ on, percent }) => {
              expectTypeOf(percent).toEqualTypeOf<number>();
              await ctx.requires.leader[0]?.call("reset");
              return on;
            },
            reset,
          },
        },
      };
    });
    expect(module.manifest).toBe(manifest);
  });

  it("gives a module without configuration and requirements an empty context", () => {
    defineModule(plain, (ctx) => {
      expectTypeOf(ctx.config).toEqualTypeOf<Record<string, never>>();
      expectTypeOf<keyof typeof ctx.requires>().toBeNever();
      return { provides: { main: { set: () => true, reset } } };
    });
  });

  it("refuses a missing and a wrongly typed command", () => {
    // @ts-expect-error reset is missing
    defineModule(plain, () => ({ provides: { main: { set: () => true } } }));
    // @ts-expect-error set answers a boolean
    defineModule(plain, () => ({ provides: { main: { set: () => "yes", reset } } }));
    // @ts-expect-error percent is a number
    defineModule(plain, () => ({ provides: { main: { set: (args: { percent: string }) => !args, reset } } }));
    // @ts-expect-error main is missing
    defineModule(plain, () => ({ provides: {} }));
  });

  it("refuses wrong calls, variables and errors", () => {
    const use = (ctx: ModuleContext<typeof manifest>) => {
      const leader = ctx.requires.leader[0];
      // @ts-expect-error unknown command
      leader?.call("blink");
      // @ts-expect-error missing arguments
      leader?.call("set");
      // @ts-expect-error wrong type of an argument
      leader?.call("set", { on: 1, percent: 1 });
      // @ts-expect-error unknown variable
      leader?.subscribe("colour", () => {});
      // @ts-expect-error unknown variable
      ctx.provides.main.publish("colour", 1);
      // @ts-expect-error wrong type of a value
      ctx.provides.main.publish("brightness", "bright");
      // @ts-expect-error not an error of a lamp
      ctx.provides.main.raiseError("lamp/Stolen", { message: "gone" });
      // @ts-expect-error unknown requirement
      return ctx.requires.follower;
    };
    expect(use).toBeTypeOf("function");
  });
});
