/* What the screens see: one reactive state, written by the work alone. */
import { reactive } from "vue";
import { unsentOf, type Item, type SoundGoes, type Unsent } from "../domain/outbox";
import type { GapCause } from "../domain/chain";
import type { Checked } from "../domain/preflight";
import type { Day, Progress, Visit } from "../domain/visits";

/** Raised when what the app sends changes; the server says which is the least that it takes. */
export const APP_VERSION = 1;

export interface Me {
  account_id: string;
  display_name: string;
  username: string;
}

interface State {
  stage: "starting" | "sign_in" | "enrol" | "choose_pin" | "locked" | "open" | "rescue" | "consent";
  me: Me | null;
  day: Day | null;
  syncedAt: number | null;
  online: boolean;
  soundGoes: SoundGoes;
  signedOut: boolean;
  /** The PIN was forgotten: whoever signs in now chooses a new one for the vault that is there. */
  forgotten: boolean;
  checked: Checked | null;
  /** Room for little more than a check-out is left, or none: then the recorder has stopped. */
  room: "enough" | "little" | "none";
  /** When IT recorded that what is unsent will not come. */
  lostAt: number | null;
  progress: Record<string, Progress>;
  items: Item[];
  recording: { visit: string; begunAt: number; level: number; silentSince: number | null } | null;
  /** A run of the recorder that ended without being asked to: the visit that it was of. */
  broken: { visit: string; cause: GapCause } | null;
  newer: (() => void) | null;
  /** The visit of which a call is being made: what interrupts the recorder is that call. */
  calling: string | null;
}

export const state = reactive<State>({
  stage: "starting",
  me: null,
  day: null,
  syncedAt: null,
  online: true,
  soundGoes: "always",
  signedOut: false,
  forgotten: false,
  checked: null,
  room: "enough",
  lostAt: null,
  progress: {},
  items: [],
  recording: null,
  broken: null,
  newer: null,
  calling: null,
});

export function unsent(visit?: string): Unsent {
  return unsentOf(visit === undefined ? state.items : state.items.filter((item) => item.visit === visit));
}

export function visitOf(id: string): Visit | undefined {
  return state.day?.visits.find((visit) => visit.brief.id === id);
}

export function without<T>(held: Record<string, T>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(held).filter(([one]) => one !== name));
}
