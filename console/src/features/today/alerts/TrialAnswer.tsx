/** How often an instance would have rung: rate with its interval, declared and found, day by day. */
import { useTranslation } from "react-i18next";
import type { Trial } from "@/api/alerts";
import { countText, decimalText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import styles from "@/features/today/alerts/Alerts.module.css";

const SMALL = 5;

export function TrialAnswer({ trial }: { trial: Trial }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const n = (value: number): string => decimalText(value, language, 2);
  const most = Math.max(1, ...trial.by_day.map((day) => day.n));
  return (
    <section className={styles["trial"]} aria-live="polite">
      <h3>{t("alerting.rang", { count: trial.rang, days: trial.days })}</h3>
      <p className={trial.rang < SMALL ? styles["small"] : ""}>{t("alerting.perDay", { rate: n(trial.per_day), low: n(trial.per_day_low), high: n(trial.per_day_high) })}</p>
      {trial.declared_per_day !== null && (
        <p>
          {t("alerting.declared", { rate: n(trial.declared_per_day) })}
          {trial.reached_per_day !== null && ` ${t("alerting.reached", { rate: n(trial.reached_per_day) })}`}
        </p>
      )}
      <p className={styles["meta"]}>{t("alerting.base", { n: countText(trial.base, language), seconds: decimalText(trial.seconds, language, 1) })}</p>
      {trial.by_day.length > 0 && (
        <ol className={styles["days"]} aria-label={t("alerting.byDay")}>
          {trial.by_day.map((day) => (
            <li key={day.day}><span>{day.day}</span><span className={styles["bar"]} style={{ inlineSize: `${String((100 * day.n) / most)}%` }} /><span>{day.n}</span></li>
          ))}
        </ol>
      )}
      <ul className={styles["together"]}>
        {trial.items.slice(0, 20).map((one, i) => (
          <li key={`${one.at}${String(i)}`}><span className={styles["meta"]}>{instantText(parseInstant(one.at) ?? now, language, city.timezone, now)}</span> {words(one.explanation)}</li>
        ))}
      </ul>
    </section>
  );
}
