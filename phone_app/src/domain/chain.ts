/*
 * The chain of captures of one phone on one visit (docs/adr/0006): entries in order, each with the digest of the one
 * before it. It owns the manifest's form; it refuses nothing, for what does not fit is judged by the server.
 */

export interface Place {
  latitude: number;
  longitude: number;
  accuracy_m: number;
}

interface Common {
  item: string;
  sha256: string;
  monotonic_ms: number;
  at: string;
  latitude?: number;
  longitude?: number;
  accuracy_m?: number;
}

export interface PhotoTaken extends Common {
  kind: "photo";
}

export interface SegmentFull extends Common {
  kind: "segment";
  run: number;
  offset: number;
  size: number;
  duration_ms: number;
}

export type Captured = PhotoTaken | SegmentFull;
export type Entry = Captured & { seq: number; previous: string };

export type GapCause = "call" | "lock" | "other_app" | "microphone_lost" | "silence" | "crash" | "storage" | "unknown";

export interface Gap {
  begins_at: string;
  ends_at: string;
  cause: GapCause;
}

/** Where a chain stands: how many entries it has and the digest that the next one names. */
export interface ChainEnd {
  seq: number;
  digest: string;
}

export function linked(end: ChainEnd, captured: Captured): Entry {
  return { ...captured, seq: end.seq + 1, previous: end.digest };
}

export function endOf(entry: Entry): ChainEnd {
  return { seq: entry.seq, digest: entry.sha256 };
}

/** The manifest's text, in ASCII: its signature is over these bytes. */
export function manifestText(visit: string, nonce: string, entries: readonly Entry[], gaps: readonly Gap[]): string {
  return asciiOnly(JSON.stringify({ visit, nonce, entries, gaps }));
}

function asciiOnly(text: string): string {
  return text.replace(/[^ -~]/g, (letter) => "\\u" + letter.charCodeAt(0).toString(16).padStart(4, "0"));
}
