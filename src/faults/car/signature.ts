/** A car's faults in the proof that the contract is its own: challenge and signature of AuthorizationReq. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { iso2, type Messages } from "../../iso15118/iso2/index.ts";
import { signFragments } from "../../iso15118/signature.ts";
import { type Signature, type SignedInfo, xmldsig } from "../../iso15118/xmldsig.ts";
import { InternalError } from "../../util/errors.ts";
import { replaceOctets } from "../bits.ts";
import type { Context, Fault, How } from "../fault.ts";
import { body, frame, group, header, messageOf, noService, payload, type Row, rewritten } from "../make.ts";
import { says } from "../reaction.ts";

const at = "AuthorizationReq";

const signatureError = [says("AuthorizationRes", "FAILED_SignatureError")];
const challengeError = [says("AuthorizationRes", "FAILED_ChallengeInvalid")];
const anyError = [says("AuthorizationRes", "FAILED_SignatureError", "FAILED_ChallengeInvalid")];

/** The header's signature is another one. */
function signature(change: (signature: Signature, context: Context) => Signature): How {
  return header((honest, context) => ({ ...honest, Signature: change(honest.Signature as Signature, context) }));
}

function badly(name: string, about: string, change: Parameters<typeof signature>[0]): Row {
  return { name, about, at, expect: signatureError, how: signature(change) };
}

function keyOf({ key }: Context): KeyObject {
  if (!key) throw new InternalError("a fault in a signature needs the contract's key");
  return key;
}

/** Another SignedInfo, signed by the right key. */
const signed =
  (change: (info: SignedInfo) => SignedInfo) =>
  ({ SignedInfo: honest }: Signature, context: Context) => {
    const SignedInfo = change(honest);
    return { SignedInfo, ...signatureValue(xmldsig.encodeFragment("SignedInfo", SignedInfo), keyOf(context)) };
  };

function signatureValue(octets: Uint8Array, key: KeyObject, dsaEncoding: "ieee-p1363" | "der" = "ieee-p1363") {
  return { SignatureValue: { "#text": new Uint8Array(sign("sha256", octets, { key, dsaEncoding })) } };
}

type Reference = SignedInfo["Reference"][number];
const referring = (change: (reference: Reference) => Reference) =>
  signed((info) => ({ ...info, Reference: info.Reference.map(change) }));

const flipped = (octets: Uint8Array) => octets.with(0, (octets[0] ?? 0) ^ 0xff);

/** Another challenge, under a signature that fits it. */
const challenge = (change: (challenge: Uint8Array, context: Context) => Uint8Array) =>
  body(at, (request, context) => ({
    ...request,
    GenChallenge: change(request.GenChallenge ?? new Uint8Array(0), context),
  }));

/** What a car has said in the session before, in this one. */
const replayed: How = {
  seam: "message",
  after: "watch",
  rehearse: true,
  turns: (_, context) => {
    const { Header, Body } = messageOf(context.rehearsed(at)?.document);
    const { SessionID, set } = context;
    return [[frame(set.encode("V2G_Message", { Header: { ...Header, SessionID }, Body }))]];
  },
};

