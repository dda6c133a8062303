/*
 * The visit, one line: check in, photos, identity, whom met, letter, result, check out. Each step is on the disk before
 * the next is shown. It refuses a start that R12 or V9 forbid; what has happened is never refused.
 */
import { withExif } from "../domain/exif";
import { manifestText, type Place } from "../domain/chain";
import type { File } from "../domain/outbox";
import {
  againstStart,
  untouched,
  type Against,
  type Outcome,
  type PhotoKind,
  type Progress,
  type ToldTap,
  type Who,
} from "../domain/visits";
import * as clock from "../ports/clock";
import { api, ask, post, type Problem } from "../ports/network";
import { online } from "../ports/phone";
import { place } from "../ports/place";
import { sha256, signed, signer } from "../ports/signer";
import * as vault from "../ports/vault";
import { entriesOf, forgetVisit, fresh, inTurn, keepCapture, keepWrite, saveProgress, type Body } from "./keeping";
import type { Photo } from "./looking";
import { keptCapture } from "./room";
import { sendCheck } from "./preparing";
import { record, stopRecording } from "./recording";
import { newId } from "./session";
import { APP_VERSION, state, visitOf } from "./state";

export function progressOf(visit: string): Progress {
  return state.progress[visit] ?? untouched(visit);
}

export function path(visit: string, what: string): string {
  return `/api/v1/visits/${visit}/${what}`;
}

export function change(visit: string, changes: (held: Progress) => Partial<Progress>): Promise<void> {
  return inTurn(() => {
    const held = progressOf(visit);
    return saveProgress({ ...held, ...changes(held) });
  });
}

export function standsAgainst(visit: string): Against[] {
  const found = visitOf(visit);
  if (found === undefined || state.day === null) return ["not_yet"];
  const against = againstStart(found, state.day, clock.now(), clock.minuteOfDay(clock.now()), APP_VERSION);
  const other = state.recording !== null && state.recording.visit !== visit;
  return other ? [...against, "another_open"] : against;
}

export type Begun = { refused: Against[] } | { problem: Problem } | { begun: true };

/** V1: check in. With a network the server is asked beforehand; without one the visit begins and says so. */
export async function checkIn(visit: string): Promise<Begun> {
  const refused = standsAgainst(visit);
  if (refused.length > 0) return { refused };
  const found = await place();
  const body: Body = { ...(await checkBody("in", found)), began_offline: !online() };
  const me = state.me === null ? [] : [state.me.account_id];
  await change(visit, () => ({ begun_at: String(body["at"]), present: me }));
  try {
    await record(visit, "unknown");
  } catch {
    await forgetVisit(visit);
    return { refused: ["no_microphone"] };
  }
  const answer = online() ? await post(path(visit, "check-ins"), body) : null;
  if (answer !== null && answer.problem !== null && answer.status < 500) {
    await stopRecording();
    await forgetVisit(visit);
    return { problem: answer.problem };
  }
  // An answer that was lost on the way: the same write again is the same check-in.
  if (answer?.data) await heardPresent(visit, presentIn(answer.data));
  else await keepWrite(visit, "check_in", path(visit, "check-ins"), body);
  await sendCheck(visit);
  return { begun: true };
}

async function checkBody(direction: "in" | "out", found: Place | null): Promise<Body> {
  const by = await signer();
  return {
    id: newId(),
    direction,
    at: clock.instant(),
    device_id: by?.deviceId ?? null,
    latitude: found?.latitude ?? null,
    longitude: found?.longitude ?? null,
    accuracy_m: found?.accuracy_m ?? null,
  };
}

/** V1: the partner, who has no device to check in with, by the code of this half minute and this visit. */
export async function checkInPartner(visit: string, code: string): Promise<Problem | "wrong_code" | "kept" | null> {
  const partner = visitOf(visit)?.team.find((mate) => mate.id !== state.me?.account_id);
  if (partner === undefined) return "wrong_code";
  const own = await checkBody("in", await place());
  const body: Body = { ...own, way: "partner_code", account_id: partner.id, code, began_offline: !online() };
  const answer = online() ? await post(path(visit, "check-ins"), body) : null;
  if (answer?.problem) return answer.problem;
  if (!answer?.data) {
    await keepWrite(visit, "partner_code", path(visit, "check-ins"), body);
    return "kept";
  }
  const present = presentIn(answer.data);
  await heardPresent(visit, present);
  return present.includes(partner.id) ? null : "wrong_code";
}

/** V1: the own code, for the partner's phone; it changes every half minute. */
export async function myCode(visit: string): Promise<{ code: string; valid_until: string } | null> {
  const params = { path: { visit_id: visit } };
  return (await ask(() => api.GET("/api/v1/visits/{visit_id}/presence-code", { params }))).data;
}

function presentIn(data: unknown): string[] {
  const told = data as { present?: unknown } | null;
  return Array.isArray(told?.present) ? (told.present as string[]) : [];
}

/** What the server knows of who is there may have come in the meantime. */
export async function heardPresent(visit: string, present: readonly string[]): Promise<void> {
  const held = progressOf(visit);
  if (held.begun_at === null || present.every((id) => held.present.includes(id))) return;
  await change(visit, ({ present: before }) => ({ present: [...new Set([...before, ...present])] }));
}

