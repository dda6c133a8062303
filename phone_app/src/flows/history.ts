/*
 * What became of the own visits: the lines of a month, each with its why, and the objection to one (M1, M2). It is read
 * online, shown, and kept nowhere on the phone (S19).
 */
import type { components } from "../generated/api";
import { now, shanghai } from "../ports/clock";
import { api, ask, type Answer, type Problem } from "../ports/network";
import { newId } from "./session";
import { state } from "./state";

export type Line = components["schemas"]["StatementLine"];
export type Ground = components["schemas"]["DisputeNew"]["ground"];
type Statement = components["schemas"]["Statement"];

/** This month and those before it, the latest first: `2026-03`. */
export function months(count: number): string[] {
  const [year = 0, month = 1] = shanghai(now()).split("-").map(Number);
  return Array.from({ length: count }, (_, back) => {
    const whole = year * 12 + month - 1 - back;
    return `${Math.floor(whole / 12)}-${String((whole % 12) + 1).padStart(2, "0")}`;
  });
}

export function linesOf(month: string, after: string | null): Promise<Answer<Statement>> {
  const params = { path: { month }, query: after === null ? {} : { after } };
  return ask(() => api.GET("/api/v1/statements/{month}", { params }));
}

/** What of a line is mine; null where none of it is. */
export function shareOf(line: Line): string | null {
  return line.shares.find((share) => share.account_id === state.me?.account_id)?.amount ?? null;
}

export async function object(line: string, ground: Ground, words: string): Promise<Problem | "unreachable" | null> {
  const params = { path: { line_id: line } };
  const body = { id: newId(), ground, words, claimed_visit_id: null };
  const answer = await ask(() => api.POST("/api/v1/statement-lines/{line_id}/disputes", { params, body }));
  return answer.data === null ? (answer.problem ?? "unreachable") : null;
}
