import { nodeNetwork } from "../../src/transport/node.ts";
import { transportCompliance } from "./compliance.ts";

transportCompliance({ name: "Node TCP and UDP", network: nodeNetwork() });
