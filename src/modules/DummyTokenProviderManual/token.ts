/** A token as someone outside writes it: EVerest's ProvidedIdToken as JSON. */
import { ProvidedIdToken } from "../../interfaces/types/authorization.ts";
import { UserError } from "../../util/errors.ts";

/** Keys that no token has are left out, as in EVerest. */
const Payload = ProvidedIdToken.strip();

/** @throws UserError that says what is wrong with it; never with the token's value. */
export function parseToken(payload: string): ProvidedIdToken {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    throw new UserError("the token is no JSON", { expected: "a ProvidedIdToken" });
  }
  const read = Payload.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new UserError(`the token's ${issue?.path.join(".") || "form"} is wrong: ${issue?.message}`, {
    expected: '{"id_token": {"value": …, "type": …}, "authorization_type": …}',
  });
}
