/*
 * What waits to be sent: which item is next, how long to wait after a failure, and what an answer means for it.
 * It owns these decisions; it refuses to drop anything: an item leaves by a receipt alone (S10).
 */

export type Lane = "small" | "sound";
export type ItemState = "waiting" | "sending" | "set_aside";

interface Common {
  id: string;
  visit: string;
  lane: Lane;
  /** Records before photos before sound. */
  rank: 0 | 1 | 2;
  created: number;
  state: ItemState;
  tries: number;
  notBefore: number;
  size: number;
  sent: number;
  /** A visit whose records come first: of a follow-up those of the visit that led to it (V7). */
  after?: string;
  /** Why it was set aside: the server's own words, by language. */
  why?: { zh: string; en: string };
  /** The code of that, for IT. */
  code?: string;
}

export interface Write extends Common {
  kind: "write";
  path: string;
  what: string;
}

export interface File extends Common {
  kind: "file";
  evidence: string;
  /** A run of the recorder that is still being written. */
  open: boolean;
  /** Held back by the agent until they let it go; what has arrived of it stays where it is. */
  paused?: boolean;
}

export type Item = Write | File;

/** Whether an item goes by itself: it was neither refused nor held back. */
function goes(item: Item): boolean {
  return item.state !== "set_aside" && !(item.kind === "file" && item.paused);
}

export type Fate = "done" | "again" | "set_aside" | "signed_out";

const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 300_000;
const PASSING = new Set([408, 423, 425, 429]);
const OFFSET_DIFFERS = 409;

/** What becomes of an item by the status of the answer; 0: there was none. A conflict of a file is only its offset. */
export function fateOf(status: number, kind: Item["kind"]): Fate {
  if (status === OFFSET_DIFFERS) return kind === "file" ? "again" : "set_aside";
  if (status >= 200 && status < 300) return "done";
  if (status === 401) return "signed_out";
  if (status === 0 || status >= 500 || PASSING.has(status)) return "again";
  return "set_aside";
}

/** Milliseconds to wait after so many failures: doubled each time, up to five minutes; `dice` in [0, 1) spreads phones. */
export function waitAfter(tries: number, dice: number): number {
  const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.max(0, tries - 1));
  return Math.round(longest * (0.5 + dice / 2));
}

/**
 * The next item of a lane: small ones first, each visit's records in their order.
 *
 * A record waits for the one before it of its visit, for a contact means nothing before its check-in; one that was set
 * aside holds up nothing. Files wait for a visit to be there.
 */
export function nextOf(items: readonly Item[], lane: Lane, now: number): Item | null {
  const ready = items
    .filter((item) => item.lane === lane && goes(item))
    .sort((a, b) => a.rank - b.rank || a.created - b.created || (a.id < b.id ? -1 : 1));
  const heldUp = new Set<string>();
  for (const item of ready) {
    const waits = item.notBefore > now || (item.rank === 0 && heldUp.has(item.visit)) || waitsForVisit(item, items);
    if (!waits) return item;
    if (item.rank === 0) heldUp.add(item.visit);
  }
  return null;
}

/** V7: a follow-up is opened after the records of its parent, and what is captured on it after it was opened. */
function waitsForVisit(item: Item, items: readonly Item[]): boolean {
  const pending = items.filter((other) => other.kind === "write" && other.state !== "set_aside");
  const parents = pending.some((other) => other.visit === item.after);
  return parents || (item.kind === "file" && pending.some((other) => other.visit === item.visit && other.after));
}

/** When something of the lane may next be tried; null where nothing waits. */
export function nextMoment(items: readonly Item[]): number | null {
  const waiting = items.filter(goes).map((item) => item.notBefore);
  return waiting.length === 0 ? null : Math.min(...waiting);
}

/** How sound is sent: when there is a line, over Wi-Fi alone, or not at all for now. Records and photos always go. */
export type SoundGoes = "always" | "wifi" | "paused";

/** Whether sound may go over the line that there is; `wifi` is null where the browser does not tell. */
export function soundMayGo(how: SoundGoes, wifi: boolean | null): boolean {
  return how === "always" || (how === "wifi" && wifi !== false);
}

export interface Unsent {
  items: number;
  bytes: number;
  setAside: number;
}

export function unsentOf(items: readonly Item[]): Unsent {
  return {
    items: items.length,
    bytes: items.reduce((sum, item) => sum + Math.max(0, item.size - item.sent), 0),
    setAside: items.filter((item) => item.state === "set_aside").length,
  };
}
