/** Pairs of kinds that brought more together than apart, with interval and base; nothing is a result too. */
import { useTranslation } from "react-i18next";
import { useLearntPairs } from "@/api/clashes";
import { countText, decimalText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { SeverityMark } from "@/parts/SeverityMark";
import { useCityContext, useKindText, useLanguage, useNow } from "@/state/city";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/tomorrow/clashes/Clashes.module.css";

export function LearntPairs() {
  const { t } = useTranslation();
  const kind = useKindText();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const found = useLearntPairs();
  const one = (value: number): string => decimalText(value, language, 1);
  const at = parseInstant(found.data?.learnt_at);
  return (
    <section className={styles["part"]} aria-label={t("clashes.learnt")}>
      <h3>{t("clashes.learnt")}</h3>
      {found.error && <ErrorNote error={found.error} />}
      {found.data?.items.length === 0 && <p className={styles["meta"]}>{at === null ? t("clashes.learntWaiting") : t("clashes.learntNone")}</p>}
      <ul className={styles["times"]}>
        {found.data?.items.map((pair) => (
          <li key={pair.kinds.join()}>
            <p className={styles["name"]}><SeverityMark severity={pair.severity} />{pair.kinds.map((each) => kind(each)).join(" + ")}</p>
            <p>{t("clashes.learntPair", { surplus: one(pair.surplus), low: one(pair.low), high: one(pair.high) })}</p>
            <p className={styles["meta"]}>{t("clashes.learntBase", { together: countText(pair.together, language), first: countText(pair.alone[0] ?? 0, language), second: countText(pair.alone[1] ?? 0, language), tested: countText(pair.tested, language) })}</p>
          </li>
        ))}
      </ul>
      {at !== null && <p className={styles["meta"]}>{t("clashes.learntAt", { when: instantText(at, language, city.timezone, now) })}</p>}
    </section>
  );
}
