/** Time as a first-class control: presets, histogram, a window one drags, sizes or types with keys. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useHistogram } from "@/api/queries";
import { countText } from "@/lib/numbers";
import { DOMAINS, PRESETS, dayStart, defaultDomain, domainRange, instantText, isPreset, localDay, parseInstant, resolvePeriod, type Preset, type Range } from "@/lib/time";
import { Brush } from "@/parts/time/Brush";
import styles from "@/parts/time/TimeBar.module.css";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { useStreamStatus } from "@/state/live";
import { updateUrl, useUrl } from "@/state/url";
import { IconButton } from "@/ui/Button";
import { Segmented } from "@/ui/Segmented";

const MINUTE_MS = 60_000;

/** The window that the address asks for, on the server's clock. */
export function usePeriod(): Range {
  const { extent } = useCityContext();
  const now = useNow(MINUTE_MS / 2);
  const { period } = useUrl();
  const minute = Math.ceil(now / MINUTE_MS);
  return useMemo(() => resolvePeriod(period, minute * MINUTE_MS, extent), [period, minute, extent]);
}

export function TimeBar() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city, extent } = useCityContext();
  const now = useNow(MINUTE_MS / 2);
  const { period, domain, filters } = useUrl();
  const range = usePeriod();
  const stream = useStreamStatus();
  const shown = domain ?? defaultDomain(period);
  const hour = Math.ceil(now / (60 * MINUTE_MS));
  const frame = useMemo(() => domainRange(shown, range, hour * 60 * MINUTE_MS, extent), [shown, range, hour, extent]);
  const histogram = useHistogram(filters, frame, "auto");
  const zone = city.timezone;
  const bars = useMemo(
    () => (histogram.data?.items ?? []).map((item) => ({ at: parseInstant(item.at) ?? 0, n: item.n })),
    [histogram.data],
  );
  // The bars may be cut by the window's ends; the count of the window is asked for itself.
  const inside = useHistogram(filters, range, "auto").data?.total;
  const following = isPreset(period);
  const at = DOMAINS.indexOf(shown);
  const words = (ms: number): string => instantText(ms, language, zone, now);

  return (
    <section className={styles["bar"]} aria-label={t("time.label")}>
      <div className={styles["row"]}>
        <Segmented
          label={t("time.presets")}
          value={following ? period.preset : null}
          options={PRESETS.map((id) => ({ id, text: t(`time.preset.${id}`), title: t(`time.presetLong.${id}`) }))}
          onChange={(preset: Preset) => { updateUrl({ period: { preset }, domain: null }); }}
        />
        <p className={styles["window"]}>
          <span>{words(range.from)}</span>
          <span aria-hidden="true">→</span>
          <span>{following ? t("time.now") : words(range.to)}</span>
        </p>
        {following && (
          <span className={[styles["follow"], stream.state === "live" ? "" : styles["lost"]].join(" ")}>
            {stream.state === "live" ? t("time.following") : t("live.lost")}
          </span>
        )}
        <span className={styles["count"]}>
          {inside === undefined ? "" : t("map.facts", { count: inside, n: countText(inside, language) })}
        </span>
        <div className={styles["zoom"]} role="group" aria-label={t("time.zoom")}>
          <IconButton icon="minus" size={14} label={t("time.wider")} isDisabled={at >= DOMAINS.length - 1} onPress={() => { updateUrl({ domain: DOMAINS[at + 1] ?? "all" }); }} />
          <IconButton icon="plus" size={14} label={t("time.closer")} isDisabled={at <= 0} onPress={() => { updateUrl({ domain: DOMAINS[at - 1] ?? "24h" }); }} />
        </div>
      </div>
      <Brush
        bars={bars}
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
