/** All functional blocks of an OCPP 1.6 charge point, each given the others that it works with. */
import type { Online } from "../block.ts";
import type { MessageQueue } from "../queue.ts";
import { SecurityEvents } from "../securityEvents.ts";
import type { Publishing } from "../smartCharging/limits.ts";
import { Authorization } from "./authorization.ts";
import { Availability } from "./availability.ts";
import { bootBlock } from "./boot.ts";
import { certificatesBlock } from "./certificates.ts";
import type { Block, Core } from "./core.ts";
import { DataTransfer } from "./dataTransfer.ts";
import { Firmware } from "./firmware.ts";
import { LocalListBlock } from "./localList.ts";
import { Logs } from "./logs.ts";
import { Notices } from "./notices.ts";
import { ocspBlock, ocspUpdater } from "./ocsp.ts";
import { PncRequests } from "./pncRequests.ts";
import { Remote } from "./remote.ts";
import { Reservations } from "./reservations.ts";
import { Reset } from "./reset.ts";
import { isCritical } from "./security.ts";
import { SecurityProfile } from "./securityProfile.ts";
import { Settings } from "./settings.ts";
import { certificateSigning } from "./signing.ts";
import { SmartCharging } from "./smartCharging/block.ts";
import { StatusNotifications } from "./statusNotifications.ts";
import { AuthCache, LocalList } from "./tokens.ts";
import { TransactionAnswers } from "./transactionAnswers.ts";
import { Transactions } from "./transactions.ts";
import { triggerBlock } from "./triggers.ts";

export type Blocks = ReturnType<typeof makeBlocks>;

/** @param announce told when the CSMS may be spoken to. */
export function makeBlocks(core: Core, queue: MessageQueue, publishing: Publishing, announce: (how: Online) => void) {
  const cache = new AuthCache(core.database, core.config, core.clock);
  const list = new LocalList(core.database);
  const silenced = () => core.config.value("DisableSecurityEventNotifications");
  const events = new SecurityEvents({ ...core, queue, isCritical, silenced });
  const notices = new Notices(core, queue);
  const boot = bootBlock(core, announce);
  const status = new StatusNotifications(core, notices);
  const transactions = new Transactions(core, queue, notices);
  const smartCharging = new SmartCharging(core, transactions, publishing);
  const availability = new Availability(core, status, transactions);
  const firmware = new Firmware(core, { notices, availability, events });
  const logs = new Logs(core, notices);
  const ocsp = ocspUpdater(core);
  const signing = certificateSigning(core, events, () => ocsp.update());
  const dataTransfer = new DataTransfer(core, new PncRequests(core, signing, events));
  const securityProfile = new SecurityProfile(core);
  const authorization = new Authorization(core, cache, list);
  const reset = new Reset(core, queue, transactions, events);
  const answers = new TransactionAnswers(core, cache, transactions);
  const others: readonly Block[] = [
    ...[ocspBlock(core, ocsp), signing, certificatesBlock(core, signing, events)],
    ...[new LocalListBlock(core, list), new Reservations(core, status)],
    new Remote(core, { status, transactions, smartCharging }),
    triggerBlock(core, { boot, status, transactions, firmware, logs, signing }),
  ];
  const blocks = { boot, status, authorization, transactions, smartCharging, availability, firmware, logs };
  const more = { dataTransfer, securityProfile, reset, settings: new Settings(core, securityProfile) };
  const all: readonly Block[] = [...Object.values(blocks), ...Object.values(more), ...others];
  return { ...blocks, ...more, answers, events, all };
}
