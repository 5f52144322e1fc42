import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commands } from "../../../src/modules/EvManager/commands.ts";
import { parseScript } from "../../../src/modules/EvManager/script.ts";
import { UserError } from "../../../src/util/errors.ts";

const all = { slac: true, ev: true };
const texts = (script: string, connections = all) => parseScript(script, connections).map(({ text }) => text);

/** The scripts of EVerest's Node-RED flows and test drivers. */
const standard = {
  "AC, ISO 15118":
    "sleep 1;iso_wait_slac_matched;iso_start_v2g_session AC 86400 0;iso_wait_pwr_ready;iso_draw_power_regulated 16,3;iso_wait_for_stop 36000",
  "end and unplug": "iso_stop_charging;iso_wait_v2g_session_stopped;unplug",
  pause: "iso_pause_charging;iso_wait_for_resume",
  resume:
    "iso_start_bcb_toggle 3;iso_wait_pwm_is_running;iso_start_v2g_session AC 86400 0;iso_wait_pwr_ready;iso_draw_power_regulated 16,3;iso_wait_for_stop 36000",
  "AC without ISO 15118": "sleep 1;iec_wait_pwr_ready;sleep 1;draw_power_regulated 16,3;sleep 36000;unplug",
  DC: "sleep 1;iso_wait_slac_matched;iso_start_v2g_session DC 86400 0;iso_wait_pwr_ready;iso_wait_for_stop 60;iso_wait_v2g_session_stopped;unplug",
  "contract only": "iso_start_v2g_session AC contract 86400 0",
};

describe("a script", () => {
  it.each(Object.entries(standard))("of EVerest is taken: %s", (_name, script) => {
    expect(texts(script)).toEqual(script.toLowerCase().split(";"));
  });

  it("is divided by semicolons and new lines, in any case, with empty commands between", () => {
    expect(texts(" Sleep 1 ;\nUNPLUG;;\r\n\n pause;")).toEqual(["sleep 1", "unplug", "pause"]);
    expect(texts("")).toEqual([]);
  });

  it("takes any run of spaces and commas between arguments", () => {
    expect(() => parseScript("draw_power_regulated 16,3;draw_power_fixed 16 3", all)).not.toThrow();
    // The doubled space leaves the payment option empty in EVerest; here it is left out. Both mean automatic.
    expect(() => parseScript("iso_start_v2g_session AC  86400 0", all)).not.toThrow();
  });

  it("knows every command by its usage", () => {
    for (const [name, { usage }] of Object.entries(commands)) expect(usage.split(" ")[0]).toBe(name);
  });

  it("never fails in another way than by saying what is wrong", () => {
    const word = fc.oneof(fc.constantFrom(...Object.keys(commands), "1", "-1", "16,3", "ac", "__proto__"), fc.string());
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 5 }), { maxLength: 4 }), (lines) => {
        const script = lines.map((words) => words.join(" ")).join(";");
        try {
          parseScript(script, all);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });
});

describe("bad case: a script with", () => {
  const fault = (script: string, connections = all) => {
    try {
      parseScript(script, connections);
    } catch (error) {
      if (error instanceof UserError) return error.describe();
    }
    return expect.unreachable("accepted");
  };

  it.each([
    [
      "an unknown command",
      "sleep 1;iso_wait_slac_machted",
      /^there is no command 'iso_wait_slac_machted' \(expected one of sleep, .*\)\. Did you mean 'iso_wait_slac_matched'\?$/,
    ],
    ["the name of what every object has", "constructor", /^there is no command 'constructor'/],
    [
      "too few arguments",
      "draw_power_regulated 16",
      /^'draw_power_regulated 16' has 1 arguments \(expected draw_power_regulated AMPERE,PHASES\)$/,
    ],
    ["too many arguments", "unplug now", /^'unplug now' has 1 arguments \(expected unplug\)$/],
    [
      "no arguments where some belong",
      "iso_start_v2g_session",
      /has 0 arguments \(expected iso_start_v2g_session AC\|DC/,
    ],
    [
      "a word for a number",
      "sleep long",
      /^'sleep long': 'long' is not a number of at least 0 \(expected sleep SECONDS\)$/,
    ],
    ["a number with something behind it", "sleep 5s", /'5s' is not a number/],
    ["a negative time", "sleep -1", /'-1' is not a number of at least 0/],
    ["endless time", "sleep Infinity", /'infinity' is not a number/],
    ["a state of charge beyond full", "set_soc 101", /'101' is not a number from 0 to 100/],
    ["half a toggle", "iso_start_bcb_toggle 1.5", /'1.5' is not an integer/],
    ["an unknown energy mode", "iso_start_v2g_session wireless", /'wireless' is not one of ac, dc/],
  ])("%s is rejected", (_name, script, message) => {
    expect(fault(script)).toMatch(message);
  });

  it("a command that needs a missing connection is rejected with the connection's name", () => {
    expect(fault("iso_wait_slac_matched", { slac: false, ev: true })).toMatch(
      /^'iso_wait_slac_matched' needs a connection 'slac' .*\. Connect requirement 'slac' of EvManager\.$/,
    );
    expect(fault("iso_stop_charging", { slac: true, ev: false })).toMatch(/needs a connection 'ev'/);
  });

  it("commands for drawing power and for PWM need no connection", () => {
    const script = "iso_wait_pwm_is_running;iso_draw_power_regulated 16,3";
    expect(texts(script, { slac: false, ev: false })).toHaveLength(2);
  });
});
