/*
 * Putting captures down: bytes, chain entry, outbox item and progress in one transaction, so that after a crash either
 * all of them are there or none (V2).
 */
import { endOf, linked, type Captured, type Entry } from "../domain/chain";
import type { File, Item, Write } from "../domain/outbox";
import type { Progress } from "../domain/visits";
import { all, database, type Piece, type Sealed } from "../ports/database";
import { sha256 } from "../ports/signer";
import { now } from "../ports/clock";
import * as vault from "../ports/vault";
import { keptCapture, keptRecord } from "./room";
import { state, without } from "./state";
import { queue } from "./turns";

/** Everything that is written of visits goes through this one queue: a chain has one end. */
export const inTurn = queue();

let wake: () => void = () => undefined;

/** Who is to be told that there is something to send. */
export function onItem(then: () => void): void {
  wake = then;
}

export async function saveProgress(progress: Progress): Promise<void> {
  state.progress[progress.visit] = progress;
  await keptRecord(() => vault.keep(`progress:${progress.visit}`, progress));
}

export interface Capture {
  progress: Progress;
  captured: Captured;
  bytes: ArrayBuffer;
  index: number;
  offset: number;
  item: File;
}

/** Keep a capture; gives back the progress with the chain's new end. */
export async function keepCapture(capture: Capture, nonce: string): Promise<Progress> {
  const { progress, item } = capture;
  const end = progress.chain ?? { seq: 0, digest: await sha256(new TextEncoder().encode(nonce)) };
  const entry: Entry = linked(end, capture.captured);
  const after: Progress = { ...progress, chain: endOf(entry) };
  const piece: Piece = {
    item: item.id,
    index: capture.index,
    offset: capture.offset,
    size: capture.bytes.byteLength,
    sealed: await vault.sealBytes(`piece:${item.id}:${capture.index}`, capture.bytes),
  };
  const sealedEntry = await vault.seal(`entry:${progress.visit}:${entry.seq}`, entry);
  const sealedProgress = await vault.seal(`progress:${progress.visit}`, after);
  const db = await database();
  await keptCapture(async () => {
    const tx = db.transaction(["pieces", "entries", "outbox", "sealed"], "readwrite", { durability: "strict" });
    const held = await tx.objectStore("outbox").get(item.id);
    await Promise.all([
      tx.objectStore("pieces").put(piece),
      tx.objectStore("entries").put({ visit: progress.visit, seq: entry.seq, sealed: sealedEntry }),
      tx.objectStore("outbox").put(held === undefined ? item : { ...held, size: item.size }),
      tx.objectStore("sealed").put(sealedProgress, `progress:${progress.visit}`),
      tx.done,
    ]);
  });
  state.progress[progress.visit] = after;
  await refreshItems();
  wake();
  return after;
}

export type Body = { id: string; [field: string]: unknown };

/** Put a write down, to be sent when there is a network; its body lies sealed. */
export async function keepWrite(visit: string, what: string, path: string, body: Body, after?: string): Promise<void> {
  const plain: Write = { ...fresh(body.id, visit, 0, JSON.stringify(body).length), kind: "write", path, what };
  const item: Write = after === undefined ? plain : { ...plain, after };
  const sealed: Sealed = await vault.seal(`body:${item.id}`, body);
  const db = await database();
  await keptRecord(() => {
    const tx = db.transaction(["outbox", "sealed"], "readwrite", { durability: "strict" });
    const shelves = [tx.objectStore("outbox").put(item), tx.objectStore("sealed").put(sealed, `body:${item.id}`)];
    return Promise.all([...shelves, tx.done]);
  });
  await refreshItems();
  wake();
}

export function fresh(id: string, visit: string, rank: 0 | 1 | 2, size: number): Omit<Write, "kind" | "path" | "what"> {
  const lane = rank === 2 ? "sound" : "small";
  return { id, visit, lane, rank, created: now(), state: "waiting", tries: 0, notBefore: 0, size, sent: 0 };
}

export async function entriesOf(visit: string): Promise<Entry[]> {
  const rows = await (await database()).getAll("entries", all(visit));
  return Promise.all(rows.map((row) => vault.unseal<Entry>(`entry:${visit}:${row.seq}`, row.sealed)));
}

export async function refreshItems(): Promise<void> {
  state.items = await (await database()).getAll("outbox");
}

/** Change an item of the outbox as it lies there now; one that is gone stays gone. */
export async function changeItem(id: string, change: (item: Item) => Item): Promise<void> {
  const db = await database();
  await keptRecord(async () => {
    const tx = db.transaction("outbox", "readwrite");
    const held = await tx.store.get(id);
    await Promise.all([held === undefined ? null : tx.store.put(change(held)), tx.done]);
  });
  await refreshItems();
}

/** Forget what was put down of a visit that did not begin after all. */
export async function forgetVisit(visit: string): Promise<void> {
  const db = await database();
  for (const item of await db.getAll("outbox")) if (item.visit === visit) await eraseItem(item.id);
  await db.delete("entries", all(visit));
  await db.delete("sealed", `progress:${visit}`);
  state.progress = without(state.progress, visit);
}

/** S10: erase an item with its bytes; called with the server's receipt for all of it. */
export async function eraseItem(id: string): Promise<void> {
  const db = await database();
  const tx = db.transaction(["outbox", "pieces", "sealed"], "readwrite");
  await Promise.all([
    tx.objectStore("outbox").delete(id),
    tx.objectStore("pieces").delete(all(id)),
    tx.objectStore("sealed").delete(`body:${id}`),
    tx.objectStore("sealed").delete(`about:${id}`),
    tx.done,
  ]);
  await refreshItems();
}
