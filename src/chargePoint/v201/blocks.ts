/** All functional blocks, each given the others that it works with. */
import type { BootReasonEnumType } from "../../ocpp/v201/messages.generated.ts";
import type { Online } from "../block.ts";
import type { MessageQueue } from "../queue.ts";
import type { Registration } from "../registration.ts";
import { SecurityEvents } from "../securityEvents.ts";
import { Authorization } from "./authorization.ts";
import { Availability } from "./availability.ts";
import { bootBlock } from "./boot.ts";
import { Certificates } from "./certificates.ts";
import { ClockAligned } from "./clockAligned.ts";
import type { Block, Core } from "./core.ts";
import { DataTransfer } from "./dataTransfer.ts";
import { LocalListBlock } from "./localList.ts";
import { ocspBlock, ocspUpdater } from "./ocsp.ts";
import { Provisioning } from "./provisioning.ts";
import { Remote } from "./remote.ts";
import { Reset } from "./reset.ts";
import { isCritical } from "./security.ts";
import { certificateSigning, signedBlock } from "./signing.ts";
import { AuthCache, LocalList } from "./tokens.ts";
import { Transactions } from "./transaction.ts";
import { TransactionAnswers } from "./transactionAnswer.ts";
import { triggerBlock } from "./triggers.ts";

export interface Blocks {
  readonly boot: Registration;
  readonly authorization: Authorization;
  readonly transactions: Transactions;
  readonly answers: TransactionAnswers;
  readonly availability: Availability;
  readonly certificates: Certificates;
  readonly dataTransfer: DataTransfer;
  readonly reset: Reset;
  readonly events: SecurityEvents;
  /** Every block, in the order in which they hear of the connection. */
  readonly all: readonly Block[];
}

export function makeBlocks(
  core: Core,
  queue: MessageQueue,
  bootReason: BootReasonEnumType,
  announce: (how: Online) => void,
): Blocks {
  const cache = new AuthCache(core.database, core.model, core.clock);
  const list = new LocalList(core.database);
  const events = new SecurityEvents({ ...core, queue, isCritical });
  const boot = bootBlock(core, bootReason, announce);
  const authorization = new Authorization(core, cache, list);
  const transactions = new Transactions(core, queue);
  const availability = new Availability(core, transactions);
  const certificates = new Certificates(core, events);
  const dataTransfer = new DataTransfer(core);
  const reset = new Reset(core, transactions, events);
  const ocsp = ocspUpdater(core);
  const signing = certificateSigning(core, events, () => ocsp.update());
  const aligned = new ClockAligned(core, transactions);
  const answers = new TransactionAnswers(core, cache, transactions);
  const others = [
    signedBlock(core, signing, events),
    new LocalListBlock(core, list),
    new Provisioning(core),
    new Remote(core, availability, transactions),
    triggerBlock(core, { boot, availability, transactions, aligned, signing }),
  ];
  const named = { boot, authorization, transactions, availability, certificates, dataTransfer, reset };
  return { ...named, answers, events, all: [...Object.values(named), ocspBlock(ocsp), signing, aligned, ...others] };
}
