/* What the tests of the pure rooms are told of: a day with one visit, an item of the outbox, a phone on file. */
import type { File, Item, Write } from "../src/domain/outbox.ts";
import { untouched, type Day, type PhoneOnFile, type Progress, type Visit } from "../src/domain/visits.ts";

export const VISIT = "0195a000-0000-7000-8000-000000000001";
export const NINE = Date.parse("2026-03-10T01:00:00Z");
export const SEVENTEEN = Date.parse("2026-03-10T09:00:00Z");

export function write(changes: Partial<Write> = {}): Write {
  return { ...common(0), kind: "write", path: "/api/v1/visits", what: "contact", ...changes };
}

export function file(changes: Partial<File> = {}): File {
  return { ...common(1), kind: "file", evidence: "photo_far", open: false, ...changes };
}

let made = 0;

function common(rank: 0 | 1): Omit<Write, "kind" | "path" | "what"> {
  made += 1;
  const held = { lane: "small", state: "waiting" } satisfies Partial<Item>;
  return { id: `item-${made}`, visit: VISIT, ...held, rank, created: made, tries: 0, notBefore: 0, size: 10, sent: 0 };
}

export function progress(changes: Partial<Progress> = {}): Progress {
  return { ...untouched(VISIT), ...changes };
}

export function phone(changes: Partial<PhoneOnFile> = {}): PhoneOnFile {
  return { id: "phone-1", owner: "debtor", against: [], ...changes } as PhoneOnFile;
}

/** Of the server's answer only what the rules look at. */
export function visit(changes: Record<string, unknown> = {}): Visit {
  const { brief, ...others } = { brief: {}, ...changes };
  const lease = { valid_from: "2026-03-10T01:00:00Z", valid_until: "2026-03-10T09:00:00Z", state: "published" };
  const address = { text: "河南省新乡市原阳县平原路 8 号" };
  const plain = { id: VISIT, ...lease, address, point: null };
  return { hold: null, ...others, brief: { ...plain, ...(brief as object) } } as unknown as Visit;
}

export function day(changes: Record<string, unknown> = {}): Day {
  const policy = { visit_hours: ["08:00", "22:00"] };
  return { least_app_version: 1, consent: { given_at: "2026-03-01T00:00:00Z" }, policy, ...changes } as unknown as Day;
}
