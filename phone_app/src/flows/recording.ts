/*
 * The recording of a visit (V2): it begins by itself at check-in, each segment is on the disk the moment it exists, and
 * what is not recorded is a gap with a cause. It refuses to record two visits at once.
 */
import type { Gap, GapCause } from "../domain/chain";
import { causeOfLoss } from "../domain/gaps";
import type { File } from "../domain/outbox";
import type { Progress, Run } from "../domain/visits";
import { instant, now } from "../ports/clock";
import { awake, hidden, maySleep, shake, stayAwake } from "../ports/phone";
import { lastPlace } from "../ports/place";
import { listen, type Listening, type Segment } from "../ports/recorder";
import { sha256 } from "../ports/signer";
import * as vault from "../ports/vault";
import { changeItem, fresh, inTurn, keepCapture, saveProgress } from "./keeping";
import { note } from "./noting";
import { isFull, keptRecord } from "./room";
import { newId } from "./session";
import { state, visitOf } from "./state";

const LOOK_MS = 250;
const SILENCE_MS = 20_000;
const QUIET = 0.01;

// Runs that found no room: what comes behind a piece that is missing would lie at the wrong place of the file.
const spilled = new Set<string>();

let running: { visit: string; listening: Listening; looking: number } | null = null;

/** Begin a run of the recorder; where the visit has one already that broke off, what lies between is a gap. */
export async function record(visit: string, cause: GapCause): Promise<void> {
  if (running !== null) return;
  const run = await newRun(visit, cause);
  const listening = await listen({
    onSegment: (segment) => void inTurn(() => keepSegment(visit, run, segment)),
    onLost: () => void lost(visit),
  });
  run.mime = listening.mime;
  await inTurn(() => keepRun(visit, run));
  running = { visit, listening, looking: window.setInterval(look, LOOK_MS) };
  state.recording = { visit, begunAt: now(), level: 0, silentSince: null };
  state.broken = null;
  await stayAwake();
}

export async function stopRecording(): Promise<void> {
  if (running === null) return;
  const { visit, listening, looking } = running;
  running = null;
  window.clearInterval(looking);
  await listening.stop();
  await inTurn(() => closeRun(visit));
  state.recording = null;
  maySleep();
}

/** After a start: runs that no recorder writes any more are closed, and the visit that was open is offered again. */
export async function recover(): Promise<void> {
  for (const progress of Object.values(state.progress)) {
    if (progress.begun_at === null || progress.ended_at !== null || running?.visit === progress.visit) continue;
    if (progress.run !== null) await changeItem(progress.run.item, closed);
    state.broken = { visit: progress.visit, cause: "crash" };
  }
}

async function newRun(visit: string, cause: GapCause): Promise<Run> {
  const progress = needed(visit);
  const begun = instant();
  if (progress.run !== null) {
    const gap: Gap = { begins_at: progress.run.until, ends_at: begun, cause };
    await changeItem(progress.run.item, closed);
    await inTurn(() => saveProgress({ ...needed(visit), gaps: [...needed(visit).gaps, gap], run: null }));
  }
  return { item: newId(), number: progress.runs + 1, mime: "", begun_at: begun, bytes: 0, until: begun };
}

async function keepRun(visit: string, run: Run): Promise<void> {
  const about = { filename: `run-${run.number}.${run.mime.includes("mp4") ? "m4a" : "webm"}`, filetype: run.mime };
  const place = lastPlace();
  const told = { ...about, run: run.number, captured_at: run.begun_at, ...place };
  await keptRecord(() => vault.keep(`about:${run.item}`, told));
  const progress = needed(visit);
  await saveProgress({ ...progress, runs: run.number, run: progress.run ?? run });
}

async function keepSegment(visit: string, run: Run, coming: Promise<Segment>): Promise<void> {
  const segment = await coming;
  if (spilled.has(run.item)) return;
  const progress = needed(visit);
  const offset = run.bytes;
  const size = segment.bytes.byteLength;
  const at = segment.begunAt;
  const grown: Run = { ...run, bytes: offset + size, until: instant(at + segment.durationMs) };
  const item: File = { ...fresh(run.item, visit, 2, grown.bytes), kind: "file", evidence: "recording", open: true };
  const captured = {
    kind: "segment" as const,
    item: run.item,
    sha256: await sha256(segment.bytes),
    monotonic_ms: segment.timer,
    at: instant(at),
    ...lastPlace(),
    run: run.number,
    offset,
    size,
    duration_ms: segment.durationMs,
  };
  const after = { ...progress, run: grown, recorded_ms: progress.recorded_ms + segment.durationMs };
  try {
    await keepCapture({ progress: after, captured, bytes: segment.bytes, index: offset, offset, item }, nonceOf(visit));
  } catch (error) {
    if (!isFull(error)) throw error;
    return noRoom(visit, run);
  }
  Object.assign(run, grown);
}

/** No room: the recorder stops cleanly, and what lies there already stays as it is. */
function noRoom(visit: string, run: Run): void {
  spilled.add(run.item);
  state.room = "none";
  note("recording", "storage");
  shake();
  // Not waited for: stopping gives out a last segment, which waits for its turn behind this one.
  if (running !== null) void stopRecording().then(() => (state.broken = { visit, cause: "storage" }));
}

async function closeRun(visit: string): Promise<void> {
  const progress = needed(visit);
  if (progress.run === null) return;
  await changeItem(progress.run.item, closed);
}

function closed<T extends { kind: string }>(item: T): T {
  return item.kind === "file" ? { ...item, open: false, notBefore: 0 } : item;
}

async function lost(visit: string): Promise<void> {
  if (running === null) return;
  const cause = causeOfLoss({ calling: state.calling === visit, hidden: hidden(), awake: awake() });
  note("recording", cause);
  await stopRecording();
  state.broken = { visit, cause };
  shake();
}

/** The level for the eye, and an alarm when nothing is heard: another app may have taken the microphone (V2). */
function look(): void {
  if (running === null || state.recording === null) return;
  const level = running.listening.level();
  state.recording.level = level;
  if (level > QUIET) {
    state.recording.silentSince = null;
    return;
  }
  state.recording.silentSince ??= now();
  const silent = now() - state.recording.silentSince;
  if (silent >= SILENCE_MS && silent < SILENCE_MS + LOOK_MS) shake();
}

function needed(visit: string): Progress {
  const progress = state.progress[visit];
  if (progress === undefined) throw new Error("no such visit");
  return progress;
}

function nonceOf(visit: string): string {
  return visitOf(visit)?.capture_nonce ?? "";
}
