/** Hour by hour: facts expected with their interval, and people needed, at work and lacking. */
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Allocation } from "@/api/allocation";
import { CATEGORIES } from "@/charts/theme";
import { useClock } from "@/features/tomorrow/allocation/figures";
import { useDark } from "@/state/preferences";
import { Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

const VegaChart = lazy(() => import("@/charts/VegaChart"));
const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
const HEIGHT = 120;

export function HoursChart({ data }: { data: Allocation }) {
  const { t } = useTranslation();
  const dark = useDark();
  const clock = useClock();
  const [expected, staff] = useMemo(() => {
    const names = { needed: t("patrols.needed"), present: t("patrols.present") };
    const hours = data.shifts.by_hour.map((one, i) => ({ hour: i, at: clock(one.from), needed: one.needed, present: one.present, missing: one.missing }));
    const facts = data.by_hour.map((one, i) => ({ hour: i, at: clock(one.from), low: one.low, mid: one.mid, high: one.high }));
    const labels = `[${hours.map((one) => JSON.stringify(one.at)).join(",")}][datum.value]`;
    const x = { field: "hour", type: "ordinal", title: null, axis: { labelAngle: 0, labelExpr: labels, labelOverlap: "greedy" } };
    const colour = (name: string) => ({ datum: name, scale: { domain: [names.needed, names.present], range: [CATEGORIES[7], CATEGORIES[0]] }, legend: { orient: "top", title: null } });
    const y = (field: string, title: string) => ({ field, type: "quantitative", title });
    const told = (fields: readonly (readonly [string, string])[], format: string) => [{ field: "at", title: t("patrols.hour") }, ...fields.map(([field, title]) => ({ field, title, type: "quantitative", format }))];
    const chart = { $schema: SCHEMA, width: "container", height: HEIGHT };
    return [
      {
        ...chart, data: { values: facts },
        layer: [
          { mark: { type: "rule" }, encoding: { x, y: y("low", t("patrols.facts")), y2: { field: "high" } } },
          { mark: { type: "point", filled: true, size: 40 }, encoding: { x, y: y("mid", t("patrols.facts")), tooltip: told([["mid", t("patrols.facts")], ["low", t("patrols.low")], ["high", t("patrols.high")]], ".1f") } },
        ],
      },
      {
        ...chart, data: { values: hours },
        layer: [
          { mark: { type: "bar" }, encoding: { x, y: y("present", t("patrols.people")), color: colour(names.present), tooltip: told([["needed", names.needed], ["present", names.present], ["missing", t("patrols.missing")]], ".0f") } },
          { mark: { type: "tick", thickness: 3 }, encoding: { x, y: y("needed", t("patrols.people")), color: colour(names.needed) } },
        ],
      },
    ];
  }, [data, clock, t]);
  return (
    <section className={styles["block"]}>
      <h3>{t("patrols.hours")}</h3>
      <div className={styles["inset"]}>
        <Suspense fallback={<Loading rows={6} />}>
          {expected && data.by_hour.length > 0 && <VegaChart spec={expected} dark={dark} label={t("patrols.factsLabel")} />}
          {staff && <VegaChart spec={staff} dark={dark} label={t("patrols.staffLabel")} />}
        </Suspense>
      </div>
    </section>
  );
}
