/** Which run is looked at: the newest of the grid and days that the address names, and what is known of it. */
import { useForecastRuns, type ForecastRun } from "@/api/forecasts";
import { awaitedOf, choiceOf, daysOf, runOf, USUAL_DAYS, USUAL_GRID, type Choice } from "@/lib/forecastChoice";
import type { ProblemError } from "@/lib/problem";
import { useMay } from "@/state/city";
import { useUrl } from "@/state/url";

export interface Chosen {
  choice: Choice;
  /** Days that a run asked for now would look ahead. */
  days: number;
  /** Null while the list is read, and where none of this choice is ready. */
  run: ForecastRun | null;
  runs: readonly ForecastRun[];
  /** No run of this choice is ready. */
  missing: boolean;
  working: boolean;
  failed: boolean;
  error: ProblemError | null;
  retry: () => void;
}

export function useChosen(): Chosen {
  const { extra } = useUrl();
  const may = useMay("read_forecasts");
  const list = useForecastRuns(may);
  const runs = list.data ?? [];
  const asked = choiceOf(extra);
  const usual = asked.grid === USUAL_GRID && asked.days === null;
  // A home that makes none by the usual grid shows the one it has.
  const run = runOf(runs, asked) ?? (usual ? runs.find((one) => one.state === "ready") : undefined) ?? null;
  const choice = usual && run ? { ...asked, grid: run.grid } : asked;
  const newest = runs.find((one) => one.grid === choice.grid && (choice.days === null || daysOf(one) === choice.days));
  return {
    choice,
    days: choice.days ?? (run ? daysOf(run) : USUAL_DAYS),
    run,
    runs,
    missing: list.data !== undefined && run === null,
    working: awaitedOf(runs, choice) !== undefined,
    failed: newest?.state === "failed",
    error: list.error,
    retry: () => void list.refetch(),
  };
}
