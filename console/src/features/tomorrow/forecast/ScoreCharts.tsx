/** Calibration, and the deviance week by week, drawn. */
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { ForecastScores, Stress } from "@/api/forecasts";
import { scoresOf } from "@/features/tomorrow/forecast/ModelTable";
import { useDark } from "@/state/preferences";
import { Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

const VegaChart = lazy(() => import("@/charts/VegaChart"));
const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
const HEIGHT = 210;

export function ScoreCharts({ scores, kind, model }: { scores: ForecastScores; kind: string; model: string }) {
  const { t } = useTranslation();
  const dark = useDark();
  const bins = scores.models[model]?.[kind]?.calibration;
  const calibration = useMemo(() => {
    const values = bins ?? [];
    const max = Math.max(...values.map((one) => Math.max(one.expected, one.seen)), 1e-6);
    return {
      $schema: SCHEMA, width: "container", height: HEIGHT,
      layer: [
        { data: { values: [{ a: 0, b: 0 }, { a: max, b: max }] }, mark: { type: "line", strokeDash: [4, 4], strokeWidth: 1 }, encoding: { x: { field: "a", type: "quantitative" }, y: { field: "b", type: "quantitative" } } },
        { data: { values }, mark: { type: "point", filled: true, size: 60, tooltip: true }, encoding: { x: { field: "expected", type: "quantitative", title: t("forecast.axisExpected") }, y: { field: "seen", type: "quantitative", title: t("forecast.axisSeen") } } },
      ],
    };
  }, [bins, t]);
  const weekly = useMemo(() => ({
    $schema: SCHEMA, width: "container", height: HEIGHT,
    data: { values: scoresOf(scores, kind).flatMap(([name, one]) => one.weekly.map((value, week) => ({ week: week + 1, value, model: t(`forecast.model.${name}`) }))) },
    mark: { type: "line", point: true, tooltip: true },
    encoding: {
      x: { field: "week", type: "ordinal", title: t("forecast.axisWeek"), axis: { labelAngle: 0 } },
      y: { field: "value", type: "quantitative", title: t("forecast.axisDeviance"), scale: { type: "log", nice: false }, axis: { tickCount: 5 } },
      color: { field: "model", type: "nominal", title: null },
      strokeDash: { field: "model", type: "nominal", title: null },
    },
  }), [scores, kind, t]);
  return (
    <div className={styles["pair"]}>
      <section>
        <h3>{t("forecast.calibration")}</h3>
        <Suspense fallback={<Loading rows={4} />}><VegaChart spec={calibration} dark={dark} label={t("forecast.calibrationLabel")} /></Suspense>
        <p className={styles["meta"]}>{t("forecast.calibrationNote", { model: t(`forecast.model.${model}`) })}</p>
      </section>
      <section>
        <h3>{t("forecast.weekly")}</h3>
        <Suspense fallback={<Loading rows={4} />}><VegaChart spec={weekly} dark={dark} label={t("forecast.weekly")} /></Suspense>
        <p className={styles["meta"]}>{t("forecast.weeklyNote")}</p>
      </section>
    </div>
  );
}

export function StressChart({ stress }: { stress: Stress }) {
  const { t } = useTranslation();
  const dark = useDark();
  const spec = useMemo(() => {
    const line = (name: string, path: readonly number[]) => path.map((share, week) => ({ week: week + 1, share, name }));
    const y = { type: "quantitative", title: t("forecast.axisShare"), scale: { zero: false, padding: 6 } };
    return {
      $schema: SCHEMA, width: "container", height: HEIGHT,
      layer: [
        { data: { values: [{ low: stress.truth - 0.05, high: stress.truth + 0.05 }] }, mark: { type: "rect", opacity: 0.12 }, encoding: { y: { field: "low", ...y }, y2: { field: "high" } } },
        {
          data: { values: [...line(t("forecast.ruled"), stress.path), ...line(t("forecast.unruled"), stress.unruled_path)] },
          mark: { type: "line", tooltip: true },
          encoding: {
            x: { field: "week", type: "quantitative", title: t("forecast.axisWeek") }, y: { field: "share", ...y },
            color: { field: "name", type: "nominal", title: null }, strokeDash: { field: "name", type: "nominal", title: null },
          },
        },
      ],
    };
  }, [stress, t]);
  return <Suspense fallback={<Loading rows={4} />}><VegaChart spec={spec} dark={dark} label={t("forecast.stress")} /></Suspense>;
}
