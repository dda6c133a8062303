/*
 * The server as the phone speaks to it: typed by the OpenAPI document, signed in, with a limit on how long it waits.
 * It owns the tokens while the app is open (they lie sealed when it is not) and refuses to decide what an answer means.
 */
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "../generated/api";
import { signed, signer } from "./signer";

export type Problem = components["schemas"]["ProblemDocument"];
export type Tokens = components["schemas"]["Tokens"];

const PATIENCE_MS = 20_000;

let tokens: Tokens | null = null;
let keepTokens: (kept: Tokens | null) => Promise<void> = () => Promise.resolve();
let renewing: Promise<boolean> | null = null;
let over = false;

export function useTokens(held: Tokens | null, keep: (kept: Tokens | null) => Promise<void>): void {
  tokens = held;
  keepTokens = keep;
}

export async function setTokens(held: Tokens | null): Promise<void> {
  tokens = held;
  over = false;
  await keepTokens(held);
}

/** Whether the server has said that the login is at an end; a line that broke says nothing of it. */
export function loginIsOver(): boolean {
  return over;
}

export function heldTokens(): Tokens | null {
  return tokens;
}

export function bearer(): string {
  return `Bearer ${tokens?.access_token ?? ""}`;
}

const authorised: Middleware = {
  onRequest({ request, schemaPath }) {
    if (!schemaPath.startsWith("/api/v1/auth/login")) request.headers.set("Authorization", bearer());
    return request;
  },
};

/** A fetch that ends: a phone in a lift would wait for ever. */
function patient(input: Request): Promise<Response> {
  return fetch(input, { signal: AbortSignal.timeout(PATIENCE_MS) });
}

export const api = createClient<paths>({ baseUrl: "", fetch: patient });
api.use(authorised);

export interface Answer<T> {
  /** 0: nobody answered. */
  status: number;
  data: T | null;
  problem: Problem | null;
}

interface Told<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Ask, and ask again with new tokens where the old ones are over. */
export async function ask<T>(call: () => Promise<Told<T>>): Promise<Answer<T>> {
  const first = await once(call);
  if (first.status !== 401 || !(await renew())) return first;
  return once(call);
}

async function once<T>(call: () => Promise<Told<T>>): Promise<Answer<T>> {
  try {
    const { data, error, response } = await call();
    return { status: response.status, data: data ?? null, problem: asProblem(error) };
  } catch {
    return { status: 0, data: null, problem: null };
  }
}

function asProblem(error: unknown): Problem | null {
  return typeof error === "object" && error !== null && "errors" in error ? (error as Problem) : null;
}

/** New tokens for the old ones; all who wait for them wait for the one request. */
export function renew(): Promise<boolean> {
  renewing ??= renewed().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function renewed(): Promise<boolean> {
  const held = tokens;
  if (held === null) return false;
  try {
    const headers = { Authorization: `Bearer ${held.refresh_token}`, ...(await proofOf(held.refresh_token)) };
    const answer = await patient(new Request("/api/v1/auth/refresh", { method: "POST", headers }));
    if (answer.status === 401 || answer.status === 403) over = true;
    if (!answer.ok) return false;
    await setTokens((await answer.json()) as Tokens);
    return true;
  } catch {
    return false;
  }
}

/** V20: a login that is bound to this device is renewed with the signature of its key. */
async function proofOf(token: string): Promise<Record<string, string>> {
  const by = await signer();
  if (by === undefined) return {};
  return { "X-Device": by.deviceId, "X-Device-Signature": await signed(by, token) };
}

/** Bind the login to this device; refused: the server does not take its key (any more). */
export async function bindLogin(): Promise<"bound" | "refused" | "unreachable"> {
  const by = await signer();
  const shown = tokens?.access_token;
  if (by === undefined || shown === undefined) return "refused";
  const body = { key_id: by.keyId, signature: await signed(by, shown) };
  const answer = await once(() => api.POST("/api/v1/auth/device", { body }));
  if (answer.status === 204) return "bound";
  return answer.status === 0 || answer.status >= 500 ? "unreachable" : "refused";
}

/** Send a write that was put down earlier, to the letter: its `id` makes a repeat the same write. */
export function post(path: string, body: unknown): Promise<Answer<unknown>> {
  return ask(async () => {
    const headers = { Authorization: bearer(), "Content-Type": "application/json" };
    const request = new Request(path, { method: "POST", headers, body: JSON.stringify(body) });
    const response = await patient(request);
    const told: unknown = await response.json().catch(() => null);
    return response.ok ? { data: told, response } : { error: told, response };
  });
}
