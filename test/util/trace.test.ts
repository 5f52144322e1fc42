import { describe, expect, it } from "vitest";
import { ManualClock } from "../../src/util/manualClock.ts";
import { Timeline, type TimelineOptions } from "../../src/util/trace.ts";

function tellThree(options?: TimelineOptions) {
  const clock = new ManualClock();
  const timeline = new Timeline(clock, options);
  const heard: string[] = [];
  const unsubscribe = timeline.subscribe(({ title }) => heard.push(title));
  for (const title of ["one", "two", "three"]) timeline.add({ step: 0, kind: "state", from: "EV", title });
  unsubscribe();
  timeline.add({ step: 0, kind: "state", from: "EV", title: "four" });
  return { clock, heard, timeline, kept: timeline.entries.map(({ title }) => title) };
}

describe("a timeline", () => {
  it("notes the time of each entry", () => {
    const { clock, timeline } = tellThree();
    expect(timeline.entries[0]).toEqual({ time: clock.now(), step: 0, kind: "state", from: "EV", title: "one" });
  });

  it.each([
    [undefined, ["one", "two", "three", "four"]],
    [{ keep: 2 }, ["three", "four"]],
    [{ keep: 0 }, []],
  ])("with %o keeps the latest, and tells of all until the listener leaves", (options, latest) => {
    const { heard, kept } = tellThree(options);
    expect(kept).toEqual(latest);
    expect(heard).toEqual(["one", "two", "three"]);
  });
});
