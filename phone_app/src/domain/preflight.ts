/* What of a phone's check stands against leaving (V2): the room for a recording, camera, microphone, place. */

export interface Found {
  free_mib: number | null;
  persistent: boolean;
  camera: boolean;
  microphone: boolean;
  place: boolean;
  wake_lock: boolean;
  installed: boolean;
  messenger: boolean;
}

export interface Checked extends Found {
  at: string;
}

// Three hours of speech are 32 MiB, and a day's photos 100: with less a recording may end before its visit.
export const ENOUGH_MIB = 200;
// Below it the agent is warned while there is still room to check out and to send.
export const LITTLE_MIB = 50;

export type Check =
  "free_mib" | "persistent" | "camera" | "microphone" | "place" | "wake_lock" | "installed" | "messenger";
export type Verdict = "good" | "bad" | "weak";

/** Each check: good, bad (a visit would fail or lose evidence) or weak (it may). */
export function verdicts(found: Checked): [Check, Verdict][] {
  const must = (holds: boolean): Verdict => (holds ? "good" : "bad");
  const should = (holds: boolean): Verdict => (holds ? "good" : "weak");
  return [
    ["free_mib", found.free_mib === null ? "weak" : must(found.free_mib >= ENOUGH_MIB)],
    ["camera", must(found.camera)],
    ["microphone", must(found.microphone)],
    ["place", must(found.place)],
    ["messenger", must(!found.messenger)],
    ["persistent", should(found.persistent)],
    ["wake_lock", should(found.wake_lock)],
    ["installed", should(found.installed)],
  ];
}

export function isFit(found: Checked): boolean {
  return verdicts(found).every(([, verdict]) => verdict !== "bad");
}
