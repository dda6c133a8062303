/*
 * The outbox at work: two lanes, small things and sound, each one item at a time, for as long as there is a network.
 * An item leaves by a receipt alone (S10); what the server refuses is set aside with its words and blocks nothing.
 */
import {
  fateOf,
  nextMoment,
  nextOf,
  soundMayGo,
  waitAfter,
  type Item,
  type Lane,
  type SoundGoes,
  type Write,
} from "../domain/outbox";
import { now } from "../ports/clock";
import { loginIsOver, post, renew, type Answer, type Problem } from "../ports/network";
import { meta, setMeta } from "../ports/database";
import { online, onLineChange, onOffline, onOnline, onWifi } from "../ports/phone";
import * as vault from "../ports/vault";
import { loginEnded, tellUnsent } from "./custody";
import { changeItem, eraseItem, keepWrite, onItem, refreshItems, type Body } from "./keeping";
import { note } from "./noting";
import { forgetKey, newId, refreshDay } from "./session";
import { state } from "./state";
import { abortUploads, upload } from "./uploading";

const SOUND = "sound_goes";
const busy: Record<Lane, boolean> = { small: false, sound: false };
let alarm = 0;

export function startSending(): void {
  state.online = online();
  void meta<SoundGoes>(SOUND).then((how) => (state.soundGoes = how ?? "always"));
  onItem(send);
  onLineChange(lineChanged);
  onOnline(() => {
    state.online = true;
    void retryNow();
  });
  onOffline(() => {
    state.online = false;
    abortUploads();
  });
}

/** Try everything again, now: somebody asked, or the network came back. What was set aside stays so. */
export async function retryNow(): Promise<void> {
  if (!vault.isOpen()) return;
  await refreshItems();
  for (const item of state.items)
    if (item.state !== "set_aside") await changeItem(item.id, (held) => ({ ...held, notBefore: 0 }));
  await refreshDay();
  await tellUnsent();
  send();
}

/** Give an item that was set aside another try. */
export async function tryAgain(id: string): Promise<void> {
  await changeItem(id, (held) => ({ ...held, state: "waiting", notBefore: 0 }));
  send();
}

/** Hold one file back, or let it go on from where it was. */
export async function pause(id: string, held: boolean): Promise<void> {
  await changeItem(id, (item) => (item.kind === "file" ? { ...item, paused: held, notBefore: 0 } : item));
  if (held) abortUploads((item) => item.id === id);
  send();
}

export function send(): void {
  void run("small");
  void run("sound");
}

async function run(lane: Lane): Promise<void> {
  if (busy[lane]) return;
  busy[lane] = true;
  try {
    for (;;) {
      if (!vault.isOpen() || !state.online || state.signedOut || held(lane)) return;
      const item = nextOf(state.items, lane, now());
      if (item === null) return;
      await sendOne(item);
    }
  } finally {
    busy[lane] = false;
    setAlarm();
    if (state.items.length === 0) void tellUnsent();
  }
}

/** Sound waits where the agent says so; records and photos never do. */
function held(lane: Lane): boolean {
  return lane === "sound" && !soundMayGo(state.soundGoes, onWifi());
}

/** When sound is to be sent; what is on its way stops and goes on later from where it was. */
export async function chooseSound(how: SoundGoes): Promise<void> {
  state.soundGoes = how;
  await setMeta(SOUND, how);
  for (const item of state.items)
    if (item.lane === "sound" && item.state !== "set_aside")
      await changeItem(item.id, (kept) => ({ ...kept, notBefore: 0 }));
  lineChanged();
}

function lineChanged(): void {
  if (held("sound")) abortUploads((item) => item.lane === "sound");
  send();
}

function setAlarm(): void {
  window.clearTimeout(alarm);
  const moment = nextMoment(state.items.filter((item) => !held(item.lane)));
  if (moment === null || !state.online || state.signedOut || !vault.isOpen()) return;
  alarm = window.setTimeout(send, Math.min(60_000, Math.max(250, moment - now())));
}

async function sendOne(item: Item): Promise<void> {
  await changeItem(item.id, (held) => ({ ...held, state: "sending" }));
  const answer = await (item.kind === "write" ? sendWrite(item) : upload(item));
  const fate = fateOf(answer.status, item.kind);
  if (fate === "done") await eraseItem(item.id).then(forgetKey);
  else if (fate === "signed_out") await signedOut(item);
  else if (fate === "again") await putBack(item, answer.status);
  else await setAside(item, answer.problem);
}

async function sendWrite(item: Write): Promise<Answer<unknown>> {
  const body = await vault.kept<Body>(`body:${item.id}`);
  if (body === null) return { status: 422, data: null, problem: null };
  const answer = await post(item.path, body);
  if (item.what === "check_in" && fateOf(answer.status, item.kind) === "set_aside") {
    await beganAnyway(item, body);
    return { ...answer, status: 200 };
  }
  return answer;
}

/** R12: a start that the server refuses afterwards has happened all the same; it is told so, and kept with the reason. */
async function beganAnyway(item: Write, body: Body): Promise<void> {
  await keepWrite(item.visit, "check_in_after", item.path, { ...body, id: newId(), began_offline: true });
}

async function signedOut(item: Item): Promise<void> {
  const renewed = await renew();
  const wait = renewed ? 0 : now() + waitAfter(item.tries + 1, Math.random());
  await changeItem(item.id, (held) => ({ ...held, state: "waiting", notBefore: wait }));
  if (!renewed && loginIsOver()) await loginEnded();
}

async function putBack(item: Item, status: number): Promise<void> {
  if (status >= 400) note("sending", String(status));
  await changeItem(item.id, (held) => {
    const tries = held.tries + 1;
    const paused = held.kind === "file" && held.paused === true; // its pause is no failure to wait after
    return { ...held, state: "waiting", tries, notBefore: paused ? 0 : now() + waitAfter(tries, Math.random()) };
  });
}

async function setAside(item: Item, problem: Problem | null): Promise<void> {
  const [first] = problem?.errors ?? [];
  const why = {
    zh: [first?.message.zh ?? "服务器未接受", first?.remedy.zh].filter(Boolean).join("。"),
    en: [first?.message.en ?? "The server did not take it", first?.remedy.en].filter(Boolean).join(". "),
  };
  const code = first?.code ?? "not_taken";
  note("set_aside", code);
  await changeItem(item.id, (held) => ({ ...held, state: "set_aside", why, code }));
}
