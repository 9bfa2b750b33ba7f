/** What does not go together, and why. */
import { useTranslation } from "react-i18next";
import type { Clash } from "@/api/types";
import { severityLevel } from "@/lib/colour";
import { intervalText, parseInstant } from "@/lib/time";
import { SeverityMark } from "@/parts/SeverityMark";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { select } from "@/state/url";
import styles from "@/parts/ClashList.module.css";

export function ClashList({ clashes, except }: { clashes: readonly Clash[]; except?: string }) {
  const { t } = useTranslation();
  const words = useWords();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return (
    <section className={styles["section"]} aria-label={t("clash.title", { count: clashes.length })}>
      <h3>{t("clash.title", { count: clashes.length })}</h3>
      <ul>
        {clashes.map((clash) => (
          <li key={`${clash.rule}|${clash.plans.join()}|${clash.from}`} className={styles["clash"]}>
            <SeverityMark severity={clash.severity} />
            <div>
              <p>{words(clash.explanation)}</p>
              <p className={styles["meta"]}>
                {t(`severity.${severityLevel(clash.severity)}`)} · {intervalText(parseInstant(clash.from) ?? 0, parseInstant(clash.to) ?? 0, language, city.timezone, now)}
              </p>
              <p className={styles["plans"]}>
                {clash.plans.filter((id) => id !== except).map((id, i) => (
                  <button key={id} type="button" onClick={() => { select({ type: "plan", id }); }}>{except ? t("clash.other") : t("clash.plan", { number: i + 1 })}</button>
                ))}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
