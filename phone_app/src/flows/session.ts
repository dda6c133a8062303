/*
 * From a bare phone to an open app: signing in, enrolling the device in hand (V20, S1), choosing a PIN, locking and
 * unlocking (S18), and what is erased when somebody signs out. What is unsent is never erased here (S19).
 */
import type { Checked } from "../domain/preflight";
import type { Day, Visit } from "../domain/visits";
import { uuid7 } from "../domain/ids";
import { database, meta, setMeta } from "../ports/database";
import * as clock from "../ports/clock";
import {
  api,
  ask,
  bindLogin,
  heldTokens,
  loginIsOver,
  setTokens,
  useTokens,
  type Answer,
  type Problem,
  type Tokens,
} from "../ports/network";
import { keepSigner, makePair, signer } from "../ports/signer";
import { keepStorage } from "../ports/phone";
import * as vault from "../ports/vault";
import { eraseVisits, loginEnded, makeVault, mayErase, readProgress, reopen } from "./custody";
import { refreshItems } from "./keeping";
import { state, type Me } from "./state";

const LOCK_AFTER = 3;
const LOCK_MINUTES = 30;
const AHEAD = "clock_ahead";

export function newId(): string {
  return uuid7(clock.now(), crypto.getRandomValues(new Uint8Array(10)));
}

export async function start(): Promise<void> {
  useTokens(null, (kept) => (vault.isOpen() ? vault.keep("tokens", kept) : Promise.resolve()));
  // Not in localStorage, which reaches the disk seconds later: a phone that died forgot what time it was.
  clock.restore((await meta<number>(AHEAD)) ?? 0);
  state.me = (await meta<Me>("me")) ?? null;
  state.lostAt = (await meta<number | null>("lost_at")) ?? null;
  await refreshItems();
  state.stage = (await vault.exists()) ? "locked" : "sign_in";
}

export async function signIn(username: string, password: string): Promise<Problem | "unreachable" | null> {
  const answer = await ask(() => api.POST("/api/v1/auth/login", { body: { username, password } }));
  if (answer.data === null) return answer.problem ?? "unreachable";
  await setTokens(answer.data);
  return arrived(await ask(() => api.GET("/api/v1/auth/me")));
}

type SignedIn = Me & { grants: { permission: string; scope: string }[] };

async function arrived(answer: Answer<SignedIn>): Promise<Problem | "unreachable" | null> {
  if (answer.data === null) return answer.problem ?? "unreachable";
  const { account_id, display_name, username, grants } = answer.data;
  if (state.me !== null && state.me.account_id !== account_id && state.items.length > 0) {
    const isIt = grants.some(({ permission, scope }) => permission === "devices.enrol" && scope === "all");
    if (!isIt) return notYours();
    state.stage = "rescue";
    return null;
  }
  const bound = await bindLogin();
  if (bound === "unreachable") return bound;
  state.me = { account_id, display_name, username };
  state.signedOut = false;
  await setMeta("me", { ...state.me });
  const day = await askDay();
  if (day.data === null) return day.problem ?? "unreachable";
  return entered(day.data, bound === "bound");
}

/** Where somebody who has signed in goes on: to the enrolment, to a PIN, or into the app. */
async function entered(day: Day, bound: boolean): Promise<Problem | "unreachable" | null> {
  const mine = await signer();
  const inHand = bound && day.devices.some((device) => device.id === mine?.deviceId);
  const sends = bound && state.items.length > 0; // of a device that was taken back before all was sent
  if (!vault.isOpen()) state.day = day;
  if (!inHand && !sends) state.stage = "enrol";
  else if (vault.isOpen()) {
    state.stage = "open";
    await keepDay(day);
  } else if (!(await vault.exists())) firstStage();
  else if (state.forgotten) return chooseAnew();
  else state.stage = "locked";
  return null;
}

/** The PIN is forgotten, and the vault's key is there a second time, sealed to the server (S19). */
async function chooseAnew(): Promise<Problem | "unreachable" | null> {
  const problem = await reopen();
  if (problem !== null) return problem;
  state.forgotten = false;
  state.stage = "choose_pin";
  return null;
}

export function forgotPin(): void {
  state.forgotten = true;
  state.stage = "sign_in";
}

/** S1: what another person captured and nobody has received keeps the phone theirs. */
function notYours(): Problem {
  const message = {
    zh: "这台手机上还有另一位外访员未上传的资料，请先由其本人登录上传",
    en: "This phone still holds what another agent has not sent: let them sign in and send it first",
  };
  const error = { code: "phone_of_another", clause: "S1", field: null, message, remedy: { zh: "", en: "" }, facts: {} };
  return { type: "", title: error.code, status: 409, detail: "", remedy: "", clause: "S1", errors: [error] };
}

