/** As whom and what for one asks: a role seen as, a purpose; said with every request, kept no longer than the page. */
import { useSyncExternalStore } from "react";
import { readSaid, say, watchSaid } from "@/api/client";

export interface Acting {
  /** Role whose sight is shown; null for one's own. */
  viewAs: string | null;
  /** Purpose chosen; null leaves it to the server, which takes the usual one for each question. */
  purpose: string | null;
}

export function useActing(): Acting {
  return useSyncExternalStore(watchSaid, readSaid);
}

export function act(change: Partial<Acting>): void {
  say(change);
}
