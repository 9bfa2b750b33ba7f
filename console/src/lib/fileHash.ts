/** The SHA-256 of a file, made in the browser: the paper itself is not sent. */

export interface Hashed { name: string; sha256: string }

export function hexOf(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function hashFile(file: File): Promise<Hashed> {
  return { name: file.name, sha256: hexOf(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())) };
}
