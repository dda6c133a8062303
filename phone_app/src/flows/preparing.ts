/*
 * Before the outing: consent to recording and place, the phone's check of itself. The check lies sealed until a visit
 * begins and goes with it; a consent is given and withdrawn with a network, for it is no consent before it is on record.
 */
import type { components } from "../generated/api";
import { LITTLE_MIB, type Checked } from "../domain/preflight";
import { instant, shanghai } from "../ports/clock";
import { check } from "../ports/checks";
import { api, ask, type Answer, type Problem } from "../ports/network";
import * as vault from "../ports/vault";
import { keepWrite } from "./keeping";
import { keepReserve } from "./room";
import { newId } from "./session";
import { state } from "./state";

type Consent = components["schemas"]["ConsentView"];

export async function consent(): Promise<Problem | "unreachable" | null> {
  const body = { id: newId(), version: state.day?.consent.version ?? 0 };
  return heard(await ask(() => api.POST("/api/v1/consents", { body })));
}

export async function withdrawConsent(): Promise<Problem | "unreachable" | null> {
  return heard(await ask(() => api.POST("/api/v1/consents/withdraw")));
}

async function heard(answer: Answer<Consent>): Promise<Problem | "unreachable" | null> {
  if (answer.data === null) return answer.problem ?? "unreachable";
  if (state.day !== null) state.day.consent = answer.data;
  if (vault.isOpen()) await vault.keep("day", state.day);
  return null;
}

/** V5: the own list of today to the branch group, by the server, which keeps to what may stand there (S15). */
export async function sendList(): Promise<Problem | "unreachable" | null> {
  const params = { query: { day: "today" as const } };
  const answer = await ask(() => api.POST("/api/v1/visit-plans/lists/group", { params }));
  return answer.data === null ? (answer.problem ?? "unreachable") : null;
}

export async function checkPhone(): Promise<Checked> {
  const told = await check();
  await keepReserve();
  // What the browser tells of free room is no measurement; a reserve that found none is.
  const free_mib = state.room === "enough" ? told.free_mib : Math.min(told.free_mib ?? 0, LITTLE_MIB - 1);
  const found = { at: instant(), ...told, free_mib };
  state.checked = found;
  await vault.keep("checked", found);
  return found;
}

/** The check of today, if there was one. */
export function checkedToday(): Checked | null {
  const day = (moment: number): string => shanghai(moment).slice(0, 10);
  const found = state.checked;
  return found !== null && day(Date.parse(found.at)) === state.day?.day ? found : null;
}

/** What the phone found goes with each visit that it begins. */
export async function sendCheck(visit: string): Promise<void> {
  const found = checkedToday();
  if (found === null) return;
  await keepWrite(visit, "preflight", `/api/v1/visits/${visit}/preflights`, { id: newId(), ...found });
}