/** Keep a photo: the order of the chain is that of the shutter, so its place in the queue is taken before it is packed. */
export function takePhoto(visit: string, kind: PhotoKind, packing: Promise<Uint8Array<ArrayBuffer>>): Promise<Photo> {
  const at = clock.now();
  const timer = clock.timer();
  const found = place();
  return inTurn(async () => {
    const where = await found;
    const by = await signer();
    const taken = {
      local: clock.shanghai(at).replaceAll("-", ":"),
      model: by?.deviceLabel ?? "phone",
      place: where,
    };
    const jpeg = withExif(await packing, taken);
    const bytes = jpeg.slice().buffer;
    const item: File = {
      ...fresh(newId(), visit, 1, jpeg.length),
      kind: "file",
      evidence: kind,
      open: false,
    };
    const digest = await sha256(bytes);
    const told = { filename: `${kind}.jpg`, filetype: "image/jpeg", sha256: digest, captured_at: clock.instant(at) };
    await keptCapture(() => vault.keep(`about:${item.id}`, { ...told, ...where }));
    const held = progressOf(visit);
    const photo = { item: item.id, kind, at: clock.instant(at) };
    await keepCapture(
      {
        progress: { ...held, photos: [...held.photos, photo] },
        captured: { kind: "photo", item: item.id, sha256: digest, monotonic_ms: timer, at: photo.at, ...where },
        bytes,
        index: 0,
        offset: 0,
        item,
      },
      visitOf(visit)?.capture_nonce ?? "",
    );
    return { item: item.id, bytes, at, place: where };
  });
}

export function identityShown(visit: string): Promise<void> {
  return change(visit, () => ({ identity_shown_at: clock.instant() }));
}

/** "Asked to leave", "unsafe", "recording refused": told on the spot, to the dispatcher's list, and nothing ends by it. */
export async function tap(visit: string, what: ToldTap): Promise<void> {
  if (progressOf(visit).told.includes(what)) return;
  await change(visit, ({ told }) => ({ told: [...told, what] }));
  const clause = what === "recording_refused" ? "V2" : "V17";
  await keepWrite(visit, "incident", "/api/v1/incidents", {
    id: newId(),
    kind: what,
    clause,
    visit_id: visit,
    note: `${clock.shanghai(clock.now())} ${what}`,
  });
}

export interface Met {
  /** The number that was called; null: in person. */
  phone: string | null;
  who: Who;
  communicated: boolean;
  offers: boolean;
  relays: boolean;
  name: string;
  relation: string;
}

export async function met(visit: string, told: Met): Promise<void> {
  const body = {
    id: newId(),
    who: told.who,
    channel: told.phone === null ? "in_person" : "phone_on_site",
    phone_id: told.phone,
    name: told.name,
    relation: told.relation,
    communicated: told.communicated,
    knew_of_debt: told.offers,
    offered_to_repay: told.offers,
    will_relay: told.relays,
    can_relay: told.relays,
    at: clock.instant(),
  };
  const contact = { id: body.id, who: told.who, communicated: told.communicated, offers: told.offers };
  await change(visit, ({ contacts }) => ({ contacts: [...contacts, contact] }));
  await keepWrite(visit, "contact", path(visit, "contacts"), body);
}

export async function leaveLetter(visit: string, left_at: string, manner: string): Promise<void> {
  if (progressOf(visit).letter) return;
  await change(visit, () => ({ letter: true }));
  await keepWrite(visit, "letter", path(visit, "letter"), { id: newId(), left_at, manner, at: clock.instant() });
}

export interface Result {
  outcome: Outcome;
  debtor_gone: boolean;
  entered: boolean;
  entry_consent_by: string | null;
  vulnerable_person: boolean;
  benefits_offered: boolean;
  cash_offered: boolean;
  note: string;
}

/** The questions of V17 and what the visit says of the address (R10). */
export async function conclude(visit: string, told: Result): Promise<void> {
  const held = progressOf(visit);
  const answers = {
    id: newId(),
    identity_shown_at: held.identity_shown_at,
    entered: told.entered,
    entry_consent_by: told.entered ? told.entry_consent_by : null,
    vulnerable_person: told.vulnerable_person,
    asked_to_leave: held.told.includes("asked_to_leave"),
    unsafe: held.told.includes("unsafe"),
    recording_refused: held.told.includes("recording_refused"),
    benefits_offered: told.benefits_offered,
    cash_offered: told.cash_offered,
    note: told.note,
  };
  await change(visit, () => ({ outcome: told.outcome }));
  await keepWrite(visit, "answers", path(visit, "answers"), answers);
  const outcome = { id: newId(), outcome: told.outcome, debtor_gone: told.debtor_gone, note: told.note };
  await keepWrite(visit, "outcome", path(visit, "outcome"), outcome);
}

/** Check out: the recorder ends, the check-out and the signed manifest go to the outbox. */
export async function checkOut(visit: string): Promise<void> {
  await stopRecording();
  const body = await checkBody("out", await place());
  await change(visit, () => ({ ended_at: String(body["at"]) }));
  if (state.broken?.visit === visit) state.broken = null;
  await keepWrite(visit, "check_out", path(visit, "check-ins"), body);
  await sendManifest(visit);
}

async function sendManifest(visit: string): Promise<void> {
  const by = await signer();
  const nonce = visitOf(visit)?.capture_nonce;
  if (by === undefined || nonce === undefined || nonce === null) return;
  const text = manifestText(visit, nonce, await entriesOf(visit), progressOf(visit).gaps);
  const body = { id: newId(), key_id: by.keyId, signed: text, signature: await signed(by, text) };
  await keepWrite(visit, "manifest", path(visit, "manifests"), body);
}

/** V10: the total debt, asked of the server and shown; it is never written down here. */
export async function askDebt(visit: string): Promise<string | null> {
  const answer = await ask(() => api.GET("/api/v1/visits/{visit_id}", { params: { path: { visit_id: visit } } }));
  return answer.data?.total_debt ?? null;
}
