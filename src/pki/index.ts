/** Test PKIs: made, made wrong on purpose, and written in the layouts people use. */
export { createDraft, type Draft, type DraftOptions, defaultOcspUrl, type Holder, issue } from "./draft.ts";
export { type Fault, faults, findFault } from "./faults.ts";
export type { Audience, LayoutName, PkiFile, PkiView } from "./layout.ts";
export { type LoadOptions, loadPki } from "./load.ts";
export { type MemberId, type MemberRow, member, members } from "./members.ts";
export { ocspFiles } from "./ocspData.ts";
export { createOcspSigners, createPki, type OcspSigner, type Pki, type PkiOptions } from "./pki.ts";
export { type Reissued, reissue } from "./reissue.ts";
export { createTestPki, requireFault, type TestPki, type TestPkiOptions } from "./testPki.ts";
export { type WriteOptions, writeFiles, writePki } from "./write.ts";
