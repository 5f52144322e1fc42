/** Stations: who may connect, what they have told, and asking them. */
import { z } from "zod";
import { InvalidAnswer } from "../../ocpp/endpoint.ts";
import { CallTimeout, NotConnected, Overloaded, RpcError } from "../../rpc/errors.ts";
import { isoTime } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import type { Connections } from "../connections.ts";
import { PncRefused } from "../handlers/v16/pnc.ts";
import type { KnownStation, StationAccounts } from "../store/stationAccounts.ts";
import type { StationRecord, StationStore } from "../store/stations.ts";
import { Problem, type Route, route } from "./route.ts";
import {
  Notice,
  NoticeQuery,
  Station,
  StationAccess,
  StationAnswer,
  StationDetail,
  StationParams,
  StationRequest,
} from "./schemas.ts";

export interface StationParts {
  readonly accounts: StationAccounts;
  readonly stations: StationStore;
  readonly connections: Pick<Connections, "identities" | "request" | "disconnect">;
}

const unknown = () => new Problem(404, "there is no such station");

export function stationRoutes(parts: StationParts): Route[] {
  const { accounts, connections, stations } = parts;
  return [
    route(
      { method: "get", path: "/stations", operationId: "listStations", summary: "Stations that may connect, or did" },
      { answer: z.array(Station) },
      () => identitiesOf(parts).map((identity) => stationOf(identity, parts)),
    ),
    route(
      {
        ...{ method: "get", path: "/stations/{identity}", operationId: "getStation" },
        ...{ summary: "A station with its connectors", problems: [404] },
      },
      { params: StationParams, answer: StationDetail },
      ({ params: { identity } }) => {
        if (!identitiesOf(parts).includes(identity)) return unknown();
        return { ...stationOf(identity, parts), connectors: stations.connectors(identity) };
      },
    ),
    route(
      {
        ...{ method: "put", path: "/stations/{identity}", operationId: "setStation" },
        summary: "Lets a station connect, or changes how it proves who it is",
      },
      { params: StationParams, body: StationAccess, answer: Station },
      ({ params: { identity }, body: { profile, password } }) => {
        accounts.set({ identity, profile, ...(password !== undefined && { password }) });
        return stationOf(identity, parts);
      },
    ),
    route(
      {
        ...{ method: "delete", path: "/stations/{identity}", operationId: "removeStation" },
        ...{ summary: "Lets a station connect no more, and ends its connection", problems: [404] },
      },
      { params: StationParams },
      async ({ params: { identity } }) => {
        if (!accounts.remove(identity)) return unknown();
        await connections.disconnect(identity, "the station was removed");
        return undefined;
      },
    ),
    route(
      {
        ...{ method: "get", path: "/stations/{identity}/notices", operationId: "listNotices" },
        summary: "What a station has told that is kept as it came: security events, meter values, …",
      },
      { params: StationParams, query: NoticeQuery, answer: z.array(Notice) },
      ({ params: { identity }, query: { limit } }) =>
        stations
          .notices(identity, limit)
          .map(({ receivedAt, ...notice }) => ({ ...notice, receivedAt: isoTime(receivedAt) })),
    ),
    route(
      {
        ...{ method: "post", path: "/stations/{identity}/requests", operationId: "sendRequest" },
        ...{ summary: "Asks a station anything that its version of OCPP has, and gives its answer" },
        problems: [409, 502, 503, 504],
      },
      { params: StationParams, body: StationRequest, answer: StationAnswer },
      async ({ params: { identity }, body }) => {
        try {
          return { answer: await connections.request(identity, body) };
        } catch (error) {
          return problemOf(error);
        }
      },
    ),
  ];
}

/** @throws what is no station's and no person's fault. */
function problemOf(error: unknown): Problem {
  if (error instanceof UserError) return new Problem(400, error.message);
  if (error instanceof NotConnected) return new Problem(409, error.message);
  if (error instanceof CallTimeout) return new Problem(504, error.message);
  if (error instanceof Overloaded) return new Problem(503, error.message);
  if (error instanceof RpcError) {
    const { code, description, details } = error;
    return new Problem(502, error.message, { code, description, details });
  }
  if (error instanceof InvalidAnswer || error instanceof PncRefused) return new Problem(502, error.message);
  throw error;
}

function identitiesOf({ accounts, stations }: StationParts): string[] {
  const all = [...accounts.list(), ...stations.list()].map(({ identity }) => identity);
  return [...new Set(all)].sort();
}

const never: Omit<StationRecord, "identity"> = {
  ...{ registration: null, vendor: null, model: null, serial: null, firmware: null },
  ...{ booted_at: null, seen_at: null, protocol: null },
};

function stationOf(identity: string, { accounts, connections, stations }: StationParts) {
  const account: KnownStation | undefined = accounts.find(identity);
  const { booted_at, seen_at, ...told } = stations.find(identity) ?? never;
  const at = (time: number | null) => (time === null ? null : isoTime(time));
  return {
    ...told,
    identity,
    profile: account?.profile ?? null,
    connected: connections.identities.includes(identity),
    bootedAt: at(booted_at),
    seenAt: at(seen_at),
  };
}
