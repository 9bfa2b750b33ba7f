/** By which places, and how many days ahead: what is ready is shown at once, anything else may be asked for. */
import { useTranslation } from "react-i18next";
import { useZonings } from "@/api/queries";
import type { Chosen } from "@/features/tomorrow/forecast/useChosen";
import { daysOf, MOST_DAYS, REGULAR_GRIDS, runOf } from "@/lib/forecastChoice";
import { useWords } from "@/state/city";
import { setExtra } from "@/state/url";
import { Select, type Option } from "@/ui/Fields";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

const NEWEST = "newest";

export function useGridOptions(): Option[] {
  const { t } = useTranslation();
  const words = useWords();
  const zonings = useZonings();
  return [
    ...REGULAR_GRIDS.map((id) => ({ id, text: t(`forecast.grid.${id.replace(":", "_")}`) })),
    ...(zonings.data ?? []).map((one) => ({ id: `zoning:${one.name}`, text: t("forecast.byZoning", { name: words(one.title) || one.name }) })),
  ];
}

export function Choose({ chosen }: { chosen: Chosen }) {
  const { t } = useTranslation();
  const { choice, runs } = chosen;
  const grids = useGridOptions();
  const known = grids.some((one) => one.id === choice.grid) ? grids : [...grids, { id: choice.grid, text: choice.grid }];
  const ready = (found: boolean): { note?: string } => (found ? { note: t("forecast.ready") } : {});
  const newest = runOf(runs, { grid: choice.grid, days: null });
  const lengths = Array.from({ length: MOST_DAYS }, (_, i) => i + 1);
  return (
    <div className={styles["choices"]}>
      <Select
        label={t("forecast.gridChoice")} value={choice.grid}
        options={known.map((one) => ({ ...one, ...ready(runOf(runs, { grid: one.id, days: null }) !== undefined) }))}
        onChange={(grid) => { setExtra({ grid, days: null, cell: null, slot: null }, "replace"); }}
      />
      <Select
        label={t("forecast.daysChoice")} value={choice.days === null ? NEWEST : String(choice.days)}
        options={[
          { id: NEWEST, text: newest ? t("forecast.newest", { count: daysOf(newest) }) : t("forecast.anyDays") },
          ...lengths.map((n) => ({ id: String(n), text: t("forecast.days", { count: n }), ...ready(runOf(runs, { grid: choice.grid, days: n }) !== undefined) })),
        ]}
        onChange={(days) => { setExtra({ days: days === NEWEST ? null : days, cell: null, slot: null }, "replace"); }}
      />
    </div>
  );
}
