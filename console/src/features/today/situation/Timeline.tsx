/** The facts of a situation: first those that probably tell of one incident, then the others, by time. */
import { useTranslation } from "react-i18next";
import type { Situation, SituationIncident } from "@/api/situation";
import { FactLine } from "@/parts/FactLine";
import { useSourceTitle } from "@/parts/useTitles";
import { useNow } from "@/state/city";
import { Empty } from "@/ui/Notes";
import styles from "@/features/today/situation/Situation.module.css";

export const percentOf = (share: number): number => Math.round(share * 100);

function Incident({ found, incident, number }: { found: Situation; incident: SituationIncident; number: number }) {
  const { t } = useTranslation();
  const sourceTitle = useSourceTitle();
  const now = useNow(60_000);
  const facts = found.facts.filter((fact) => incident.facts.includes(fact.fact_id));
  const title = `situation-incident-${String(number)}`;
  return (
    <section className={styles["group"]} data-sure={incident.sure} aria-labelledby={title}>
      <h4 id={title}>{t("situation.same")}</h4>
      <span className={styles["chip"]} data-sure={incident.sure}>
        {t("situation.sameProbability", { percent: percentOf(incident.probability), sources: incident.sources.map(sourceTitle).join(", ") })}
      </span>
      <ul className={styles["facts"]}>
        {facts.map((fact) => <FactLine key={fact.fact_id} fact={fact} now={now} selected={false} distance={fact.distance_m} />)}
      </ul>
    </section>
  );
}

/** Of each fact outside the groups, its most probable link. */
function looseLinks(found: Situation, grouped: ReadonlySet<string>): ReadonlyMap<string, number> {
  const best = new Map<string, number>();
  for (const link of found.links) {
    for (const fact of link.facts) {
      if (!grouped.has(fact)) best.set(fact, Math.max(best.get(fact) ?? 0, link.probability));
    }
  }
  return best;
}

export function Timeline({ found }: { found: Situation }) {
  const { t } = useTranslation();
  const now = useNow(60_000);
  const grouped = new Set(found.incidents.flatMap((incident) => incident.facts));
  const loose = looseLinks(found, grouped);
  const alone = found.facts.filter((fact) => !grouped.has(fact.fact_id));
  return (
    <section className={styles["part"]}>
      <h3>{t("situation.timeline", { count: found.facts.length })}</h3>
      {found.facts.length === 0 && <Empty title={t("situation.nothing")} next={t("situation.nothingNext")} />}
      {found.incidents.map((incident, number) => <Incident key={incident.facts.join()} found={found} incident={incident} number={number} />)}
      {found.incidents.length > 0 && <p className={styles["meta"]}>{t("situation.sameNote")}</p>}
      {alone.length > 0 && found.incidents.length > 0 && <h3>{t("situation.alone")}</h3>}
      <ul className={styles["facts"]}>
        {alone.map((fact) => (
          <FactLine key={fact.fact_id} fact={fact} now={now} selected={false} distance={fact.distance_m} />
        ))}
      </ul>
      {[...loose].length > 0 && (
        <p className={styles["meta"]}>{t("situation.perhaps", { percent: percentOf(Math.max(...loose.values())) })}</p>
      )}
    </section>
  );
}
