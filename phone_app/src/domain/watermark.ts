/*
 * What stands on the copy of a photo that is shown: when, where, which visit, who took it. Owns the lines and their
 * sizes; it refuses to touch the photo, whose bytes and digest stay as the camera gave them.
 */
import type { Place } from "./chain";

export interface Shot {
  /** Local time of Shanghai, `YYYY-MM-DD HH:MM:SS`. */
  local: string;
  place: Place | null;
  /** The visit's id, of which the end is told: enough to find it by, and no case. */
  visit: string;
  agent: string;
}

const DEGREES = 5; // a metre
const NUMBER = 8;

export function visitNumber(visit: string): string {
  return visit.slice(-NUMBER).toUpperCase();
}

const IDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Words of the server with the ids of visits in them as the numbers that stand on their photos. */
export function numbered(words: string): string {
  return words.replace(IDS, visitNumber);
}

/** The lines from top to bottom; `nowhere` is said where the phone had no place. */
export function watermark(shot: Shot, nowhere: string): string[] {
  const { place } = shot;
  const where =
    place === null
      ? nowhere
      : `${place.latitude.toFixed(DEGREES)}, ${place.longitude.toFixed(DEGREES)} ±${Math.round(place.accuracy_m)} m`;
  return [`${shot.local} +08:00`, where, `${visitNumber(shot.visit)} · ${shot.agent}`];
}

/** Of a picture of that width the type's size and the height of the band under so many lines, in its own pixels. */
export function bandOf(width: number, lines: number): { type: number; height: number } {
  const type = Math.max(12, Math.round(width / 26));
  return { type, height: Math.round(type * (1.4 * lines + 0.6)) };
}
