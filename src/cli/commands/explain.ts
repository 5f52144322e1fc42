/** `plugcharge explain`: what decides, as the code that decides has it. */
import { Command, Option } from "commander";
import { asJson, asMarkdown, asText } from "../explain/formats.ts";
import { type Version, versions } from "../explain/pncDecisions.ts";
import { type Io, writeLine } from "../io.ts";

interface Flags {
  readonly ocpp?: Version;
  readonly json: boolean;
  readonly markdown: boolean;
}

/** @param io the outside world. */
export function explainCommand(io: Pick<Io, "stdout">): Command {
  const decisions = new Command("pnc-decisions")
    .description("Print the decision tables of Plug & Charge: who may charge, whom the station asks, and why not.")
    .addOption(new Option("--ocpp <version>", "of one version only").choices(versions))
    .addOption(new Option("--json", "print JSON lines, one a row").default(false).conflicts("markdown"))
    .option("--markdown", "print what docs/reference/pnc-decisions.md holds", false)
    .action(async ({ ocpp, json, markdown }: Flags) => {
      const wanted = ocpp === undefined ? versions : [ocpp];
      const lines = (json ? asJson : markdown ? asMarkdown : asText)(wanted);
      for (const line of lines) await writeLine(io.stdout, line);
    });
  return new Command("explain").description("Print the rules that the station decides by.").addCommand(decisions);
}
