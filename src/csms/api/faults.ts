import { z } from "zod";
import type { Faults } from "../faults/faults.ts";
import { Problem, type Route, route } from "./route.ts";
import { Fault, FaultParams, SetFault } from "./schemas.ts";

export function faultRoutes(faults: Faults): Route[] {
  return [
    route(
      { method: "get", path: "/faults", operationId: "listFaults", summary: "What is done wrong on purpose" },
      { answer: z.array(SetFault) },
      () => faults.list(),
    ),
    route(
      { method: "post", path: "/faults", operationId: "setFault", summary: "Does something wrong from now on" },
      { body: Fault, answer: SetFault },
      ({ body: { fault, station, action, times, delayMs } }) =>
        faults.set({
          fault,
          ...(station !== undefined && { station }),
          ...(action !== undefined && { action }),
          ...(times !== undefined && { times }),
          ...(delayMs !== undefined && { delayMs }),
        }),
    ),
    route(
      { method: "delete", path: "/faults", operationId: "clearFaults", summary: "Does nothing wrong any more" },
      {},
      () => faults.clear(),
    ),
    route(
      {
        ...{ method: "delete", path: "/faults/{id}", operationId: "removeFault" },
        ...{ summary: "Does this wrong no more", problems: [404] },
      },
      { params: FaultParams },
      ({ params: { id } }) => (faults.remove(id) ? undefined : new Problem(404, "there is no such fault")),
    ),
  ];
}
