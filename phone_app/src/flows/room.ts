/*
 * Room on the phone (V2). A browser does not tell how much is left (Chromium says ten GiB to everybody), so a reserve lies
 * there unused: the first write that finds no room takes the part for captures and the agent is warned, while it still
 * lasts for an hour of sound; the part for records is for the end of the visit alone.
 */
import { LITTLE_MIB } from "../domain/preflight";
import { freeMib } from "../ports/checks";
import { database, type Reserve } from "../ports/database";
import { shake } from "../ports/phone";
import { state } from "./state";

// The signed manifest of three hours is half a MiB; an hour of sound is eleven.
const SIZES: Record<Reserve, number> = { records: 2 << 20, captures: 12 << 20 };
const PIECE = 1 << 16; // as much as the browser gives of chance at once
const FOR_CAPTURES: readonly Reserve[] = ["captures"];
const FOR_RECORDS: readonly Reserve[] = ["captures", "records"];

export function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

/** Lay down what is missing of the reserve, and say by it how much room there is. */
export async function keepReserve(): Promise<void> {
  const records = await laid("records");
  const captures = records && (await laid("captures"));
  const free = await freeMib();
  const plenty = captures && (free === null || free >= LITTLE_MIB);
  state.room = plenty ? "enough" : records ? "little" : "none";
}

/** Whether a capture may be tried: the room that the last records need is not for photos and sound. */
export async function roomForCaptures(): Promise<boolean> {
  if (state.room === "none") await keepReserve();
  return state.room !== "none";
}

async function laid(part: Reserve): Promise<boolean> {
  const db = await database();
  if ((await db.count("reserve", part)) > 0) return true;
  try {
    await db.put("reserve", noise(SIZES[part]), part);
    return true;
  } catch (error) {
    if (!isFull(error)) throw error;
    return false;
  }
}

/** Bytes that no disk makes smaller. */
function noise(size: number): ArrayBuffer {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += PIECE) crypto.getRandomValues(bytes.subarray(at, at + PIECE));
  return bytes.buffer;
}

/** Write a capture: without room it takes its part of the reserve, and fails where that is used up. */
export function keptCapture<T>(write: () => Promise<T>): Promise<T> {
  return spending(FOR_CAPTURES, write);
}

/** Write what is small and must not be lost. */
export function keptRecord<T>(write: () => Promise<T>): Promise<T> {
  return spending(FOR_RECORDS, write);
}

async function spending<T>(parts: readonly Reserve[], write: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!isFull(error) || !(await spent(parts))) throw error;
    }
  }
}

async function spent(parts: readonly Reserve[]): Promise<boolean> {
  const db = await database();
  for (const part of parts) {
    if ((await db.count("reserve", part)) === 0) continue;
    await db.delete("reserve", part);
    state.room = part === "captures" ? "little" : "none";
    shake();
    return true;
  }
  return false;
}
