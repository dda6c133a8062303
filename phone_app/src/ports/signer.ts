/*
 * The key by which this device signs what it captures (V8): ECDSA P-256, made here at enrolment; its private half cannot
 * be taken out of this browser.
 */
import { meta, setMeta } from "./database";
import { base64url } from "./sealing";

const RECORD = "signer";

export interface Signer {
  keyId: string;
  deviceId: string;
  deviceLabel: string;
  pair: CryptoKeyPair;
}

export interface PublicKey {
  kty: "EC";
  crv: "P-256";
  x: string;
  y: string;
}

export async function makePair(): Promise<{ pair: CryptoKeyPair; jwk: PublicKey }> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  if (x === undefined || y === undefined) throw new Error("no P-256 key");
  return { pair, jwk: { kty: "EC", crv: "P-256", x, y } };
}

export function keepSigner(signer: Signer): Promise<void> {
  return setMeta(RECORD, signer);
}

export function signer(): Promise<Signer | undefined> {
  return meta<Signer>(RECORD);
}

/** The signature over the text's bytes: r and s of 32 bytes each, in base64url. */
export async function signed(by: Signer, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, by.pair.privateKey, bytes);
  return base64url(signature);
}

export async function sha256(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
