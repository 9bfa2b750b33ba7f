/** One fact in a list: severity, what, when, from whom. */
import { useTranslation } from "react-i18next";
import { metresText } from "@/lib/numbers";
import { severityLevel } from "@/lib/colour";
import { HOUR, intervalText, hourText, localDay, parseInstant } from "@/lib/time";
import { SeverityMark } from "@/parts/SeverityMark";
import { useSourceTitle } from "@/parts/useTitles";
import { useCityContext, useKindText, useLanguage } from "@/state/city";
import { select } from "@/state/url";
import type { FactRow } from "@/api/types";
import styles from "@/parts/FactLine.module.css";

export function useFactTime(): (fact: Pick<FactRow, "earliest_at" | "latest_at">, now: number) => string {
  const language = useLanguage();
  const { city } = useCityContext();
  return (fact, now) => {
    const from = parseInstant(fact.earliest_at) ?? 0;
    const to = parseInstant(fact.latest_at) ?? from;
    const today = localDay(from, city.timezone) === localDay(now, city.timezone);
    if (today && to - from < 60_000) return hourText(from, language, city.timezone);
    if (today && to - from < 12 * HOUR) return `${hourText(from, language, city.timezone)} – ${hourText(to, language, city.timezone)}`;
    return intervalText(from, to, language, city.timezone, now);
  };
}

/** What every list of facts knows of a fact. */
export type FactBrief = Pick<FactRow, "fact_id" | "kind" | "source" | "severity" | "status" | "earliest_at" | "latest_at" | "lon">;

export function FactLine({ fact, now, selected, fresh = false, distance }: { fact: FactBrief; now: number; selected: boolean; fresh?: boolean; distance?: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const time = useFactTime();
  const sourceTitle = useSourceTitle();
  return (
    <li className={fresh ? styles["fresh"] : ""} data-fact={fact.fact_id}>
      <button
        type="button"
        className={styles["line"]}
        aria-pressed={selected}
        onClick={() => { select({ type: "fact", id: fact.fact_id }); }}
      >
        <SeverityMark severity={fact.severity} />
        <span className={styles["what"]}>
          <span className={styles["kind"]}>{kind(fact.kind)}</span>
          <span className={styles["meta"]}>
            {t(`severity.${severityLevel(fact.severity)}`)} · {fact.status ? t(`status.${fact.status}`) : t("status.unknown")} · {sourceTitle(fact.source)}
            {fact.lon === null && ` · ${t("fact.unplaced")}`}
          </span>
        </span>
        <span className={styles["when"]}>
          {time(fact, now)}
          {distance !== undefined && <span className={styles["meta"]}>{metresText(distance, language)}</span>}
        </span>
      </button>
    </li>
  );
}
