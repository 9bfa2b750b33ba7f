/** The facts of a situation on one timeline; those that probably tell of one incident stand together. */
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { Situation, SituationFact, SituationIncident } from "@/api/situation";
import { parseInstant } from "@/lib/time";
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
    <div role="group" className={styles["group"]} data-sure={incident.sure} aria-labelledby={title}>
      <h4 id={title}>{t("situation.same")}</h4>
      <span className={styles["chip"]} data-sure={incident.sure}>
        {t("situation.sameProbability", { percent: percentOf(incident.probability), sources: incident.sources.map(sourceTitle).join(", ") })}
      </span>
      <ul className={styles["facts"]}>
        {facts.map((fact) => <FactLine key={fact.fact_id} fact={fact} now={now} selected={false} distance={fact.distance_m} />)}
      </ul>
    </div>
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

interface Entry { at: number; fact?: SituationFact; incident?: SituationIncident }

/** Newest first; a group stands where its newest fact does. */
function entriesOf(found: Situation): Entry[] {
  const grouped = new Set(found.incidents.flatMap((incident) => incident.facts));
  const times = new Map(found.facts.map((fact) => [fact.fact_id, parseInstant(fact.earliest_at) ?? 0]));
  return [
    ...found.incidents.map((incident) => ({ at: Math.max(...incident.facts.map((fact) => times.get(fact) ?? 0)), incident })),
    ...found.facts.filter((fact) => !grouped.has(fact.fact_id)).map((fact) => ({ at: times.get(fact.fact_id) ?? 0, fact })),
  ].sort((one, other) => other.at - one.at);
}

export function Timeline({ found }: { found: Situation }) {
  const { t } = useTranslation();
  const now = useNow(60_000);
  const loose = looseLinks(found, new Set(found.incidents.flatMap((incident) => incident.facts)));
  return (
    <section className={styles["part"]}>
      {found.facts.length === 0 && <Empty title={t("situation.nothing")} next={t("situation.nothingNext")} />}
      {found.incidents.length > 0 && <p className={styles["meta"]}>{t("situation.sameNote")}</p>}
      <ul className={styles["entries"]}>
        {entriesOf(found).map(({ fact, incident }) => {
          if (incident) return <li key={incident.facts.join()}><Incident found={found} incident={incident} number={found.incidents.indexOf(incident)} /></li>;
          if (!fact) return null;
          const share = loose.get(fact.fact_id);
          return (
            <Fragment key={fact.fact_id}>
              <FactLine fact={fact} now={now} selected={false} distance={fact.distance_m} />
              {share !== undefined && <li className={styles["loose"]}>{t("situation.perhaps", { percent: percentOf(share) })}</li>}
            </Fragment>
          );
        })}
      </ul>
    </section>
  );
}
