/** When the plans of a clash occupy their ground and are open, and the time of the clash over both. */
import { useTranslation } from "react-i18next";
import type { ClashDetail } from "@/api/clashes";
import { intervalText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import styles from "@/features/tomorrow/clashes/Clashes.module.css";

const HOUR = 3_600_000;
/** Works of months would leave the evening a hair's width: no more than this is drawn beside a clash. */
const BESIDE = 12 * HOUR;

export function Overlap({ clash }: { clash: ClashDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const at = (text: string): number => parseInstant(text) ?? 0;
  const from = at(clash.from);
  const to = Math.max(at(clash.to), from + 60_000);
  if (clash.subjects.length === 0) return null;
  const first = Math.max(from - BESIDE, Math.min(from, ...clash.subjects.map((plan) => at(plan.occupied_from))));
  const last = Math.min(to + BESIDE, Math.max(to, ...clash.subjects.map((plan) => at(plan.occupied_to))));
  const share = (ms: number): number => Math.min(100, Math.max(0, (100 * (ms - first)) / (last - first)));
  const bar = (a: number, b: number): { left: string; width: string } => ({ left: `${share(a)}%`, width: `${Math.max(0.8, share(b) - share(a))}%` });
  const text = (a: number, b: number): string => intervalText(a, b, language, city.timezone, now);
  return (
    <section className={styles["part"]}>
      <h3>{t("clashes.time")}</h3>
      <ul className={styles["times"]}>
        {clash.subjects.map((plan) => (
          <li key={plan.plan_id}>
            <p className={styles["meta"]}>{plan.title} · {text(at(plan.starts_at), at(plan.ends_at))}</p>
            <div className={styles["track"]} aria-hidden="true">
              <span className={styles["held"]} style={bar(at(plan.occupied_from), at(plan.occupied_to))} />
              <span className={styles["public"]} style={bar(at(plan.starts_at), at(plan.ends_at))} />
              <span className={styles["both"]} style={bar(from, to)} />
            </div>
          </li>
        ))}
      </ul>
      <p className={styles["meta"]}>{t("clashes.timeNote", { when: text(from, to) })}</p>
    </section>
  );
}
