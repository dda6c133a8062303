/*
 * The phone's time. `now` follows the server's clock as it was last heard, so that a phone whose own is wrong by an hour
 * still writes right times; `timer` never goes back while the app runs, and shows when somebody turned the clock.
 */
// Below it a difference is the line's, and moving the clock by it would make photos older than what came before them.
const WORTH_IT = 2_000;

let ahead = 0;

/** By how much the server's clock was ahead when the app last ran. */
export function restore(milliseconds: number): void {
  ahead = milliseconds;
}

export function now(): number {
  return Date.now() + ahead;
}

export function instant(milliseconds: number = now()): string {
  return new Date(milliseconds).toISOString();
}

export function timer(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/**
 * Learn the server's time from an answer that was asked for and came at these moments of the phone's own clock; gives back
 * by how much it is ahead, to be kept.
 */
export function learn(serverTime: number, asked: number, answered: number): number {
  const measured = serverTime - (asked + answered) / 2;
  if (Math.abs(measured - ahead) >= WORTH_IT) ahead = Math.round(measured);
  return ahead;
}

const LOCAL = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Shanghai",
  dateStyle: "short",
  timeStyle: "medium",
});

/** `YYYY-MM-DD HH:MM:SS` in Shanghai. */
export function shanghai(milliseconds: number): string {
  return LOCAL.format(milliseconds);
}

export function minuteOfDay(milliseconds: number): number {
  const time = shanghai(milliseconds).slice(11);
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
