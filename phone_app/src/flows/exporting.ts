/*
 * What the server would not take, as a file to be handed to IT (S19). It leaves the phone as it lies there, sealed under
 * the vault's key, and with it that key sealed to the server: whoever finds the file reads ids and sizes. Nothing is
 * erased by it.
 */
import type { Item } from "../domain/outbox";
import { all, database, type Sealed } from "../ports/database";
import { handOver } from "../ports/phone";
import { base64url } from "../ports/sealing";
import { signer } from "../ports/signer";
import * as vault from "../ports/vault";
import { state } from "./state";

const MAGIC = "fieldvisit-sealed-1\n";

interface Part {
  name: string;
  sealed: Sealed;
}

/** Hand over all that was set aside; false: there was nothing, or it was not taken. */
export async function exportSetAside(): Promise<boolean> {
  const by = await signer();
  const sealed = await vault.sealedForServer();
  const aside = state.items.filter((item) => item.state === "set_aside");
  if (by === undefined || sealed === null || state.me === null || aside.length === 0) return false;
  const parts = (await Promise.all(aside.map(partsOf))).flat();
  const head = {
    device_id: by.deviceId,
    account_id: state.me.account_id,
    sealed,
    items: aside.map(told),
    parts: parts.map(({ name, sealed: { iv, data } }) => ({ name, iv: base64url(iv), size: data.byteLength })),
  };
  const text = MAGIC + JSON.stringify(head) + "\n";
  const file = new Blob([text, ...parts.map((part) => part.sealed.data)], { type: "application/octet-stream" });
  return handOver(file, `fieldvisit-${by.deviceId.slice(-8)}.sealed`);
}

function told(item: Item): object {
  const { id, visit } = item;
  if (item.kind === "write") return { id, visit, what: item.what, path: item.path };
  return { id, visit, what: item.evidence, path: null };
}

/** What is said of an item before its bytes, and these in their order. */
async function partsOf(item: Item): Promise<Part[]> {
  const db = await database();
  const name = `${item.kind === "write" ? "body" : "about"}:${item.id}`;
  const first = await db.get("sealed", name);
  const pieces = await db.getAll("pieces", all(item.id));
  const bytes = pieces.map(({ index, sealed }) => ({ name: `piece:${item.id}:${index}`, sealed }));
  return first === undefined ? bytes : [{ name, sealed: first }, ...bytes];
}
