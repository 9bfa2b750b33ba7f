/** What is refused at the door while too much arrives. */
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";

export type Pressure = components["schemas"]["PressureAnswer"];

const ASK_AGAIN_MS = 30_000;

/** Asked once when the page opens and again while something is refused; between, the stream tells. */
export function usePressure(enabled: boolean) {
  return useQuery<Pressure, ProblemError>({
    queryKey: ["pressure"], enabled, staleTime: Infinity,
    queryFn: ({ signal }) => answer(api.GET("/api/pressure", { signal })),
    refetchInterval: (query) => ((query.state.data?.refusing.length ?? 0) > 0 ? ASK_AGAIN_MS : false),
  });
}

/** What an event of the stream says of it; null when it says nothing of use. */
export function readPressure(data: Record<string, unknown>): Pick<Pressure, "waiting" | "refused" | "refusing"> | null {
  const { waiting, refused, pressed, refused_since: since } = data;
  if (typeof waiting !== "number" || typeof refused !== "object" || refused === null || typeof since !== "object" || since === null) return null;
  const refusing = pressed === true ? Object.entries(since).filter(([, n]) => n > 0).map(([priority]) => Number(priority)) : [];
  return { waiting, refused: refused as Record<string, number>, refusing };
}
