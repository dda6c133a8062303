/*
 * What lies unsent on this phone (S19): told to the server, kept through a forgotten PIN and a login that is over, sent
 * by IT where the person is gone, erased unsent only where IT has recorded its loss.
 */
import type { components } from "../generated/api";
import type { Progress } from "../domain/visits";
import { unsentOf } from "../domain/outbox";
import { all, database, setMeta } from "../ports/database";
import { instant } from "../ports/clock";
import { api, ask, setTokens, type Answer, type Problem } from "../ports/network";
import { fromBase64url, sealForServer, type SealedForServer } from "../ports/sealing";
import { signer } from "../ports/signer";
import * as vault from "../ports/vault";
import { refreshItems } from "./keeping";
import { state, without } from "./state";

type Opened = components["schemas"]["OpenedVaultView"];

let toldNothing = false;
// The key that the server opened, between the sign-in and the new PIN.
let reopened: ArrayBuffer | null = null;

/** A new vault, or the one whose PIN was forgotten, with its key sealed to the server. */
export async function makeVault(pin: string): Promise<void> {
  const by = await signer();
  const { me, day } = state;
  if (by === undefined || me === null || day === null) throw new Error("no PIN before the device is enrolled");
  await vault.make(pin, (key) => sealForServer(day.sealing_key, by.deviceId, me.account_id, key), reopened);
  reopened = null;
}

/** Ask the server for the key of the vault; from then on a new PIN can be chosen. */
export async function reopen(): Promise<Problem | "unreachable" | null> {
  const answer = await askKey(state.me?.account_id ?? "", "PIN forgotten");
  if (answer.data === null) return answer.problem ?? "unreachable";
  reopened = fromBase64url(answer.data.key);
  return null;
}

/** IT, signed in on this phone, sends what its owner has left: with a login of the owner that can do nothing else. */
export async function sendForOwner(reason: string): Promise<Problem | "unreachable" | null> {
  const answer = await askKey(state.me?.account_id ?? "", reason);
  if (answer.data === null) return answer.problem ?? "unreachable";
  if (answer.data.tokens === null) return "unreachable";
  await ask(() => api.POST("/api/v1/auth/logout"));
  await vault.openBy(fromBase64url(answer.data.key));
  await setTokens(answer.data.tokens);
  state.signedOut = false;
  await readProgress();
  return null;
}

async function askKey(account_id: string, reason: string): Promise<Answer<Opened>> {
  const by = await signer();
  const sealed: SealedForServer | null = await vault.sealedForServer();
  if (by === undefined || sealed === null) return { status: 422, data: null, problem: null };
  const params = { path: { device_id: by.deviceId } };
  return ask(() => api.POST("/api/v1/devices/{device_id}/vault", { params, body: { account_id, sealed, reason } }));
}

export async function readProgress(): Promise<void> {
  const names = (await (await database()).getAllKeys("sealed")).filter((name) => name.startsWith("progress:"));
  for (const name of names) {
    const progress = await vault.kept<Progress>(name);
    if (progress !== null && state.recording?.visit !== progress.visit) state.progress[progress.visit] = progress;
  }
  await refreshItems();
}

/** Tell the server what lies on this phone alone; it says whether IT has recorded its loss. That nothing does, once. */
export async function tellUnsent(): Promise<void> {
  const by = await signer();
  if (by === undefined || !state.online || state.signedOut || !vault.isOpen()) return;
  const { items, bytes, setAside } = unsentOf(state.items);
  if (items === 0 && toldNothing) return;
  const oldest = state.items.length === 0 ? null : instant(Math.min(...state.items.map((item) => item.created)));
  const params = { path: { device_id: by.deviceId } };
  const body = { items, bytes, set_aside: setAside, oldest_at: oldest };
  const answer = await ask(() => api.POST("/api/v1/devices/{device_id}/unsent", { params, body }));
  if (answer.data === null) return;
  toldNothing = items === 0;
  state.lostAt = answer.data.lost_at === null ? null : Date.parse(answer.data.lost_at);
  await setMeta("lost_at", state.lostAt);
}

/** Whether this phone may be erased: all has its receipt, or what has none was recorded as lost after it was captured. */
export function mayErase(): boolean {
  const lostAt = state.lostAt;
  return state.recording === null && state.items.every((item) => lostAt !== null && item.created < lostAt);
}

/** S19: the server has ended the login. What can be read goes; what is unsent stays, sealed, and so does an open visit. */
export async function loginEnded(): Promise<void> {
  state.signedOut = true;
  const open = Object.values(state.progress).some((one) => one.begun_at !== null && one.ended_at === null);
  if (open || state.recording !== null) return;
  await (await database()).delete("sealed", "day");
  await eraseVisits(new Set(state.items.map((item) => item.visit)));
  state.day = null;
  vault.close();
  state.stage = "sign_in";
}

/** Erase what is kept of visits other than these. */
export async function eraseVisits(stays: ReadonlySet<string>): Promise<void> {
  const db = await database();
  for (const name of await db.getAllKeys("sealed")) {
    const visit = name.startsWith("progress:") ? name.slice("progress:".length) : null;
    if (visit === null || stays.has(visit)) continue;
    await db.delete("sealed", name);
    await db.delete("entries", all(visit));
    state.progress = without(state.progress, visit);
  }
}
