/*
 * What lies on the phone's disk (IndexedDB). It owns the shelves; what is personal comes here sealed (`vault`).
 * Segments of a recording are written with `durability: strict`: a phone whose battery dies keeps what it has heard.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Item } from "../domain/outbox";

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

export interface Piece {
  item: string;
  index: number;
  offset: number;
  size: number;
  sealed: Sealed;
}

/** What lies unused, to make way where there is no room. */
export type Reserve = "captures" | "records";

interface Shelves extends DBSchema {
  meta: { key: string; value: unknown };
  sealed: { key: string; value: Sealed };
  outbox: { key: string; value: Item };
  pieces: { key: [string, number]; value: Piece };
  entries: { key: [string, number]; value: { visit: string; seq: number; sealed: Sealed } };
  reserve: { key: Reserve; value: ArrayBuffer };
}

export type Database = IDBPDatabase<Shelves>;

let opened: Promise<Database> | null = null;

export function database(): Promise<Database> {
  opened ??= openDB<Shelves>("fieldvisit", 2, {
    upgrade(db, from) {
      db.createObjectStore("reserve");
      if (from === 1) return;
      db.createObjectStore("meta");
      db.createObjectStore("sealed");
      db.createObjectStore("outbox", { keyPath: "id" });
      db.createObjectStore("pieces", { keyPath: ["item", "index"] });
      db.createObjectStore("entries", { keyPath: ["visit", "seq"] });
    },
  });
  return opened;
}

export async function meta<T>(name: string): Promise<T | undefined> {
  return (await (await database()).get("meta", name)) as T | undefined;
}

export async function setMeta(name: string, value: unknown): Promise<void> {
  await (await database()).put("meta", value, name);
}

/** The keys of everything that belongs to one item or one visit. */
export function all(first: string): IDBKeyRange {
  return IDBKeyRange.bound([first, 0], [first, Number.MAX_SAFE_INTEGER]);
}
