/* Which screen stands: one word and at most two parameters in the address's hash, so that the phone's back key works. */
import { reactive } from "vue";

export type Screen =
  | "today"
  | "visit"
  | "camera"
  | "meet"
  | "phones"
  | "letter"
  | "result"
  | "check_out"
  | "preflight"
  | "history"
  | "outbox"
  | "settings";

interface Where {
  screen: Screen;
  visit: string;
  detail: string;
}

const SCREENS: readonly Screen[] = [
  "today",
  "visit",
  "camera",
  "meet",
  "phones",
  "letter",
  "result",
  "check_out",
  "preflight",
  "history",
  "outbox",
  "settings",
];

export const where = reactive<Where>(read());

function read(): Where {
  const [screen, visit = "", detail = ""] = location.hash.slice(2).split("/");
  const known = SCREENS.find((one) => one === screen);
  return { screen: known ?? "today", visit, detail };
}

export function go(screen: Screen, visit = "", detail = ""): void {
  location.hash = "#/" + [screen, visit, detail].filter(Boolean).join("/");
}

/** Back to the visit without leaving this step in the phone's history; whoever has gone elsewhere meanwhile stays there. */
export function done(visit: string): void {
  if (where.visit === visit) location.replace("#/visit/" + visit);
}

export function startNavigation(): void {
  addEventListener("hashchange", () => {
    Object.assign(where, read());
    scrollTo(0, 0);
  });
}
