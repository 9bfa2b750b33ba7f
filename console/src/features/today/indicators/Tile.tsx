/** One indicator: its count beside what was expected, its past, its trend as word and shape. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Indicator, IndicatorFigures } from "@/api/indicators";
import { CROWDING } from "@/lib/crowding";
import { countText, decimalText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { SeverityMark } from "@/parts/SeverityMark";
import { useCityContext, useKindText, useLanguage, useNow } from "@/state/city";
import styles from "@/features/today/indicators/Indicators.module.css";

const WIDTH = 200;
const HEIGHT = 44;
const ARROWS = { up: "M2 10L8 3l6 7z", down: "M2 4l6 7 6-7z", stable: "M1 6h14v3H1z", unknown: "M6 6h4v3H6z" } as const;

function Spark({ figures, label }: { figures: IndicatorFigures; label: string }) {
  const counts = figures.series.map((point) => point.n);
  const top = Math.max(1, figures.high ?? 0, figures.limit ?? 0, ...counts.map((n) => n ?? 0));
  const y = (n: number): number => HEIGHT - (HEIGHT - 4) * (Math.min(n, top) / top) - 2;
  const step = WIDTH / Math.max(1, counts.length);
  return (
    <svg className={styles["spark"]} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {figures.low !== null && figures.high !== null && (
        <rect x={0} width={WIDTH} y={y(figures.high)} height={Math.max(1, y(figures.low) - y(figures.high))} className={styles["band"]} />
      )}
      {counts.map((n, at) => (n === null
        ? <rect key={at} x={at * step + 1} width={Math.max(1, step - 2)} y={HEIGHT - 3} height={2} className={styles["hole"]} />
        : <rect key={at} x={at * step + 1} width={Math.max(1, step - 2)} y={y(n)} height={Math.max(1, HEIGHT - y(n))} className={at === counts.length - 1 ? styles["newest"] : styles["past"]} />
      ))}
      {figures.limit !== null && <line x1={0} x2={WIDTH} y1={y(figures.limit)} y2={y(figures.limit)} className={styles["limit"]} />}
    </svg>
  );
}

function Figures({ figures }: { figures: IndicatorFigures }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const at = (text: string): string => instantText(parseInstant(text) ?? 0, language, city.timezone, now);
  const one = (n: number | null): string => (n === null ? "–" : decimalText(n, language, 1));
  const whole = (n: number | null): string => (n === null ? "–" : countText(n, language));
  const { trend } = figures;
  const share = (n: number | null): string => (n === null ? "–" : decimalText(n, language, 2));
  return (
    <>
      <p className={styles["value"]}>
        {figures.withheld ? <span className={styles["withheld"]}>{t("indicators.withheld")}</span> : whole(figures.n)}
        <span className={[styles["state"], styles[figures.state]].join(" ")}>
          {figures.state === "above" && <SeverityMark severity={figures.severity} />}
          {t(`indicators.state.${figures.state}`)}
        </span>
      </p>
      <p className={styles["expected"]}>
        {figures.expected === null
          ? t("indicators.noExpected")
          : t("indicators.expected", { n: one(figures.expected), low: whole(figures.low), high: whole(figures.high) })}
      </p>
      <Spark figures={figures} label={t("indicators.spark", { count: figures.series.length })} />
      <p className={styles["trend"]}>
        <svg aria-hidden="true" viewBox="0 0 16 14" className={styles["arrow"]}><path d={ARROWS[trend.direction]} /></svg>
        <span>{t(`indicators.trend.${trend.direction}`)}</span>
        {trend.ratio !== null && <span className={styles["quiet"]}>{t("indicators.ratio", { n: share(trend.ratio), low: share(trend.low), high: share(trend.high) })}</span>}
      </p>
      <p className={styles["quiet"]}>
        {t("indicators.base", { count: figures.base })}
        {figures.crossings > 0 && ` · ${t("indicators.crossings", { count: figures.crossings })}`}
        {` · ${t("indicators.window", { from: at(figures.from), to: at(figures.to) })}`}
      </p>
    </>
  );
}

export function Tile({ indicator, place, children }: { indicator: Indicator; place: string; children?: ReactNode }) {
  const { t } = useTranslation();
  const kind = useKindText();
  const { figures } = indicator;
  const crowd = indicator.kind === CROWDING;
  const hours = crowd ? t("crowds.quarter") : indicator.rolling_h > 0
    ? t("indicators.lastHours", { count: indicator.rolling_h })
    : t("indicators.slot", { from: indicator.from_h, to: indicator.to_h });
  const look = [styles["tile"], figures?.state === "above" ? styles["loud"] : "", figures?.small_base ? styles["small"] : ""].join(" ");
  return (
    <article className={look} aria-label={indicator.title}>
      <header>
        <h3>{indicator.title}</h3>
        <p className={styles["quiet"]}>{[crowd ? t("crowds.indicator") : indicator.kind === "" ? t("indicators.allFacts") : kind(indicator.kind), place, hours].join(" · ")}</p>
      </header>
      {figures === null ? <p className={styles["withheld"]}>{t("indicators.wholeDays")}</p> : <Figures figures={figures} />}
      {children}
    </article>
  );
}
