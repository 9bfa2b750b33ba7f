/** Checking in the browser that a line stands under a signed head (RFC 9162, 2.1.3.2; C2SP tlog-checkpoint). */

export interface Checkpoint { name: string; size: number; root: string; signers: string[] }

/** What a checkpoint says, or null when the text is none. */
export function readCheckpoint(note: string): Checkpoint | null {
  const [body = "", signatures = ""] = note.split("\n\n");
  const [name, size, root] = body.split("\n");
  if (!name || !root || !/^\d+$/.test(size ?? "")) return null;
  const signers = signatures.split("\n").flatMap((line) => (line.startsWith("\u2014 ") ? [line.split(" ")[1] ?? ""] : []));
  return { name, size: Number(size), root, signers: signers.filter((one) => one !== "") };
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export function base64Of(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

async function node(left: Uint8Array, right: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from([1, ...left, ...right])));
}

/** The root that a leaf and the hashes beside its way give; null when they cannot belong to such a tree. */
export async function rootFrom(index: number, size: number, leaf: string, hashes: readonly string[]): Promise<string | null> {
  if (index < 0 || index >= size) return null;
  let at = index;
  let last = size - 1;
  let root: Uint8Array = bytesOf(leaf);
  for (const text of hashes) {
    if (last === 0) return null;
    const hash = bytesOf(text);
    if (at % 2 === 1 || at === last) {
      root = await node(hash, root);
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else {
      root = await node(root, hash);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? base64Of(root) : null;
}
