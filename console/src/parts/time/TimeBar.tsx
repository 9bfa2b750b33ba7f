/** Time as a first-class control: presets, histogram, a window one drags, sizes or types with keys. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useHistogram } from "@/api/queries";
import { countText } from "@/lib/numbers";
import { DAY, DOMAINS, PRESETS, dayStart, defaultDomain, domainRange, instantText, isPreset, localDay, parseInstant, type Preset } from "@/lib/time";
import { DAY_PRESETS, wholeDays } from "@/lib/wholeDays";
import { Brush } from "@/parts/time/Brush";
import { useFilters, useFiguresOnly, usePeriod } from "@/parts/useScope";
import styles from "@/parts/time/TimeBar.module.css";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { useStreamStatus } from "@/state/live";
import { updateUrl, useUrl } from "@/state/url";
import { IconButton } from "@/ui/Button";
import { Segmented } from "@/ui/Segmented";

const MINUTE_MS = 60_000;

export function TimeBar() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city, extent } = useCityContext();
  const now = useNow(MINUTE_MS / 2);
  const { period, domain } = useUrl();
  const filters = useFilters();
  const figuresOnly = useFiguresOnly();
  const range = usePeriod();
  const stream = useStreamStatus();
  const shown = domain ?? defaultDomain(period);
  const hour = Math.ceil(now / (60 * MINUTE_MS));
  const zone = city.timezone;
  const frame = useMemo(() => {
    const whole = domainRange(shown, range, hour * 60 * MINUTE_MS, extent);
    return figuresOnly ? wholeDays(whole, hour * 60 * MINUTE_MS, zone) : whole;
  }, [shown, range, hour, extent, figuresOnly, zone]);
  const histogram = useHistogram(filters, frame, figuresOnly ? "day" : "auto");
  const bars = useMemo(
    () => (histogram.data?.items ?? []).map((item) => ({ at: parseInstant(item.at) ?? 0, n: item.n })),
    [histogram.data],
  );
  // The bars may be cut by the window's ends; the count of the window is asked for itself.
  const window = useHistogram(filters, range, figuresOnly ? "day" : "auto").data;
  const inside = window?.total;
  const withheld = window?.withheld ?? 0;
  const following = isPreset(period);
  const presets: readonly Preset[] = figuresOnly ? DAY_PRESETS : PRESETS;
  const presetText = (id: Preset, words: "preset" | "presetLong"): string => (figuresOnly && id !== "1h" ? t(`days.${words}.${id}`) : t(`time.${words}.${id}`));
  const at = DOMAINS.indexOf(shown);
  const words = (ms: number): string => instantText(ms, language, zone, now);

  return (
    <section className={styles["bar"]} aria-label={t("time.label")}>
      <div className={styles["row"]}>
        <Segmented
          label={t("time.presets")}
          value={following ? period.preset : null}
          options={presets.map((id) => ({ id, text: presetText(id, "preset"), title: presetText(id, "presetLong") }))}
          onChange={(preset: Preset) => { updateUrl({ period: { preset }, domain: null }); }}
        />
        <p className={styles["window"]}>
          <span>{words(range.from)}</span>
          <span aria-hidden="true">→</span>
          <span>{following && !figuresOnly ? t("time.now") : words(range.to)}</span>
        </p>
        {following && !figuresOnly && (
          <span className={[styles["follow"], stream.state === "live" ? "" : styles["lost"]].join(" ")}>
            {stream.state === "live" ? t("time.following") : t("live.lost")}
          </span>
        )}
        <span className={styles["count"]}>
          {inside === undefined ? "" : t("map.facts", { count: inside, n: countText(inside, language) })}
          {withheld > 0 && ` · ${t("days.withheld", { count: withheld })}`}
        </span>
        <div className={styles["zoom"]} role="group" aria-label={t("time.zoom")}>
          <IconButton icon="minus" size={14} label={t("time.wider")} isDisabled={at >= DOMAINS.length - 1} onPress={() => { updateUrl({ domain: DOMAINS[at + 1] ?? "all" }); }} />
          <IconButton icon="plus" size={14} label={t("time.closer")} isDisabled={at <= 0} onPress={() => { updateUrl({ domain: DOMAINS[at - 1] ?? "24h" }); }} />
        </div>
      </div>
      <Brush
        bars={bars}
        {...(figuresOnly ? { step: DAY } : {})}
        bucketMs={(histogram.data?.bucket_s ?? 3600) * 1000}
        domain={frame}
        range={range}
        stale={histogram.isPlaceholderData || histogram.isError}
        text={words}
        dayStart={(ms) => dayStart(localDay(ms, zone), zone)}
        zone={zone}
        language={language}
        onChange={(next) => { updateUrl({ period: next, domain: shown }); }}
      />
    </section>
  );
}
