/** Messages as they may be published and kept: without the password that a CSMS sets. */

const HIDDEN = "***";

/** The same text unless a password is in it: ChangeConfiguration of 1.6, SetVariables of 2.0.1. */
export function redacted(text: string): string {
  // An escape could hide the words.
  if (!/ChangeConfiguration|SetVariables|\\u/.test(text)) return text;
  const frame = parsed(text);
  if (!Array.isArray(frame)) return text;
  const [, , action, payload] = frame as [number, string, unknown, unknown];
  if (action === "ChangeConfiguration" && isObject(payload) && isPassword(payload.key)) {
    return JSON.stringify(frame.with(3, { ...payload, value: HIDDEN }));
  }
  if (action === "SetVariables" && isObject(payload) && Array.isArray(payload.setVariableData)) {
    return JSON.stringify(frame.with(3, { ...payload, setVariableData: payload.setVariableData.map(withoutValue) }));
  }
  return text;
}

function withoutValue(data: unknown): unknown {
  const { variable } = isObject(data) ? data : {};
  return isObject(data) && isObject(variable) && isPassword(variable.name) ? { ...data, attributeValue: HIDDEN } : data;
}

function isPassword(name: unknown): boolean {
  return typeof name === "string" && ["authorizationkey", "basicauthpassword"].includes(name.toLowerCase());
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
