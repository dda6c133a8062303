/*
 * A follow-up on the spot (V7): a visit to an address learnt at the door, opened here without a plan or a network. The
 * server runs the checks when it hears of it, tells the dispatcher, and refuses nothing that has happened.
 */
import { instant, now, shanghai } from "../ports/clock";
import { sha256 } from "../ports/signer";
import type { Visit } from "../domain/visits";
import type { AddressKind } from "./calling";
import { keepWrite } from "./keeping";
import { keepDay, newId } from "./session";
import { state, visitOf } from "./state";
import { change, path } from "./visiting";

/** Open the follow-up; gives back its id, or null where its parent is not on this phone. */
export async function followUp(parent: string, text: string, kind: AddressKind): Promise<string | null> {
  const led = visitOf(parent);
  if (led === undefined || state.day === null) return null;
  const id = newId();
  const address = newId();
  const at = instant();
  await change(parent, ({ learnt }) => ({ learnt: learnt + 1 }));
  const told = { id: address, kind, text, at };
  await keepWrite(id, "address_learnt", path(parent, "information/addresses"), told, parent);
  const opened = { id, address_id: address, on_the_spot: true, at };
  await keepWrite(id, "follow_up", path(parent, "follow-up"), opened, parent);
  const visit = await visitAfter(led, id, text, kind);
  await keepDay({ ...state.day, visits: [...state.day.visits, visit] });
  return id;
}

/** The visit as the server will have it: the parent's team and case, another place, a lease for the rest of the hours. */
async function visitAfter(parent: Visit, id: string, text: string, kind: AddressKind): Promise<Visit> {
  const closes = state.day?.policy.visit_hours[1] ?? "22:00";
  const until = `${shanghai(now()).slice(0, 10)}T${closes}:00+08:00`;
  const nonce = parent.capture_nonce;
  return {
    ...parent,
    present: [],
    capture_nonce: nonce === null ? null : await sha256(new TextEncoder().encode(`${nonce}:${id}`)),
    brief: {
      ...parent.brief,
      id,
      parent_id: parent.brief.id,
      state: "published",
      address: { ...parent.brief.address, kind, text },
      point: null,
      outcome: null,
      started_at: null,
      ended_at: null,
      valid_from: instant(),
      valid_until: new Date(until).toISOString(),
    },
  };
}
