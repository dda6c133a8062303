/*
 * A bundle for IT (S19): what this phone is, how its outbox stands, what went wrong last. It goes by the app's own API,
 * which answers where uploads fail; no name, no visit, no word of anybody is in it.
 */
import type { components } from "../generated/api";
import type { Item } from "../domain/outbox";
import { instant, now } from "../ports/clock";
import { freeMib } from "../ports/checks";
import { meta } from "../ports/database";
import { api, ask, type Problem } from "../ports/network";
import { about } from "../ports/phone";
import { signer } from "../ports/signer";
import { language } from "../words";
import { noted } from "./noting";
import { newId } from "./session";
import { APP_VERSION, state, unsent } from "./state";

type Bundle = components["schemas"]["SupportBundleNew"];
const MOST_ITEMS = 100;

/** Send it; gives back the number by which IT finds it. */
export async function sendSupport(): Promise<{ number: string } | { problem: Problem | "unreachable" }> {
  const by = await signer();
  if (by === undefined) return { problem: "unreachable" };
  const body = await bundle();
  const params = { path: { device_id: by.deviceId } };
  const answer = await ask(() => api.POST("/api/v1/devices/{device_id}/support-bundles", { params, body }));
  if (answer.data === null) return { problem: answer.problem ?? "unreachable" };
  return { number: body.id.slice(-8).toUpperCase() };
}

async function bundle(): Promise<Bundle> {
  const { items, bytes, setAside } = unsent();
  return {
    id: newId(),
    at: instant(),
    app_version: APP_VERSION,
    language: language.value,
    ...(await about()),
    online: state.online,
    sound_goes: state.soundGoes,
    room: state.room,
    free_mib: await freeMib(),
    clock_ahead_ms: (await meta<number>("clock_ahead")) ?? 0,
    synced_at: state.syncedAt === null ? null : instant(state.syncedAt),
    recording: state.recording !== null,
    unsent: items,
    unsent_bytes: bytes,
    set_aside: setAside,
    items: state.items.slice(0, MOST_ITEMS).map(told),
    errors: await noted(),
  };
}

function told(item: Item): Bundle["items"][number] {
  const { lane, state: standing, tries, size, sent } = item;
  const what = item.kind === "write" ? item.what : item.evidence;
  const age = Math.max(0, Math.round((now() - item.created) / 1000));
  return { what, lane, state: standing, tries, size, sent, age_seconds: age, why: item.code ?? null };
}
