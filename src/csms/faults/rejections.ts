/** How each message is refused in the words of its version. */
import { isoTime } from "../../util/clock.ts";

/** Seconds after which a station that was not accepted may try again: short, as it is for a test. */
const BOOT_INTERVAL = 1;

const boot = (now: number) => ({ status: "Rejected", currentTime: isoTime(now), interval: BOOT_INTERVAL });
const rejected = () => ({ status: "Rejected" });
const failed = () => ({ status: "Failed" });

type Rejections = Readonly<Record<string, (now: number) => object>>;

/** In OCPP 2.0.1 and 2.1, and inside of the DataTransfers of 1.6. */
const rejections2: Rejections = {
  Authorize: () => ({ idTokenInfo: { status: "Invalid" } }),
  BootNotification: boot,
  Get15118EVCertificate: () => ({ status: "Failed", exiResponse: "" }),
  GetCertificateStatus: failed,
  SignCertificate: rejected,
};

const rejections16: Rejections = {
  Authorize: () => ({ idTagInfo: { status: "Invalid" } }),
  BootNotification: boot,
  DataTransfer: rejected,
  SignCertificate: rejected,
};

/** Undefined where only a CALLERROR can say it. @param protocol the WebSocket subprotocol. @param now milliseconds since 1970. */
export function rejection(protocol: string, action: string, now: number): object | undefined {
  return (protocol === "ocpp1.6" ? rejections16 : rejections2)[action]?.(now);
}

/** The answer to a DataTransfer whose message inside is refused; undefined where there is no such message. */
export function innerRejection(messageId: string, now: number): object | undefined {
  const inner = rejections2[messageId]?.(now);
  return inner && { status: "Accepted", data: JSON.stringify(inner) };
}
