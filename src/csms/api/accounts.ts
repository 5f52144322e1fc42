/** Tokens and contracts. */
import { z } from "zod";
import { isoTime } from "../../util/clock.ts";
import type { AccountStore, TokenAccount } from "../store/accounts.ts";
import { Problem, type Route, route } from "./route.ts";
import { Contract, ContractParams, ContractState, Token, TokenParams, TokenState } from "./schemas.ts";

export function accountRoutes(accounts: AccountStore): Route[] {
  return [
    route(
      { method: "get", path: "/tokens", operationId: "listTokens", summary: "Tokens that may charge, or may not" },
      { answer: z.array(Token) },
      () => accounts.tokens().map(tokenOf),
    ),
    route(
      { method: "put", path: "/tokens/{type}/{idToken}", operationId: "setToken", summary: "Adds or changes a token" },
      { params: TokenParams, body: TokenState, answer: Token },
      ({ params, body: { expiresAt, status, groupIdToken } }) => {
        const account: TokenAccount = {
          ...params,
          ...(status !== undefined && { status }),
          ...(groupIdToken && { groupIdToken }),
          ...(expiresAt !== undefined && { expiresAt: Date.parse(expiresAt) }),
        };
        accounts.setTokens([account]);
        const set = accounts.token(params.idToken, params.type);
        return set ? tokenOf(set) : new Problem(404, "the token is gone");
      },
    ),
    route(
      {
        ...{ method: "delete", path: "/tokens/{type}/{idToken}", operationId: "removeToken" },
        ...{ summary: "Forgets a token", problems: [404] },
      },
      { params: TokenParams },
      ({ params: { idToken, type } }) =>
        accounts.removeToken(idToken, type) ? undefined : new Problem(404, "there is no such token"),
    ),
    route(
      { method: "get", path: "/contracts", operationId: "listContracts", summary: "Contracts, by their eMAIDs" },
      { answer: z.array(Contract) },
      () => accounts.contracts(),
    ),
    route(
      {
        ...{ method: "put", path: "/contracts/{emaid}", operationId: "setContract" },
        summary: "Adds a contract, or changes its status and its cars",
      },
      { params: ContractParams, body: ContractState, answer: Contract },
      ({ params: { emaid }, body: { status, pcids } }) => {
        accounts.setContracts([{ emaid, ...(status !== undefined && { status }), ...(pcids && { pcids }) }]);
        return contractOf(accounts, emaid);
      },
    ),
    route(
      {
        ...{ method: "delete", path: "/contracts/{emaid}", operationId: "removeContract" },
        ...{ summary: "Forgets a contract with its certificates and cars", problems: [404] },
      },
      { params: ContractParams },
      ({ params: { emaid } }) =>
        accounts.removeContract(emaid) ? undefined : new Problem(404, "there is no such contract"),
    ),
  ];
}

function tokenOf({ expiresAt, ...token }: TokenAccount) {
  return { ...token, ...(expiresAt !== undefined && { expiresAt: isoTime(expiresAt) }) };
}

function contractOf(accounts: AccountStore, emaid: string) {
  const found = accounts.contracts().find((contract) => accounts.sameContract(contract.emaid, emaid));
  return found ?? new Problem(404, "there is no such contract");
}
