/** How a station is, for those who watch over it: /healthz and /metrics. */
import type { LinkCounts, MqttBus } from "../../framework/bus/mqtt.ts";

export type Phase = "starting" | "running" | "idle" | "stopping";

export interface HealthSource {
  readonly phase: () => Phase;
  readonly modules: () => number;
  /** Milliseconds from the start until every module was ready. */
  readonly startedAfter: () => number | undefined;
  readonly bus: () => MqttBus | undefined;
}

export interface HealthSide {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws UserError when the port cannot be had. */
export async function serveHealth(source: HealthSource, host: string, port: number): Promise<HealthSide> {
  // Only stations that are watched pay for it.
  const [{ Hono }, { serveHttp }, { register }] = await Promise.all([
    import("hono"),
    import("../../csms/http.ts"),
    registryOf(source),
  ]);
  const app = new Hono();
  app.get("/healthz", (context) => {
    const health = healthOf(source);
    return context.json(health, health.status === "ok" ? 200 : 503);
  });
  app.get("/metrics", async (context) =>
    context.text(await register.metrics(), 200, { "Content-Type": register.contentType }),
  );
  return serveHttp(app, host, port);
}

function healthOf(source: HealthSource) {
  const [phase, reach] = [source.phase(), source.bus()?.reach];
  const isComplete = reach?.complete ?? true;
  return {
    status: phase === "running" && isComplete ? "ok" : "unavailable",
    phase,
    modules: source.modules(),
    ...(!isComplete && { unreachable: reach?.missing }),
  };
}

async function registryOf(source: HealthSource) {
  const { collectDefaultMetrics, Gauge, Counter, Registry } = await import("prom-client");
  const register = new Registry();
  collectDefaultMetrics({ register });
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      ...{ name, help, registers: [register] },
      collect() {
        this.set(value());
      },
    });
  gauge("plugcharge_up", "1 when every module is ready", () => (source.phase() === "running" ? 1 : 0));
  gauge("plugcharge_modules", "modules in this process", source.modules);
  gauge("plugcharge_start_seconds", "time until every module was ready", () => (source.startedAfter() ?? 0) / 1000);
  gauge("plugcharge_reach", "1 when the broker and the modules of other processes can be reached", () =>
    (source.bus()?.reach.complete ?? true) ? 1 : 0,
  );
  const counts: readonly [keyof LinkCounts, string][] = [
    ["sent", "messages given to the broker"],
    ["received", "messages taken from the broker"],
    ["failed", "messages that were given up, or perhaps not sent"],
    ["connections", "connections to the broker that were made"],
  ];
  for (const [key, help] of counts) {
    new Counter({
      ...{ name: `plugcharge_mqtt_${key}_total`, help, labelNames: ["topics"], registers: [register] },
      collect() {
        this.reset();
        const all = source.bus()?.counts;
        for (const topics of ["internal", "external"] as const) this.inc({ topics }, all?.[topics][key] ?? 0);
      },
    });
  }
  return { register };
}
