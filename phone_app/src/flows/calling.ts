/*
 * Telephones on the spot: calls (each a record, V18, within V9), messages from approved texts (V15), and numbers and
 * addresses learnt at the door (V19). It refuses a call that the server has not allowed: the clear number comes with it.
 */
import type { components } from "../generated/api";
import { instant, now } from "../ports/clock";
import { api, ask, type Problem } from "../ports/network";
import { keepWrite } from "./keeping";
import { newId } from "./session";
import { state, visitOf } from "./state";
import { change, path, progressOf } from "./visiting";

export type Line = components["schemas"]["CallNew"]["line"];
export type Owner = components["schemas"]["PhoneLearnt"]["owner"];
export type AddressKind = components["schemas"]["AddressLearnt"]["kind"];

/** A call that is being made: the number is in memory alone. */
export interface Calling {
  phone: string;
  number: string;
  begunAt: number;
}

/** Ask for the number, which is given in clear for a call that is allowed now (V9, V13). */
export async function numberFor(visit: string, phone: string): Promise<Calling | Problem | "unreachable"> {
  const params = { path: { visit_id: visit } };
  const answer = await ask(() => api.POST("/api/v1/visits/{visit_id}/dial", { params, body: { phone_id: phone } }));
  if (answer.data === null) return answer.problem ?? "unreachable";
  state.calling = visit;
  return { phone, number: answer.data.number, begunAt: now() };
}

/** How the call went: kept at once, whatever came of it (V18). */
export async function rang(visit: string, calling: Calling, answered: boolean, line: Line): Promise<void> {
  state.calling = null;
  const id = newId();
  const recorded = state.recording?.visit === visit ? progressOf(visit).recorded_ms : null;
  await change(visit, ({ calls }) => ({ calls: [...calls, { id, phone: calling.phone, answered }] }));
  await keepWrite(visit, "call", path(visit, "calls"), {
    id,
    phone_id: calling.phone,
    at: instant(calling.begunAt),
    answered,
    seconds: answered ? Math.round((now() - calling.begunAt) / 1000) : 0,
    line,
    recording_offset_ms: recorded,
  });
}

/** Calls to the debtor that are left today: the server's count less those that it does not know yet (V9). */
export function callsLeft(visit: string): number {
  const found = visitOf(visit);
  if (found === undefined) return 0;
  const own = new Set(found.phones.filter((phone) => phone.owner === "debtor").map((phone) => phone.id));
  const waiting = new Set(state.items.map((item) => item.id));
  const unknown = progressOf(visit).calls.filter((call) => own.has(call.phone) && waiting.has(call.id));
  return Math.max(0, found.calls.left - unknown.length);
}

export async function sendMessage(visit: string, phone: string, template: string): Promise<void> {
  if (progressOf(visit).messaged.includes(phone)) return;
  await change(visit, ({ messaged }) => ({ messaged: [...messaged, phone] }));
  const body = { id: newId(), phone_id: phone, template_id: template, at: instant() };
  await keepWrite(visit, "message", path(visit, "messages"), body);
}

export async function learnPhone(visit: string, number: string, owner: Owner, relation: string): Promise<void> {
  await change(visit, ({ learnt }) => ({ learnt: learnt + 1 }));
  const body = { id: newId(), number, owner, relation, at: instant() };
  await keepWrite(visit, "phone_learnt", path(visit, "information/phones"), body);
}

export async function learnAddress(visit: string, text: string, kind: AddressKind): Promise<void> {
  await change(visit, ({ learnt }) => ({ learnt: learnt + 1 }));
  const body = { id: newId(), kind, text, at: instant() };
  await keepWrite(visit, "address_learnt", path(visit, "information/addresses"), body);
}
