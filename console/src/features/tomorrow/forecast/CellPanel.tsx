/** One place: the number with its intervals, what drives it, the same slot of past weeks, the past months. */
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useForecastCell, type ForecastCell } from "@/api/forecasts";
import { OwnNumber } from "@/features/tomorrow/forecast/OwnNumber";
import { useSlotText } from "@/features/tomorrow/forecast/SlotSlider";
import { Verdict } from "@/features/tomorrow/forecast/Verdict";
import { expectedText, factorText } from "@/lib/forecast";
import { isZoned } from "@/lib/forecastChoice";
import { countText } from "@/lib/numbers";
import { dateFormat, dayText, parseInstant } from "@/lib/time";
import { useCityContext, useKindText, useLanguage, useWords } from "@/state/city";
import { useDark } from "@/state/preferences";
import { setExtra } from "@/state/url";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

const VegaChart = lazy(() => import("@/charts/VegaChart"));
type Slot = ForecastCell["slots"][number];

function useBand(found: ForecastCell, slot: number): Record<string, unknown> {
  const { t } = useTranslation();
  return useMemo(() => {
    const values = found.slots.map((one, i) => ({
      at: one.from, expected: one.expected, now: i === slot,
      low80: one.intervals[1]?.low ?? 0, high80: one.intervals[1]?.high ?? 0, low95: one.intervals[2]?.low ?? 0, high95: one.intervals[2]?.high ?? 0,
    }));
    const x = { field: "at", type: "temporal", title: null, axis: { format: "%a %d" } };
    const y = (field: string): Record<string, unknown> => ({ field, type: "quantitative", title: t("forecast.facts") });
    return {
      $schema: "https://vega.github.io/schema/vega-lite/v6.json", width: "container", height: 150, data: { values },
      layer: [
        { mark: { type: "area", opacity: 0.15, interpolate: "step-after" }, encoding: { x, y: y("low95"), y2: { field: "high95" } } },
        { mark: { type: "area", opacity: 0.25, interpolate: "step-after" }, encoding: { x, y: y("low80"), y2: { field: "high80" } } },
        { mark: { type: "line", interpolate: "step-after", tooltip: true }, encoding: { x, y: y("expected") } },
        { transform: [{ filter: "datum.now" }], mark: { type: "point", filled: true, size: 70 }, encoding: { x, y: y("expected") } },
      ],
    };
  }, [found, slot, t]);
}

function Intervals({ slot }: { slot: Slot }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <ul className={styles["levels"]}>
      {slot.intervals.map((one) => (
        <li key={one.level}>{t("forecast.level", { level: countText(one.level * 100, language), low: countText(one.low, language), high: countText(one.high, language) })}</li>
      ))}
    </ul>
  );
}

function Drivers({ slot, model }: { slot: Slot; model: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (slot.factors.length === 0) return <p className={styles["note"]}>{t(model === "historical" ? "forecast.noDrivers" : "forecast.wholeDrivers")}</p>;
  const ranked = [...slot.factors].sort((a, b) => Math.abs(Math.log(b.factor)) - Math.abs(Math.log(a.factor)));
  return (
    <ul className={styles["levels"]}>
      {ranked.map((one) => <li key={one.family}>{t(`forecast.family.${one.family}`)} <strong>{factorText(one.factor, language)}</strong></li>)}
    </ul>
  );
}

function Past({ found, slot }: { found: ForecastCell; slot: Slot }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const told = (n: number | null): string => (n === null ? t("forecast.under", { least: found.least }) : countText(n, language));
  return (
    <>
      <h3>{t("forecast.recent")}</h3>
      <ul className={styles["row"]}>
        {slot.recent.map((one) => <li key={one.from}><span className={styles["meta"]}>{dayText(parseInstant(one.from) ?? 0, language, city.timezone)}</span>{told(one.n)}</li>)}
      </ul>
      <h3>{t("forecast.months")}</h3>
      <ul className={styles["row"]}>
        {found.months.map((one) => <li key={one.month}><span className={styles["meta"]}>{dateFormat(language, "UTC", { month: "short", year: "2-digit" }).format(Date.parse(`${one.month}-15T12:00:00Z`))}</span>{told(one.n)}</li>)}
      </ul>
    </>
  );
}

function Body({ found, slot }: { found: ForecastCell; slot: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const words = useWords();
  const dark = useDark();
  const text = useSlotText();
  const chart = useBand(found, slot);
  const one = found.slots[slot];
  if (!one) return null;
  const doubtful = found.small || found.grey;
  return (
    <>
      <Verdict verdict={found.verdict} />
      <section className={styles["section"]}>
        <p className={styles["meta"]}>{kind(found.kind)} · {text(one)}{isZoned(found.run.grid) ? "" : ` · ${words(found.name)}, ${t("forecast.place", { cell: found.cell })}`}</p>
        <p className={[styles["big"], doubtful ? styles["grey"] : ""].join(" ")}>{t("forecast.expected", { n: expectedText(one.expected, language) })}</p>
        {doubtful && <p className={styles["doubt"]}>{t(found.small ? "forecast.smallWhy" : "forecast.unstableWhy")}</p>}
        <Intervals slot={one} />
        <p className={styles["meta"]}>{found.base === null ? t("forecast.baseWithheld") : t("forecast.baseLong", { count: found.base, n: countText(found.base, language) })}</p>
        {found.base_rate !== null && <p className={styles["meta"]}>{t("forecast.baseRate", { n: expectedText(found.base_rate, language) })}</p>}
        <p className={styles["meta"]}>{found.calibration ? t("forecast.held", { level: countText(found.calibration.level * 100, language), seen: countText(Math.round(found.calibration.seen * 100), language) }) : t("forecast.unjudged")}</p>
        <Suspense fallback={<Loading rows={4} />}><VegaChart spec={chart} dark={dark} label={t("forecast.chart")} /></Suspense>
      </section>
      <section className={styles["section"]}>
        <h3>{t("forecast.drivers")}</h3>
        <Drivers slot={one} model={found.verdict.model} />
        <Past found={found} slot={one} />
      </section>
      <OwnNumber key={`${found.cell} ${found.kind} ${slot}`} run={found.run.forecast_id} found={found} slot={slot} />
    </>
  );
}

export function CellPanel({ run, cell, kind, slot }: { run: string; cell: string; kind: string; slot: number }) {
  const { t } = useTranslation();
  const words = useWords();
  const found = useForecastCell(run, cell, kind);
  const title = found.data && (isZoned(found.data.run.grid) ? words(found.data.name) : found.data.area);
  return (
    <Panel title={title || t("forecast.place", { cell })} side="right" onClose={() => { setExtra({ cell: null }); }} takeFocus>
      {found.isPending && <Loading rows={6} />}
      {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {found.data && <Body found={found.data} slot={slot} />}
    </Panel>
  );
}
