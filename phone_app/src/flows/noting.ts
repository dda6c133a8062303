/*
 * The last things that went wrong, for IT: codes and places in our own files, never a word that somebody wrote or that
 * stands in an error's message, for those may name people.
 */
import { instant } from "../ports/clock";
import { meta, setMeta } from "../ports/database";
import { queue } from "./turns";

const NAME = "errors";
const MOST = 20;
const OURS = /[\w-]+\.js:\d+:\d+/;

export interface Noted {
  at: string;
  what: string;
  code: string;
}

const inTurn = queue();

export async function noted(): Promise<Noted[]> {
  return (await meta<Noted[]>(NAME)) ?? [];
}

/** Note it; that a note cannot be written is no further error. */
export function note(what: string, code: string): void {
  const one = { at: instant(), what, code };
  void inTurn(async () => setMeta(NAME, [...(await noted()), one].slice(-MOST))).catch(() => undefined);
}

/** What was thrown where, without what it says. */
export function noteThrown(thrown: unknown): void {
  if (!(thrown instanceof Error)) return note("app", "unknown");
  const [place] = OURS.exec(thrown.stack ?? "") ?? [];
  note("app", [thrown.name, place].filter(Boolean).join(" "));
}
