/* Why a recording broke off, as far as a page can know it (V2). */
import type { GapCause } from "./chain";

export interface Around {
  /** A call is being made from the visit. */
  calling: boolean;
  /** The page is not on the screen. */
  hidden: boolean;
  /** The screen was kept on, so it did not lock by itself. */
  awake: boolean;
}

/**
 * A page is not told whether the phone was locked or another app came before it. While the screen is kept on, a phone
 * does not lock by itself; where that was refused, the lock is likelier.
 */
export function causeOfLoss({ calling, hidden, awake }: Around): GapCause {
  if (calling) return "call";
  if (!hidden) return "microphone_lost";
  return awake ? "other_app" : "lock";
}