export const proof: readonly Fault[] = group(
  "ev",
  "signature",
  {
    rule: "[V2G2-475], ISO 15118-2, 7.9.2.4",
    danger: "anyone who has seen a contract certificate charges at its owner's expense",
    needs: { protocol: "ISO 15118-2", payment: "Contract" },
    attacks: ["C01"],
  },
  [
    {
      ...{ name: "missing", about: "the right challenge without a signature", at, expect: signatureError },
      how: header(({ SessionID }) => ({ SessionID })),
    },
    badly(
      "wrong-digest",
      "a digest that is not that of the element",
      referring((reference) => ({
        ...reference,
        DigestValue: flipped(reference.DigestValue),
      })),
    ),
    badly("wrong-value", "a signature of which one octet is another", ({ SignatureValue, ...rest }) => ({
      ...rest,
      SignatureValue: { "#text": flipped(SignatureValue["#text"]) },
    })),
    badly("other-key", "a signature by a key that is not the contract's", ({ SignedInfo }) => ({
      SignedInfo,
      ...signatureValue(
        xmldsig.encodeFragment("SignedInfo", SignedInfo),
        generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
      ),
    })),
    badly("der", "the signature as DER instead of r and s of 32 octets each", ({ SignedInfo }, context) => ({
      SignedInfo,
      ...signatureValue(xmldsig.encodeFragment("SignedInfo", SignedInfo), keyOf(context), "der"),
    })),
    badly("empty", "a signature without a value", ({ SignedInfo }) => ({
      SignedInfo,
      SignatureValue: { "#text": new Uint8Array(0) },
    })),
    badly("zeros", "r and s are zero, which fits every message in a bad implementation", ({ SignedInfo }) => ({
      SignedInfo,
      SignatureValue: { "#text": new Uint8Array(64) },
    })),
    badly(
      "message-schema",
      "SignedInfo coded by the message's schemas instead of xmldsig's alone",
      (honest, context) => ({
        SignedInfo: honest.SignedInfo,
        ...signatureValue(iso2.encodeFragment("SignedInfo", honest.SignedInfo), keyOf(context)),
      }),
    ),
    badly(
      "other-reference",
      "a reference to an element that is not there",
      referring((reference) => ({
        ...reference,
        "@URI": "#id2",
      })),
    ),
    badly(
      "two-references",
      "two references, the second to nothing",
      signed((info) => ({
        ...info,
        Reference: [...info.Reference, { ...(info.Reference[0] as Reference), "@URI": "#id2" }],
      })),
    ),
    badly(
      "sha1",
      "SHA-1 named as the digest",
      referring((reference) => ({
        ...reference,
        DigestMethod: { "@Algorithm": "http://www.w3.org/2000/09/xmldsig#sha1" },
      })),
    ),
    badly(
      "rsa",
      "RSA named as the way to sign",
      signed((info) => ({
        ...info,
        SignatureMethod: { "@Algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" },
      })),
    ),
    {
      ...{ name: "missing-id", about: "a signature over an element without its Id", at, expect: signatureError },
      how: body(at, ({ GenChallenge }) => ({ ...(GenChallenge && { GenChallenge }) })),
    },
    {
      ...{ name: "other-element", about: "a good signature over another element of the same Id", at },
      ...{ expect: signatureError, how: signature((_, context) => otherElement(context)) },
    },
    {
      ...{ name: "wrong-challenge", about: "a challenge that nobody gave, well signed", at, expect: challengeError },
      how: challenge(flipped),
    },
    {
      ...{ name: "zero-challenge", about: "a challenge of zeros, well signed", at, expect: challengeError },
      how: challenge((given) => new Uint8Array(given.length)),
    },
    {
      ...{
        name: "short-challenge",
        about: "the first 8 octets of the challenge, well signed",
        at,
        expect: challengeError,
      },
      how: challenge((given) => given.subarray(0, 8)),
    },
    {
      ...{ name: "long-challenge", about: "a challenge of 17 octets", at, expect: [...noService(at), ...anyError] },
      how: payload((exi, _, { body }) => {
        const { GenChallenge: given = new Uint8Array(0) } = body as Messages[typeof at];
        return replaceOctets(exi, given, Uint8Array.of(...given, 0));
      }),
    },
    {
      ...{ name: "no-challenge", about: "a signature, but no challenge", at, expect: anyError },
      how: body(at, ({ GenChallenge: _, ...rest }) => rest),
    },
    {
      ...{ name: "empty-request", about: "neither challenge nor signature", at, expect: anyError },
      how: {
        ...{ seam: "message", after: "watch" },
        turns: (_, context) => [[frame(rewritten(at, { SessionID: context.SessionID }, {}, context))]],
      },
    },
    {
      ...{ name: "replayed", about: "what was said and signed in the session before", at, expect: challengeError },
      how: replayed,
      danger: "one recorded session is enough to charge at somebody's expense for ever",
    },
  ],
);

function otherElement(context: Context): Signature {
  const value = { "@Id": "id1", GenChallenge: new Uint8Array(16) };
  return signFragments({ elements: [{ set: iso2, name: at, id: "id1", value }], key: keyOf(context) });
}
