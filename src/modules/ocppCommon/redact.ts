/** Messages as they may be published and kept: without the passwords and keys that a CSMS sets. */

const HIDDEN = "***";

/** Values of settings by these names, and members of messages called so, in lower case. */
const secrets: ReadonlySet<string> = new Set([
  "authorizationkey",
  "basicauthpassword",
  "apnpassword",
  "simpin",
  "vpnpassword",
  "vpnkey",
]);

/** SetNetworkProfile's connectionData.vpn has a `password` and a `key`; elsewhere a `key` names a setting. */
const vpnSecrets: readonly string[] = ["password", "key"];

/** The actions that carry secrets, and user information in addresses of files. An escape could hide any of the words. */
const suspicious = /ChangeConfiguration|SetVariables|SetNetworkProfile|@|\\u/;
const userInfo = /:\/\/([^/\s"@:]*):[^/\s"@]+@/g;

/** The same text unless a secret is in it. */
export function redacted(text: string): string {
  if (!suspicious.test(text)) return text;
  const shown = withoutSecrets(text);
  return shown.replace(userInfo, `://$1:${HIDDEN}@`);
}

function withoutSecrets(text: string): string {
  const frame = parsed(text);
  if (!Array.isArray(frame)) return text;
  const [, , action, payload] = frame as [number, string, unknown, unknown];
  if (!isObject(payload)) return text;
  switch (action) {
    case "ChangeConfiguration":
      return isSecret(payload.key) ? JSON.stringify(frame.with(3, { ...payload, value: HIDDEN })) : text;
    case "SetVariables": {
      const { setVariableData } = payload;
      if (!Array.isArray(setVariableData)) return text;
      return JSON.stringify(frame.with(3, { ...payload, setVariableData: setVariableData.map(withoutValue) }));
    }
    case "SetNetworkProfile":
      return JSON.stringify(frame.with(3, hidden(payload)));
    default:
      return text;
  }
}

function withoutValue(data: unknown): unknown {
  const { variable } = isObject(data) ? data : {};
  return isObject(data) && isObject(variable) && isSecret(variable.name) ? { ...data, attributeValue: HIDDEN } : data;
}

function hidden(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (isSecret(name)) return [name, HIDDEN];
      if (!isObject(member)) return [name, member];
      const inside = hidden(member);
      return [name, name === "vpn" ? withoutMembers(inside, vpnSecrets) : inside];
    }),
  );
}

function withoutMembers(value: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, names.includes(name) ? HIDDEN : it]));
}

function isSecret(name: unknown): boolean {
  return typeof name === "string" && secrets.has(name.toLowerCase());
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
