/** Clashes under the word of their severity, each a line one can open. */
import { useTranslation } from "react-i18next";
import type { Clash } from "@/api/clashes";
import { intervalText, parseInstant } from "@/lib/time";
import { SeverityMark } from "@/parts/SeverityMark";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { updateUrl } from "@/state/url";
import styles from "@/features/tomorrow/clashes/Clashes.module.css";

export function openClash(id: string | null): void {
  updateUrl((state) => {
    const rest = Object.fromEntries(Object.entries(state.extra).filter(([key]) => key !== "clash"));
    return { selection: null, extra: id ? { ...rest, clash: id } : rest };
  });
}

function Line({ clash, chosen }: { clash: Clash; chosen: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return (
    <li>
      <button type="button" className={styles["line"]} aria-pressed={chosen} onClick={() => { openClash(chosen ? null : clash.clash_id); }}>
        <SeverityMark severity={clash.severity} />
        <span className={styles["what"]}>
          <span className={styles["name"]}>
            {words(clash.title)}
            {clash.state !== "open" && <span className={styles["chip"]} data-state={clash.state}>{t(`clashes.standing.${clash.state}`)}</span>}
            {clash.reopened.length > 0 && <span className={styles["chip"]} data-state="reopened">{t("clashes.reopened")}</span>}
          </span>
          <span>{words(clash.explanation)}</span>
          <span className={styles["meta"]}>{intervalText(parseInstant(clash.from) ?? 0, parseInstant(clash.to) ?? 0, language, city.timezone, now)}</span>
        </span>
      </button>
    </li>
  );
}

export function ClashGroups({ clashes, chosen }: { clashes: readonly Clash[]; chosen: string | null }) {
  const { t } = useTranslation();
  const levels = [5, 4, 3, 2, 1].filter((level) => clashes.some((clash) => clash.severity === level));
  return (
    <>
      {levels.map((level) => {
        const own = clashes.filter((clash) => clash.severity === level);
        return (
          <section key={level} aria-label={t(`severity.${String(level)}`)}>
            <h3 className={styles["group"]}>
              <SeverityMark severity={level} />
              {t(`severity.${String(level)}`)}
              <span className={styles["count"]}>{own.length}</span>
            </h3>
            <ul>{own.map((clash) => <Line key={clash.clash_id} clash={clash} chosen={clash.clash_id === chosen} />)}</ul>
          </section>
        );
      })}
    </>
  );
}
