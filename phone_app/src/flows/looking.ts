/*
 * Photos to be looked at on the phone that took them: a copy with its watermark, while the photo still lies here. What
 * has its receipt is erased (S10), so of that there is none; only the last one is still held for the eye.
 */
import type { Place } from "../domain/chain";
import { watermark } from "../domain/watermark";
import { shanghai } from "../ports/clock";
import { drawCopy } from "../ports/copy";
import * as vault from "../ports/vault";
import { state } from "./state";
import { wholeOf } from "./uploading";

/** A photo as it was taken: its bytes, its moment and its place. */
export interface Photo {
  item: string;
  bytes: ArrayBuffer;
  at: number;
  place: Place | null;
}

interface About {
  captured_at: string;
  latitude?: number;
  longitude?: number;
  accuracy_m?: number;
}

/** Draw the copy of a photo, of one in hand or of one on the disk; `nowhere` is said where there was no place. */
export async function showCopy(canvas: HTMLCanvasElement, visit: string, photo: Photo, nowhere: string): Promise<void> {
  const { at, place, bytes } = photo;
  const agent = state.me?.display_name ?? "";
  await drawCopy(canvas, bytes, watermark({ local: shanghai(at), place, visit, agent }, nowhere));
}

/** A photo that lies on the disk; null: it lies here no more. */
export async function photoOf(item: string): Promise<Photo | null> {
  if (!vault.isOpen()) return null;
  const about = await vault.kept<About>(`about:${item}`);
  const bytes = await wholeOf(item);
  if (about === null || bytes.byteLength === 0) return null;
  return { item, bytes, at: Date.parse(about.captured_at), place: placeOf(about) };
}

function placeOf({ latitude, longitude, accuracy_m }: About): Place | null {
  if (latitude === undefined || longitude === undefined || accuracy_m === undefined) return null;
  return { latitude, longitude, accuracy_m };
}
