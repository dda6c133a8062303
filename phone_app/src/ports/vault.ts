/*
 * The key under which everything personal lies on the phone (S19), and the PIN that opens it.
 *
 * The PIN is stretched (PBKDF2) and mixed by a device key that cannot be taken out of this browser; what comes of it wraps
 * the vault's key. So neither a copied database without this browser's keys nor the phone without the PIN opens it.
 * Wrong PINs are counted and lock (S3, S18); the count lies beside the vault and not in it. The key lies there a second
 * time, sealed to the server, so that a forgotten PIN loses nothing.
 */
import { database, meta, setMeta, type Sealed } from "./database";
import type { SealedForServer } from "./sealing";

const ROUNDS = 600_000;
const RECORD = "vault";

interface VaultRecord {
  salt: Uint8Array<ArrayBuffer>;
  wrapped: Sealed;
  device: CryptoKey;
  forServer: SealedForServer;
  wrong: number;
  lockedUntil: number;
}

export type Opening = { opened: true } | { opened: false; lockedUntil: number | null; left: number };

let key: CryptoKey | null = null;

export function isOpen(): boolean {
  return key !== null;
}

/** Forget the key: what is sealed cannot be read until the PIN is given again. */
export function close(): void {
  key = null;
}

export async function exists(): Promise<boolean> {
  return (await meta<VaultRecord>(RECORD)) !== undefined;
}

/** What of the vault's key only the server opens. */
export async function sealedForServer(): Promise<SealedForServer | null> {
  return (await meta<VaultRecord>(RECORD))?.forServer ?? null;
}

/**
 * A vault under this PIN, with a key of its own; or, where the server has opened what was sealed to it, the vault that
 * there was, under a new PIN. `seal` seals the key to the server.
 */
export async function make(
  pin: string,
  seal: (key: ArrayBuffer) => Promise<SealedForServer>,
  opened: ArrayBuffer | null = null,
): Promise<void> {
  const device = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const raw = opened ?? crypto.getRandomValues(new Uint8Array(32)).buffer;
  const fresh = await crypto.subtle.importKey("raw", raw, "AES-GCM", true, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const wrapping = await wrappingKey(pin, salt, device);
  const data = await crypto.subtle.wrapKey("raw", fresh, wrapping, { name: "AES-GCM", iv });
  const forServer = await seal(raw);
  const record: VaultRecord = { salt, wrapped: { iv, data }, device, forServer, wrong: 0, lockedUntil: 0 };
  await setMeta(RECORD, record);
  key = await unwrapped(record, wrapping);
}

/** Open it by its key, which the server gave to IT: for as long as the app runs. */
export async function openBy(raw: ArrayBuffer): Promise<void> {
  key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Try the PIN. The try is counted before it is looked at, so that closing the app in time wins nothing. */
export async function open(pin: string, now: number, most: number, minutes: number): Promise<Opening> {
  const record = await meta<VaultRecord>(RECORD);
  if (record === undefined) throw new Error("no vault");
  if (record.lockedUntil > now) return { opened: false, lockedUntil: record.lockedUntil, left: 0 };
  const wrong = record.wrong + 1;
  const locks = wrong >= most;
  const charged = { ...record, wrong: locks ? 0 : wrong, lockedUntil: locks ? now + minutes * 60_000 : 0 };
  await setMeta(RECORD, charged);
  try {
    key = await unwrapped(record, await wrappingKey(pin, record.salt, record.device));
  } catch {
    return { opened: false, lockedUntil: locks ? charged.lockedUntil : null, left: most - wrong };
  }
  await setMeta(RECORD, { ...record, wrong: 0, lockedUntil: 0 });
  return { opened: true };
}

async function wrappingKey(pin: string, salt: Uint8Array<ArrayBuffer>, device: CryptoKey): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const stretched = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS },
    base,
    256,
  );
  const mixed = await crypto.subtle.sign("HMAC", device, stretched);
  return crypto.subtle.importKey("raw", mixed, "AES-GCM", false, ["wrapKey", "unwrapKey"]);
}

function unwrapped(record: VaultRecord, wrapping: CryptoKey): Promise<CryptoKey> {
  const { iv, data } = record.wrapped;
  const kind = { name: "AES-GCM", length: 256 };
  return crypto.subtle.unwrapKey("raw", data, wrapping, { name: "AES-GCM", iv }, kind, false, ["encrypt", "decrypt"]);
}

/** Seal bytes under a name: they open under that name alone, so that no two can be exchanged on the disk. */
export async function sealBytes(name: string, bytes: BufferSource): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = new TextEncoder().encode(name);
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, needed(), bytes) };
}

export function openBytes(name: string, sealed: Sealed): Promise<ArrayBuffer> {
  const additionalData = new TextEncoder().encode(name);
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv, additionalData }, needed(), sealed.data);
}

export async function seal(name: string, value: unknown): Promise<Sealed> {
  return sealBytes(name, new TextEncoder().encode(JSON.stringify(value)));
}

export async function unseal<T>(name: string, sealed: Sealed): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await openBytes(name, sealed))) as T;
}

/** Keep a value sealed on the disk under its name. */
export async function keep(name: string, value: unknown): Promise<void> {
  const sealed = await seal(name, value);
  await (await database()).put("sealed", sealed, name);
}

export async function kept<T>(name: string): Promise<T | null> {
  const sealed = await (await database()).get("sealed", name);
  return sealed === undefined ? null : unseal<T>(name, sealed);
}

function needed(): CryptoKey {
  if (key === null) throw new Error("the vault is closed");
  return key;
}