/** Enrol a device that was handed out to this person, by the code made for it there: its key is made here and now. */
export async function enrol(
  deviceId: string,
  deviceLabel: string,
  code: string,
): Promise<Problem | "unreachable" | null> {
  const { pair, jwk } = await makePair();
  const keyId = newId();
  const answer = await ask(() =>
    api.POST("/api/v1/devices/{device_id}/keys", {
      params: { path: { device_id: deviceId } },
      body: { id: keyId, jwk, code },
    }),
  );
  if (answer.data === null) return answer.problem ?? "unreachable";
  await keepSigner({ keyId, deviceId, deviceLabel, pair });
  void keepStorage();
  if ((await bindLogin()) === "unreachable") return "unreachable";
  if (await vault.exists()) state.stage = "locked";
  else firstStage();
  return null;
}

/** Before the first PIN the consent to recording and place is asked for; without it no visit begins. */
function firstStage(): void {
  state.stage = state.day?.consent.given_at === null ? "consent" : "choose_pin";
}

export async function choosePin(pin: string): Promise<void> {
  await makeVault(pin);
  await setTokens(heldTokens());
  await readProgress();
  if (state.day !== null) await keepDay(state.day);
  state.stage = "open";
}

export async function unlock(pin: string): Promise<vault.Opening> {
  const held = await meta<{ after: number; minutes: number }>("locking");
  const opening = await vault.open(pin, clock.now(), held?.after ?? LOCK_AFTER, held?.minutes ?? LOCK_MINUTES);
  if (!opening.opened) return opening;
  await readKept();
  state.stage = "open";
  return opening;
}

/** S18: what records or sends goes on under the lock, so its key stays until that is over. */
export function lock(): void {
  if (state.stage !== "open") return;
  state.stage = "locked";
  forgetKey();
}

/** Forget the key once the phone is locked and nothing needs it any more. */
export function forgetKey(): void {
  if (state.stage !== "locked" || state.recording !== null || state.items.length > 0) return;
  vault.close();
  state.day = null;
  state.progress = {};
}

async function readKept(): Promise<void> {
  // Whoever signed in a moment ago has newer tokens than those in the vault.
  await setTokens(heldTokens() ?? (await vault.kept<Tokens>("tokens")));
  state.syncedAt = (await meta<number>("synced_at")) ?? null;
  await readProgress();
  state.checked = await vault.kept<Checked>("checked");
  await readDay();
}

/** S19: the day's data are erased when the day is over; a visit that is still open keeps them until its check-out. */
async function readDay(): Promise<void> {
  const day = await vault.kept<Day>("day");
  const open = Object.values(state.progress).some((one) => one.begun_at !== null && one.ended_at === null);
  const over = day !== null && day.day !== clock.shanghai(clock.now()).slice(0, 10);
  state.day = over && !open ? null : day;
  if (over && !open) await (await database()).delete("sealed", "day");
}

export function askDay(): Promise<Answer<Day>> {
  return ask(async () => {
    const asked = Date.now();
    const told = await api.GET("/api/v1/phone/day");
    if (told.data !== undefined) await setMeta(AHEAD, clock.learn(Date.parse(told.data.now), asked, Date.now()));
    return told;
  });
}

/** Ask for the day anew; what stood there stays when nobody answers. */
export async function refreshDay(): Promise<Problem | null> {
  const answer = await askDay();
  if (answer.status === 401 && loginIsOver()) await loginEnded();
  if (answer.data !== null && vault.isOpen()) await keepDay(answer.data);
  return answer.problem;
}

export async function keepDay(fresh: Day): Promise<void> {
  const day = { ...fresh, visits: [...fresh.visits, ...followUpsOf(fresh)] };
  await vault.keep("day", day);
  state.day = day;
  state.syncedAt = clock.now();
  await setMeta("synced_at", state.syncedAt);
  await setMeta("locking", { after: day.policy.lock_after, minutes: day.policy.lock_minutes });
  await forgetOtherDays(day);
}

/** V7: follow-ups that were opened here and of which the server has not heard; its day does not have them yet. */
function followUpsOf(day: Day): Visit[] {
  const known = new Set(day.visits.map((visit) => visit.brief.id));
  const opened = new Set(state.items.filter((item) => item.after !== undefined).map((item) => item.visit));
  return (state.day?.visits ?? []).filter(({ brief }) => opened.has(brief.id) && !known.has(brief.id));
}

/** S19: what belongs to no visit of the day and to nothing unsent is erased. */
async function forgetOtherDays(day: Day): Promise<void> {
  const stays = new Set([...day.visits.map((visit) => visit.brief.id), ...state.items.map((item) => item.visit)]);
  if (state.recording !== null) stays.add(state.recording.visit);
  await eraseVisits(stays);
}

/** Sign out and erase everything, once nothing is unsent or IT has recorded its loss. */
export async function signOut(): Promise<boolean> {
  if (!mayErase()) return false;
  await ask(() => api.POST("/api/v1/auth/logout"));
  const db = await database();
  for (const shelf of ["sealed", "entries", "pieces", "outbox", "meta", "reserve"] as const) await db.clear(shelf);
  vault.close();
  location.reload();
  return true;
}
