/*
 * One file of the outbox as a resumable upload (tus 1.0, docs/adr/0006): a photo at once, a run of the recorder as it
 * grows. It refuses to believe that a file is safe before the server's digest is that of all its bytes (S10).
 */
import type { DetailedError, HttpResponse, Upload } from "tus-js-client";
import type { File, Item } from "../domain/outbox";
import { database } from "../ports/database";
import { bearer, renew, type Answer, type Problem } from "../ports/network";
import { sha256 } from "../ports/signer";
import * as vault from "../ports/vault";
import { changeItem } from "./keeping";
import { state } from "./state";

const CHUNK = 1 << 20;
const GROWS_MS = 500;
const PREFIX = "/api/v1/uploads";

const going = new Map<string, Upload>();
const sourceEnds = new Map<string, () => void>();

/** Break off what is on its way, all or what is meant; it goes on later from where it was. */
export function abortUploads(meant: (item: Item) => boolean = () => true): void {
  for (const [id, end] of sourceEnds) {
    const item = state.items.find((held) => held.id === id);
    if (item === undefined || !meant(item)) continue;
    void going.get(id)?.abort();
    end();
  }
}

/** Send a file to its end; the answer's status is 0 where the line broke, and the rest goes the next time. */
export function upload(item: File): Promise<Answer<unknown>> {
  return new Promise((resolve) => {
    void begin(item, resolve).catch(() => {
      sourceEnds.delete(item.id);
      resolve(answered(0));
    });
  });
}

async function begin(item: File, resolve: (answer: Answer<unknown>) => void): Promise<void> {
  let last: HttpResponse | null = null;
  let over = false;
  const source = new Pieces(item.id);
  const finish = (answer: Answer<unknown>): void => {
    over = true;
    going.delete(item.id);
    sourceEnds.delete(item.id);
    resolve(answer);
  };
  sourceEnds.set(item.id, () => finish(answered(0)));
  const [client, metadata] = await Promise.all([import("tus-js-client"), metadataOf(item)]);
  if (over) return; // broken off before its first byte
  const tus = new client.Upload(new Blob(), {
    endpoint: PREFIX,
    ...(item.sent > 0 || item.tries > 0 ? { uploadUrl: `${PREFIX}/${item.id}` } : {}),
    uploadLengthDeferred: true,
    chunkSize: CHUNK,
    retryDelays: null,
    storeFingerprintForResuming: false,
    metadata,
    fileReader: { openFile: () => Promise.resolve(source) },
    onBeforeRequest: (request) => request.setHeader("Authorization", bearer()),
    onAfterResponse: (_request, response) => {
      last = response;
    },
    onChunkComplete: (_size, accepted) => void changeItem(item.id, (held) => ({ ...held, sent: accepted })),
    onError: (error) => void failed(error as DetailedError).then(finish),
    onSuccess: () => void receipted(item, last).then(finish, () => finish(answered(0))),
  });
  going.set(item.id, tus);
  tus.start();
}

async function failed(error: DetailedError): Promise<Answer<unknown>> {
  const response = error.originalResponse;
  const status = response?.getStatus() ?? 0;
  if (status === 401) return answered((await renew()) ? 0 : 401);
  return { status, data: null, problem: problemIn(response?.getBody()) };
}

function problemIn(body: string | undefined): Problem | null {
  try {
    return body ? (JSON.parse(body) as Problem) : null;
  } catch {
    return null;
  }
}

async function receipted(item: File, response: HttpResponse | null): Promise<Answer<unknown>> {
  const stored = response?.getHeader("Fieldvisit-Sha256") ?? null;
  if (stored === null) return answered(0);
  return answered(stored === (await sha256(await wholeOf(item.id))) ? 200 : 0);
}

function answered(status: number): Answer<unknown> {
  return { status, data: null, problem: null };
}

async function metadataOf(item: File): Promise<Record<string, string>> {
  const about = (await vault.kept<Record<string, string | number>>(`about:${item.id}`)) ?? {};
  const told = { item: item.id, visit: item.visit, kind: item.evidence, ...about };
  return Object.fromEntries(Object.entries(told).map(([name, value]) => [name, String(value)]));
}

/** All bytes of a file that lie here; none: it was erased. */
export async function wholeOf(id: string): Promise<ArrayBuffer> {
  return new Blob(await opened(id, 0, Number.MAX_SAFE_INTEGER)).arrayBuffer();
}

/**
 * The pieces that hold bytes from `start` on and before `end`, opened and cut to them, in their order. A piece's index is
 * its offset; a run of three hours is asked for its end twice a second, and all of it was read each time.
 */
async function opened(id: string, start: number, end: number): Promise<ArrayBuffer[]> {
  const shelf = (await database()).transaction("pieces").store;
  const holding = await shelf.openKeyCursor(IDBKeyRange.bound([id, 0], [id, start]), "prev");
  const from = IDBKeyRange.bound([id, holding?.key[1] ?? 0], [id, end], false, true);
  const wanted = (await shelf.getAll(from)).filter((piece) => piece.offset + piece.size > start);
  return Promise.all(
    wanted.map(async (piece) => {
      const bytes = await vault.openBytes(`piece:${id}:${piece.index}`, piece.sealed);
      return bytes.slice(Math.max(0, start - piece.offset), Math.min(piece.size, end - piece.offset));
    }),
  );
}

/** What tus-js-client reads from: the bytes on the disk, and of a growing file those to come, for which it waits. */
class Pieces {
  // tus-js-client asks for a size; of a file that grows it is not known.
  size = null as unknown as number;

  constructor(private readonly id: string) {}

  async slice(start: number, end: number): Promise<{ value: Blob; done: boolean }> {
    for (;;) {
      const item = state.items.find((held) => held.id === this.id);
      const open = item?.kind === "file" && item.open;
      const bytes = new Blob(await opened(this.id, start, end));
      const done = !open && start + bytes.size >= (item?.size ?? 0);
      if (bytes.size > 0 || done) return { value: bytes, done };
      await new Promise((resolve) => setTimeout(resolve, GROWS_MS));
    }
  }

  close(): void {
    // nothing is held open
  }
}
