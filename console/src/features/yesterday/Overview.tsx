/** The period in three pictures: over time, over the week, and what can be taken away. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { exportUrl, useHistogram } from "@/api/queries";
import { Bars } from "@/charts/Bars";
import { WeekHours } from "@/charts/WeekHours";
import { countText } from "@/lib/numbers";
import { DAY, HOUR, dayStart, dayText, hourText, instantText, localDay, parseInstant } from "@/lib/time";
import { weekHours } from "@/lib/weekHours";
import { countFilters } from "@/lib/urlState";
import { PeriodFields } from "@/features/yesterday/PeriodFields";
import { useFilters, useFiguresOnly, usePeriod } from "@/parts/useScope";
import { useCityContext, useLanguage, useMay, useNow } from "@/state/city";
import { useDark } from "@/state/preferences";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/yesterday/Yesterday.module.css";

const FORMATS = ["csv", "parquet", "arrow", "geojson"] as const;

/** Beyond this the week is read from a shorter window, and the screen says so. */
const MOST_DAYS = 400;

export function Overview() {
  const { t } = useTranslation();
  const language = useLanguage();
  const dark = useDark();
  const now = useNow(60_000);
  const { city } = useCityContext();
  const filters = useFilters();
  const figuresOnly = useFiguresOnly();
  const mayExport = useMay("export");
  const range = usePeriod();
  const zone = city.timezone;
  const days = (range.to - range.from) / DAY;
  const hourly = useMemo(() => (days > MOST_DAYS ? { from: range.to - MOST_DAYS * DAY, to: range.to } : range), [range, days]);
  const coarse = useHistogram(filters, range, days > 3 || figuresOnly ? "day" : "hour");
  const fine = useHistogram(filters, hourly, "hour", !figuresOnly);
  const items = useMemo(() => (coarse.data?.items ?? []).map((item) => ({ at: parseInstant(item.at) ?? 0, n: item.n })), [coarse.data]);
  const table = useMemo(() => weekHours((fine.data?.items ?? []).map((item) => ({ at: parseInstant(item.at) ?? 0, n: item.n })), zone), [fine.data, zone]);
  const words = (ms: number): string => instantText(ms, language, zone, now);
  const total = coarse.data?.total ?? 0;

  return (
    <div className={styles["overview"]}>
      <PeriodFields range={range} />
      {coarse.error && <ErrorNote error={coarse.error} retry={() => void coarse.refetch()} />}
      {coarse.isPending && <Loading />}
      {coarse.data && coarse.data.withheld > 0 && <section className={styles["section"]}><p className={styles["base"]}>{t("days.withheld", { count: coarse.data.withheld })}</p></section>}
      {coarse.data && total === 0 && coarse.data.withheld === 0 && <Empty title={t("today.nothing")} next={countFilters(filters) > 0 ? t("today.nothingFiltered") : t("yesterday.nothingNext")} />}
      {coarse.data && total > 0 && (
        <>
          <section className={styles["section"]}>
            <h3>{t("yesterday.overTime")}</h3>
            <p className={styles["base"]}>{t("yesterday.base", { n: countText(total, language), from: words(range.from), to: words(range.to) })}</p>
            <Bars
              items={items}
              bucketMs={(coarse.data.bucket_s) * 1000}
              range={range}
              label={t("yesterday.overTimeLabel", { n: countText(total, language), from: words(range.from), to: words(range.to) })}
              tick={(at) => (range.to - range.from <= 3 * DAY && localDay(at, zone) === localDay(at - HOUR, zone) ? hourText(at, language, zone) : dayText(at, language, zone))}
              dayStart={(at) => dayStart(localDay(at, zone), zone)}
              language={language}
            />
          </section>
          {!figuresOnly && <section className={styles["section"]}>
            <h3>{t("yesterday.weekHours")}</h3>
            {fine.isPending && <Loading rows={3} />}
            {fine.error && <ErrorNote error={fine.error} />}
            {fine.data && (
              <>
                <p className={styles["base"]}>{t("yesterday.weekBase", { n: countText(fine.data.total, language), zone })}{days > MOST_DAYS ? ` ${t("yesterday.weekCut", { count: MOST_DAYS })}` : ""}</p>
                <WeekHours counts={table} dark={dark} language={language} />
                <p className={styles["limits"]}>{t("yesterday.weekLimits")}</p>
              </>
            )}
          </section>}
        </>
      )}
      {mayExport && (
        <section className={styles["section"]}>
          <h3>{t("yesterday.export")}</h3>
          <p className={styles["links"]}>
            {FORMATS.map((format) => (
              <a key={format} href={exportUrl(format, filters, range)} download><Icon name="download" size={14} />{t(`export.${format}`)}</a>
            ))}
          </p>
        </section>
      )}
    </div>
  );
}
