/** The live stream shared by all screens: its state, its events, and the caches it keeps fresh. */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { readPressure, type Pressure } from "@/api/pressure";
import { LiveStream, type StreamStatus } from "@/api/stream";
import type { CloudEvent, MeansRow } from "@/api/types";
import { readTick } from "@/lib/arrivals";
import { arrive, forgetArrivals } from "@/state/arrivals";

const Context = createContext<LiveStream | null>(null);

/** How often at most an event may make a listing be asked again. */
const REFRESH_MS = 4000;

/** Many facts at once are shown as they come; what is counted and drawn of them is asked again more rarely, and not by all at the same time. */
const MANY = "org.vigie.facts.recorded.v1";
const MANY_MS = 15_000;

const GAP = "org.vigie.stream.gap.v1";
const PRESSURE = "org.vigie.intake.pressure.v1";

/** What a person has just edited, and what clashes since: seldom, and looked for at once. */
const SOON_MS = 200;
const SOON: ReadonlySet<string> = new Set(["org.vigie.clash.changed.v1", "org.vigie.plan.changed.v1", "org.vigie.alert.raised.v1", "org.vigie.alert.changed.v1", "org.vigie.shift.written.v1"]);

/** Positions are drawn together once a second: a map that redraws for each bus never rests. */
const MOVES_MS = 1000;

const FACTS: ReadonlySet<string> = new Set(["org.vigie.fact.recorded.v1", MANY]);

const REFRESHED: Record<string, string[]> = {
  [MANY]: ["map", "facts", "histogram"],
  "org.vigie.fact.recorded.v1": ["map", "facts", "histogram"],
  "org.vigie.source.state.v1": ["sources", "source"],
  "org.vigie.quarantine.added.v1": ["quarantine", "sources"],
  "org.vigie.alert.raised.v1": ["alerts"],
  "org.vigie.alert.changed.v1": ["alerts"],
  "org.vigie.shift.written.v1": ["shift"],
  "org.vigie.clash.changed.v1": ["clashes", "agenda"],
  "org.vigie.plan.changed.v1": ["agenda", "plan", "clashes"],
};

function moveMeans(rows: MeansRow[] | undefined, data: Record<string, unknown>): MeansRow[] | undefined {
  const id = data["means_id"];
  if (!rows || typeof id !== "string") return rows;
  const at = typeof data["at"] === "string" ? data["at"] : new Date().toISOString();
  const moved = { ...(data as unknown as MeansRow), at, age_s: 0, stale: false };
  return rows.some((row) => row.means_id === id)
    ? rows.map((row) => (row.means_id === id ? { ...row, ...moved } : row))
    : [...rows, moved];
}

/**
 * `borrowed`: one sees as another role. The stream knows nothing of that, so what it brings is not shown:
 * it only says that it is time to ask again.
 */
export function LiveProvider({ borrowed, listens, children }: {
  borrowed: boolean;
  /** Whether the role may hear the stream at all. */
  listens: boolean;
  children: ReactNode;
}) {
  const client = useQueryClient();
  const [stream] = useState(() => new LiveStream());

  useEffect(() => {
    const wanted = new Set<string>();
    let timer: number | null = null;
    const refresh = (): void => {
      timer = null;
      for (const key of wanted) void client.invalidateQueries({ queryKey: [key] });
      wanted.clear();
    };
    const moves: Record<string, unknown>[] = [];
    let frame: number | null = null;
    const applyMoves = (): void => {
      frame = null;
      const batch = moves.splice(0);
      client.setQueryData<MeansRow[]>(["means"], (rows) => batch.reduce(moveMeans, rows));
    };
    const stop = stream.onEvent((event) => {
      if (event.type === "org.vigie.means.moved.v1" && borrowed) wanted.add("means");
      else if (event.type === "org.vigie.means.moved.v1") {
        const many = event.data["means"];
        if (Array.isArray(many)) moves.push(...(many as Record<string, unknown>[]));
        else moves.push(event.data);
        frame ??= window.setTimeout(applyMoves, MOVES_MS);
      }
      if (event.type === GAP) {
        // Nobody knows what was missed: everything is asked again.
        forgetArrivals();
        void client.invalidateQueries();
      }
      if (event.type === PRESSURE) {
        const pressure = readPressure(event.data);
        if (pressure) client.setQueryData<Pressure>(["pressure"], (held) => ({ subscribers: held?.subscribers ?? 0, ...pressure }));
      }
      if (FACTS.has(event.type) && !borrowed) arrive(readTick(event.data));
      for (const key of REFRESHED[event.type] ?? []) wanted.add(key);
      if (SOON.has(event.type)) {
        if (timer !== null) window.clearTimeout(timer);
        timer = window.setTimeout(refresh, SOON_MS);
      } else if (wanted.size > 0) timer ??= window.setTimeout(refresh, event.type === MANY ? MANY_MS * (0.5 + Math.random()) : REFRESH_MS);
    });
    // A stream that breaks may be a session that was ended elsewhere: ask.
    const watch = stream.onStatus(() => { if (stream.status.state === "lost") void client.invalidateQueries({ queryKey: ["session"] }); });
    if (listens) stream.open();
    return () => {
      stop();
      watch();
      stream.close();
      if (timer !== null) window.clearTimeout(timer);
      if (frame !== null) window.clearTimeout(frame);
    };
  }, [client, stream, borrowed, listens]);

  return <Context.Provider value={stream}>{children}</Context.Provider>;
}

function useStream(): LiveStream {
  const stream = useContext(Context);
  if (!stream) throw new Error("useStream outside LiveProvider");
  return stream;
}

export function useStreamStatus(): StreamStatus {
  const stream = useStream();
  return useSyncExternalStore((listener) => stream.onStatus(listener), () => stream.status);
}

/** Call `listener` for every live event while mounted. */
export function useLiveEvents(listener: (event: CloudEvent) => void): void {
  const stream = useStream();
  const latest = useRef(listener);
  useEffect(() => { latest.current = listener; });
  useEffect(() => stream.onEvent((event) => { latest.current(event); }), [stream]);
}
