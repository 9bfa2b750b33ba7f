/** What else is around: facts, means, plans, places, measures, nearest first. */
import { useTranslation } from "react-i18next";
import type { Near } from "@/api/types";
import { decimalText, metresText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { FactLine } from "@/parts/FactLine";
import { useCityContext, useKindText, useLanguage, useNow } from "@/state/city";
import { select } from "@/state/url";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/parts/NearList.module.css";

const MOST = 8;

interface Row { id: string; text: string; meta: string; distance: number; accuracy: number | null; open?: () => void }

function Rows({ title, rows }: { title: string; rows: Row[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (rows.length === 0) return null;
  return (
    <>
      <h4 className={styles["kind"]}>{title}</h4>
      <ul>
        {rows.slice(0, MOST).map((row) => (
          <li key={row.id} className={styles["row"]}>
            <span className={styles["text"]}>
              {row.open ? <button type="button" className={styles["link"]} onClick={row.open}>{row.text}</button> : row.text}
              <span className={styles["meta"]}>{row.meta}</span>
            </span>
            <span className={styles["meta"]}>{metresText(row.distance, language)}{row.accuracy !== null && ` ± ${metresText(row.accuracy, language)}`}</span>
          </li>
        ))}
      </ul>
      {rows.length > MOST && <p className={styles["more"]}>{t("near.more", { count: rows.length - MOST })}</p>}
    </>
  );
}

export function NearList({ near, loading, error, except, radius }: { near: Near | undefined; loading: boolean; error: Error | null; except: string; radius: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const at = (text: string): string => {
    const ms = parseInstant(text);
    return ms === null ? text : instantText(ms, language, city.timezone, now);
  };
  const facts = (near?.facts ?? []).filter((fact) => fact.fact_id !== except);
  const nothing = near && facts.length + near.means.length + near.plans.length + near.places.length + near.measures.length === 0;
  return (
    <section className={styles["section"]}>
      <h3>{t("near.title", { radius: metresText(radius, language) })}</h3>
      {loading && <Loading rows={3} />}
      {error && <ErrorNote error={error} />}
      {nothing && <p className={styles["more"]}>{t("near.nothing")}</p>}
      {facts.length > 0 && (
        <>
          <h4 className={styles["kind"]}>{t("near.facts", { count: facts.length })}</h4>
          <ul className={styles["facts"]}>
            {facts.slice(0, MOST).map((fact) => <FactLine key={fact.fact_id} fact={fact} now={now} selected={false} distance={fact.distance_m} />)}
          </ul>
          {facts.length > MOST && <p className={styles["more"]}>{t("near.more", { count: facts.length - MOST })}</p>}
        </>
      )}
      {near && (
        <>
          <Rows title={t("near.means", { count: near.means.length })} rows={near.means.map((m) => ({ id: m.means_id, text: m.label ?? m.unit_ref, meta: kind(m.kind), distance: m.distance_m, accuracy: m.accuracy_m }))} />
          <Rows title={t("near.plans", { count: near.plans.length })} rows={near.plans.map((p) => ({ id: p.plan_id, text: p.title ?? kind(p.kind), meta: at(p.starts_at), distance: p.distance_m, accuracy: p.accuracy_m, open: () => { select({ type: "plan", id: p.plan_id }); } }))} />
          <Rows title={t("near.places", { count: near.places.length })} rows={near.places.map((p) => ({ id: p.place_id, text: p.label, meta: kind(p.kind), distance: p.distance_m, accuracy: p.accuracy_m }))} />
          <Rows title={t("near.measures", { count: near.measures.length })} rows={near.measures.map((m) => ({ id: m.measure_id, text: `${decimalText(m.value, language, 1)} ${m.unit}`, meta: `${m.metric} · ${at(m.from_at)}`, distance: m.distance_m, accuracy: m.accuracy_m }))} />
        </>
      )}
    </section>
  );
}
