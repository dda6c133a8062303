/*
 * What the phone knows of its visits: the server's word (from the generated types) and how far the team has come.
 * It owns what stands against a start and what is missing at check-out; the server judges both again.
 */
import type { components } from "../generated/api";
import type { ChainEnd, Gap } from "./chain";

export type Day = components["schemas"]["PhoneDayView"];
export type Visit = components["schemas"]["PhoneVisitView"];
export type PhoneOnFile = Visit["phones"][number];
export type TalkCard = components["schemas"]["TalkCardView"];
export type Who = components["schemas"]["ContactView"]["who"];
export type Outcome = components["schemas"]["OutcomeNew"]["outcome"];
export type PhotoKind = "photo_far" | "photo_number" | "photo_door" | "letter_address" | "letter_manner";

export const PLACE_PHOTOS: readonly PhotoKind[] = ["photo_far", "photo_number", "photo_door"];
export const LETTER_PHOTOS: readonly PhotoKind[] = ["letter_address", "letter_manner"];

export interface Run {
  item: string;
  number: number;
  mime: string;
  begun_at: string;
  bytes: number;
  /** When its last segment was full. */
  until: string;
}

/** How far the team has come with a visit; kept, sealed, at each step. */
export interface Progress {
  visit: string;
  begun_at: string | null;
  ended_at: string | null;
  present: string[];
  identity_shown_at: string | null;
  photos: { item: string; kind: PhotoKind; at: string }[];
  contacts: { id: string; who: Who; communicated: boolean; offers: boolean }[];
  calls: { id: string; phone: string; answered: boolean }[];
  messaged: string[];
  learnt: number;
  letter: boolean;
  outcome: Outcome | null;
  told: ToldTap[];
  chain: ChainEnd | null;
  gaps: Gap[];
  runs: number;
  run: Run | null;
  recorded_ms: number;
}

/** One tap at the door, for later answers: nothing is lost by it and nothing ends by it. */
export type ToldTap = "asked_to_leave" | "unsafe" | "recording_refused";

export function untouched(visit: string): Progress {
  return {
    visit,
    begun_at: null,
    ended_at: null,
    present: [],
    identity_shown_at: null,
    photos: [],
    contacts: [],
    calls: [],
    messaged: [],
    learnt: 0,
    letter: false,
    outcome: null,
    told: [],
    chain: null,
    gaps: [],
    runs: 0,
    run: null,
    recorded_ms: 0,
  };
}

export type Standing = "to_come" | "on_hold" | "in_progress" | "to_send" | "done";

export function standingOf(visit: Visit, progress: Progress | undefined, unsent: number): Standing {
  if (progress?.ended_at || visit.brief.state === "completed") return unsent > 0 ? "to_send" : "done";
  if (progress?.begun_at || visit.brief.state === "in_progress") return "in_progress";
  return visit.hold === null ? "to_come" : "on_hold";
}

export type Against =
  "not_yet" | "expired" | "on_hold" | "out_of_hours" | "outdated" | "no_microphone" | "no_consent" | "another_open";

/** What forbids a start at that moment (R12, V9): `minute` is the minute of the day in Shanghai. */
export function againstStart(visit: Visit, day: Day, now: number, minute: number, version: number): Against[] {
  const { valid_from: from, valid_until: until } = visit.brief;
  const [opens, closes] = day.policy.visit_hours.map(minuteOf);
  const found: [boolean, Against][] = [
    [version < day.least_app_version, "outdated"],
    [day.consent.given_at === null, "no_consent"],
    [visit.hold !== null, "on_hold"],
    [from !== null && now < Date.parse(from), "not_yet"],
    [until !== null && now > Date.parse(until), "expired"],
    [minute < (opens ?? 0) || minute >= (closes ?? 1440), "out_of_hours"],
  ];
  return found.filter(([holds]) => holds).map(([, reason]) => reason);
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(":").map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

export interface Lack {
  code: "photo" | "recording" | "second_agent" | "contact" | "letter_photos" | "identity" | "calls" | "message";
  clause: string;
}

/** What would keep the visit from counting, as far as the phone knows, while it can still be mended. */
export function lacking(progress: Progress, phones: readonly PhoneOnFile[] = []): Lack[] {
  const kinds = new Set(progress.photos.map((photo) => photo.kind));
  const found: [boolean, Lack][] = [
    [progress.present.length < 2, { code: "second_agent", clause: "V1" }],
    [progress.photos.length === 0, { code: "photo", clause: "X3" }],
    [progress.recorded_ms === 0, { code: "recording", clause: "X3" }],
    [progress.identity_shown_at === null, { code: "identity", clause: "V15" }],
    [progress.contacts.length === 0 && !progress.letter, { code: "contact", clause: "C1" }],
    [progress.letter && LETTER_PHOTOS.some((kind) => !kinds.has(kind)), { code: "letter_photos", clause: "V6" }],
    [progress.letter && phones.some((phone) => toBeCalled(phone, progress)), { code: "calls", clause: "X8" }],
    [progress.letter && noMessage(phones, progress), { code: "message", clause: "X8" }],
  ];
  return found.filter(([holds]) => holds).map(([, lack]) => lack);
}

/** X8: after a letter every number that may be called is; the server knows which of them are reachable. */
function toBeCalled(phone: PhoneOnFile, progress: Progress): boolean {
  return phone.against.length === 0 && !progress.calls.some((call) => call.phone === phone.id);
}

/** X8: and a message goes to one number of the debtor, if there is one. */
function noMessage(phones: readonly PhoneOnFile[], progress: Progress): boolean {
  const own = phones.filter((phone) => phone.owner === "debtor");
  return own.length > 0 && !own.some((phone) => progress.messaged.includes(phone.id));
}

/** V10: the total debt may be asked for once the debtor was met, or somebody who knew of it unasked and offers to repay. */
export function debtMayShow(progress: Progress): boolean {
  return progress.contacts.some((contact) => contact.who === "debtor" || contact.offers);
}
