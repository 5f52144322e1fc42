/** All functional blocks, each given the others that it works with. */
import type { BootReasonEnumType } from "../../ocpp/v201/messages.generated.ts";
import type { Online } from "../block.ts";
import type { MessageQueue } from "../queue.ts";
import { SecurityEvents } from "../securityEvents.ts";
import type { Publishing } from "../smartCharging/limits.ts";
import { Authorization } from "./authorization.ts";
import { Availability } from "./availability.ts";
import { bootBlock } from "./boot.ts";
import { Certificates } from "./certificates.ts";
import { ClockAligned } from "./clockAligned.ts";
import type { Block, Core } from "./core.ts";
import { CustomerInformation } from "./customerInformation.ts";
import { DataTransfer } from "./dataTransfer.ts";
import { Firmware } from "./firmware.ts";
import { LocalListBlock } from "./localList.ts";
import { Logs } from "./logs.ts";
import { Monitoring } from "./monitoring.ts";
import { networkProfileBlock } from "./networkProfiles.ts";
import { ocspBlock, ocspUpdater } from "./ocsp.ts";
import { Provisioning } from "./provisioning.ts";
import { Remote } from "./remote.ts";
import { Reservations } from "./reservations.ts";
import { Reset } from "./reset.ts";
import { isCritical } from "./security.ts";
import { certificateSigning, signedBlock } from "./signing.ts";
import { SmartCharging } from "./smartCharging/block.ts";
import { AuthCache, LocalList } from "./tokens.ts";
import { Transactions } from "./transaction.ts";
import { TransactionAnswers } from "./transactionAnswer.ts";
import { triggerBlock } from "./triggers.ts";

export type Blocks = ReturnType<typeof makeBlocks>;

/** What the blocks need beside the core. */
export interface BlockOptions {
  readonly queue: MessageQueue;
  readonly bootReason: BootReasonEnumType;
  readonly publishing: Publishing;
  /** Told when the CSMS may be spoken to. */
  announce(how: Online): void;
}

export function makeBlocks(core: Core, { queue, bootReason, publishing, announce }: BlockOptions) {
  const cache = new AuthCache(core.database, core.model, core.clock);
  const list = new LocalList(core.database);
  const events = new SecurityEvents({ ...core, queue, isCritical });
  const boot = bootBlock(core, bootReason, announce);
  const authorization = new Authorization(core, cache, list);
  const transactions = new Transactions(core, queue);
  const smartCharging = new SmartCharging(core, transactions, publishing);
  const availability = new Availability(core, transactions);
  const certificates = new Certificates(core, events);
  const dataTransfer = new DataTransfer(core);
  const reset = new Reset(core, transactions, events);
  const firmware = new Firmware(core, availability, events);
  const logs = new Logs(core);
  const reservations = new Reservations(core);
  const ocsp = ocspUpdater(core);
  const signing = certificateSigning(core, events, () => ocsp.update());
  const aligned = new ClockAligned(core, transactions);
  const answers = new TransactionAnswers(core, cache, transactions);
  const others: readonly Block[] = [
    signedBlock(core, signing, events),
    new LocalListBlock(core, list),
    new Provisioning(core),
    networkProfileBlock(core),
    new Monitoring(core, queue, transactions),
    new CustomerInformation(core, cache, list),
    new Remote(core, availability, transactions, smartCharging),
    triggerBlock(core, { boot, availability, transactions, aligned, signing, firmware, logs }),
  ];
  const told = { boot, authorization, transactions, availability, certificates, dataTransfer, reset };
  const named = { ...told, firmware, logs, reservations, smartCharging };
  const all: readonly Block[] = [...Object.values(named), ocspBlock(ocsp), signing, aligned, ...others];
  /** `all`: every block, in the order in which they hear of the connection. */
  return { ...named, answers, events, all };
}
