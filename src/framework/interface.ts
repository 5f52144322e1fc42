/** An EVerest interface as a TypeScript value: commands, variables and errors with types inferred from zod. */
import type { z } from "zod";

/** Nothing in it; `keyof Empty` is `never`. */
export type Empty = Record<never, never>;

/** `args` are passed by name, as EVerest does; `result` is `z.null()` for a command that answers nothing. */
export interface CommandDefinition {
  readonly args: Readonly<Record<string, z.ZodType>>;
  readonly result: z.ZodType;
}

/** What one module may ask of another. Names are EVerest's, so that the value describes the wire too. */
export interface InterfaceDefinition {
  readonly name: string;
  readonly cmds: Readonly<Record<string, CommandDefinition>>;
  readonly vars: Readonly<Record<string, z.ZodType>>;
  /** Error types that an implementation may raise, each `<error file>/<Name>`. */
  readonly errors: readonly string[];
}

/** Completes and types an interface; `cmds`, `vars` and `errors` that are left out are empty. */
export function defineInterface<
  const Name extends string,
  const Cmds extends Readonly<Record<string, CommandDefinition>> = Empty,
  const Vars extends Readonly<Record<string, z.ZodType>> = Empty,
  const Errors extends readonly string[] = readonly [],
>(definition: { name: Name; cmds?: Cmds; vars?: Vars; errors?: Errors }) {
  const { name, cmds, vars, errors } = definition;
  return { name, cmds: cmds ?? {}, vars: vars ?? {}, errors: errors ?? [] } as {
    readonly name: Name;
    readonly cmds: Cmds;
    readonly vars: Vars;
    readonly errors: Errors;
  };
}

/** The arguments of a command, by name. */
export type ArgumentsOf<Command extends CommandDefinition> = {
  [Name in keyof Command["args"]]: z.infer<Command["args"][Name]>;
};

export type ResultOf<Command extends CommandDefinition> = z.infer<Command["result"]>;

export type CommandName<I extends InterfaceDefinition> = keyof I["cmds"] & string;
export type VariableName<I extends InterfaceDefinition> = keyof I["vars"] & string;
export type ErrorType<I extends InterfaceDefinition> = I["errors"][number];

export type VariableValue<I extends InterfaceDefinition, Name extends VariableName<I>> = z.infer<I["vars"][Name]>;

/** What a module must write to provide an interface: one function per command. */
export type Commands<I extends InterfaceDefinition> = {
  readonly [Name in keyof I["cmds"]]: (
    args: ArgumentsOf<I["cmds"][Name]>,
  ) => ResultOf<I["cmds"][Name]> | Promise<ResultOf<I["cmds"][Name]>>;
};

/** A command's name with its arguments; these may be left out when it takes none. */
export type CallArguments<
  I extends InterfaceDefinition,
  Name extends CommandName<I>,
> = keyof I["cmds"][Name]["args"] extends never ? [command: Name] : [command: Name, args: ArgumentsOf<I["cmds"][Name]>];
