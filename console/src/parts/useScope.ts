/** What is asked: the address's filters and window, as far as the role may ask them. */
import { useMemo } from "react";
import { resolvePeriod, type Range } from "@/lib/time";
import type { Filters } from "@/lib/urlState";
import { coarse, wholeDays } from "@/lib/wholeDays";
import { useCityContext, useMay, useNow } from "@/state/city";
import { useUrl } from "@/state/url";

const MINUTE_MS = 60_000;

/** Whether the role is told figures of whole days alone, and no facts. */
export function useFiguresOnly(): boolean {
  return !useMay("read_facts");
}

export function useFilters(): Filters {
  const { filters } = useUrl();
  const figuresOnly = useFiguresOnly();
  return useMemo(() => (figuresOnly ? coarse(filters) : filters), [figuresOnly, filters]);
}

/** The window that the address asks for, on the server's clock. */
export function usePeriod(): Range {
  const { city, extent } = useCityContext();
  const figuresOnly = useFiguresOnly();
  const now = useNow(MINUTE_MS / 2);
  const { period } = useUrl();
  const minute = Math.ceil(now / MINUTE_MS) * MINUTE_MS;
  const range = figuresOnly ? wholeDays(period, minute, city.timezone) : resolvePeriod(period, minute, extent);
  const { from, to } = range;
  return useMemo(() => ({ from, to }), [from, to]);
}
