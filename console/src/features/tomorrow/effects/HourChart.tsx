/** Seen against expected, hour by hour from the start, per event: the band is what chance alone would move. */
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { EffectHour } from "@/api/effects";
import { CATEGORIES } from "@/charts/theme";
import { useDark } from "@/state/preferences";
import { Loading } from "@/ui/Notes";

const VegaChart = lazy(() => import("@/charts/VegaChart"));
const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
const HEIGHT = 230;

export function HourChart({ hours, events, label }: { hours: readonly EffectHour[]; events: number; label: string }) {
  const { t } = useTranslation();
  const dark = useDark();
  const spec = useMemo(() => {
    const values = hours.map((one) => ({
      hour: one.hour + 0.5,
      bin: t("effects.hourBin", { from: one.hour, to: one.hour + 1 }),
      low: one.without.low80 / events,
      high: one.without.high80 / events,
      without: one.without.mean / events,
      total: one.total.mean / events,
      seen: one.observed === null ? null : one.observed / events,
    }));
    const anySeen = values.some((one) => one.seen !== null);
    const names = { without: t("effects.without"), total: t("effects.total"), seen: t("effects.seen") };
    const x = { field: "hour", type: "quantitative", title: t("effects.axisHour"), scale: { nice: false }, axis: { tickMinStep: 1, format: "+d", labelExpr: "datum.value === 0 ? '0' : datum.label" } };
    const y = (field: string) => ({ field, type: "quantitative", title: t("effects.axisFacts") });
    const tooltip = [{ field: "bin", title: t("effects.hour") }, ...(["seen", "without", "total"] as const).map((field) => ({ field, type: "quantitative", format: ".1f", title: names[field] }))];
    const colour = (name: string) => ({ datum: name, scale: { domain: [names.without, names.total, ...(anySeen ? [names.seen] : [])], range: [CATEGORIES[7], CATEGORIES[0], CATEGORIES[4]] }, legend: { orient: "top", title: null, symbolOpacity: 1 } });
    return {
      $schema: SCHEMA, width: "container", height: HEIGHT, data: { values },
      layer: [
        { mark: { type: "area", interpolate: "monotone", opacity: 0.22 }, encoding: { x, y: y("low"), y2: { field: "high" }, color: colour(names.without) } },
        { mark: { type: "line", interpolate: "monotone" }, encoding: { x, y: y("without"), color: colour(names.without) } },
        { mark: { type: "line", interpolate: "monotone", strokeDash: [5, 4] }, encoding: { x, y: y("total"), color: colour(names.total) } },
        ...(anySeen ? [{ mark: { type: "point", filled: true, size: 70, shape: "diamond" }, encoding: { x, y: y("seen"), color: colour(names.seen), tooltip } }] : []),
        { data: { values: [{ start: 0 }] }, mark: { type: "rule", strokeDash: [2, 3] }, encoding: { x: { field: "start", type: "quantitative" } } },
      ],
    };
  }, [hours, events, t]);
  return <Suspense fallback={<Loading rows={5} />}><VegaChart spec={spec} dark={dark} label={label} /></Suspense>;
}
