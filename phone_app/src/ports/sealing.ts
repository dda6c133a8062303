/*
 * Sealing to the server (S19): ECDH over P-256, HKDF-SHA-256, AES-256-GCM, bound to the device and the person.
 * It owns the way there; nobody on the phone can open what it seals.
 */

export interface ServerKey {
  id: string;
  x: string;
  y: string;
}

export interface SealedForServer {
  key_id: string;
  ephemeral: string;
  iv: string;
  data: string;
}

const CURVE = { name: "ECDH", namedCurve: "P-256" };

export async function sealForServer(
  server: ServerKey,
  device: string,
  account: string,
  bytes: ArrayBuffer,
): Promise<SealedForServer> {
  const name = new TextEncoder().encode(`fieldvisit vault v1 ${device} ${account}`);
  const jwk = { kty: "EC", crv: "P-256", x: server.x, y: server.y };
  const theirs = await crypto.subtle.importKey("jwk", jwk, CURVE, true, []);
  const mine = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine.privateKey, 256);
  const point = await crypto.subtle.exportKey("raw", mine.publicKey);
  const salt = await new Blob([point, await crypto.subtle.exportKey("raw", theirs)]).arrayBuffer();
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: name };
  const key = await crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: name }, key, bytes);
  return { key_id: server.id, ephemeral: base64url(point), iv: base64url(iv), data: base64url(data) };
}

export function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const letters = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromBase64url(text: string): ArrayBuffer {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0)).buffer;
}
