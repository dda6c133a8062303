/*
 * From a bare phone to an open app: signing in, enrolling the device in hand (V20, S1), choosing a PIN, locking and
 * unlocking (S18), and what is erased when somebody signs out. What is unsent is never erased here (S19).
 */
import type { Day, Progress } from "../domain/visits";
import { uuid7 } from "../domain/ids";
import { database, meta, setMeta } from "../ports/database";
import * as clock from "../ports/clock";
import { api, ask, heldTokens, setTokens, useTokens, type Answer, type Problem, type Tokens } from "../ports/network";
import { keepSigner, makePair, signer } from "../ports/signer";
import { keepStorage } from "../ports/phone";
import * as vault from "../ports/vault";
import { refreshItems } from "./keeping";
import { state, without, type Me } from "./state";

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
  await refreshItems();
  state.stage = (await vault.exists()) ? "locked" : "sign_in";
}

export async function signIn(username: string, password: string): Promise<Problem | "unreachable" | null> {
  const answer = await ask(() => api.POST("/api/v1/auth/login", { body: { username, password } }));
  if (answer.data === null) return answer.problem ?? "unreachable";
  await setTokens(answer.data);
  return arrived(await ask(() => api.GET("/api/v1/auth/me")));
}

async function arrived(answer: Answer<Me & { posts: string[] }>): Promise<Problem | "unreachable" | null> {
  if (answer.data === null) return answer.problem ?? "unreachable";
  const { account_id, display_name, username } = answer.data;
  if (state.me !== null && state.me.account_id !== account_id && state.items.length > 0) return notYours();
  state.me = { account_id, display_name, username };
  state.signedOut = false;
  await setMeta("me", { ...state.me });
  const day = await askDay();
  if (day.data === null) return day.problem ?? "unreachable";
  const mine = await signer();
  const inHand = day.data.devices.some((device) => device.id === mine?.deviceId);
  state.stage = !inHand ? "enrol" : (await vault.exists()) ? (vault.isOpen() ? "open" : "locked") : "choose_pin";
  if (state.stage === "open") await keepDay(day.data);
  else state.day = day.data;
  return null;
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

/** Enrol a device that was handed out to this person: its key is made here and now. */
export async function enrol(deviceId: string, deviceLabel: string): Promise<Problem | "unreachable" | null> {
  const { pair, jwk } = await makePair();
  const keyId = newId();
  const answer = await ask(() =>
    api.POST("/api/v1/devices/{device_id}/keys", {
      params: { path: { device_id: deviceId } },
      body: { id: keyId, jwk },
    }),
  );
  if (answer.data === null) return answer.problem ?? "unreachable";
  await keepSigner({ keyId, deviceId, deviceLabel, pair });
  void keepStorage();
  state.stage = (await vault.exists()) ? "locked" : "choose_pin";
  return null;
}

export async function choosePin(pin: string): Promise<void> {
  await vault.make(pin);
  await setTokens(heldTokens());
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
  const db = await database();
  // Whoever signed in a moment ago has newer tokens than those in the vault.
  await setTokens(heldTokens() ?? (await vault.kept<Tokens>("tokens")));
  state.syncedAt = (await meta<number>("synced_at")) ?? null;
  const names = (await db.getAllKeys("sealed")).filter((name) => name.startsWith("progress:"));
  for (const name of names) {
    const progress = await vault.kept<Progress>(name);
    if (progress !== null && state.recording?.visit !== progress.visit) state.progress[progress.visit] = progress;
  }
  await refreshItems();
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
  if (answer.status === 401) state.signedOut = true;
  if (answer.data !== null && vault.isOpen()) await keepDay(answer.data);
  return answer.problem;
}

export async function keepDay(day: Day): Promise<void> {
  await vault.keep("day", day);
  state.day = day;
  state.syncedAt = clock.now();
  await setMeta("synced_at", state.syncedAt);
  await setMeta("locking", { after: day.policy.lock_after, minutes: day.policy.lock_minutes });
  await forgetOtherDays(day);
}

/** S19: what belongs to no visit of the day and to nothing unsent is erased. */
async function forgetOtherDays(day: Day): Promise<void> {
  const db = await database();
  const stays = new Set([...day.visits.map((visit) => visit.brief.id), ...state.items.map((item) => item.visit)]);
  if (state.recording !== null) stays.add(state.recording.visit);
  for (const name of await db.getAllKeys("sealed")) {
    const visit = name.startsWith("progress:") ? name.slice("progress:".length) : null;
    if (visit === null || stays.has(visit)) continue;
    await db.delete("sealed", name);
    await db.delete("entries", IDBKeyRange.bound([visit, 0], [visit, Number.MAX_SAFE_INTEGER]));
    state.progress = without(state.progress, visit);
  }
}

/** Sign out and erase everything, once nothing is unsent. */
export async function signOut(): Promise<boolean> {
  if (state.items.length > 0 || state.recording !== null) return false;
  await ask(() => api.POST("/api/v1/auth/logout"));
  const db = await database();
  for (const shelf of ["sealed", "entries", "pieces", "outbox", "meta"] as const) await db.clear(shelf);
  vault.close();
  location.reload();
  return true;
}
