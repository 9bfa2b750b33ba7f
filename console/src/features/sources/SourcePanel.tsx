/** One source: what is expected of it, what it last brought, what was remarked. */
import { useTranslation } from "react-i18next";
import { useSource } from "@/api/queries";
import { Contract } from "@/features/sources/Contract";
import { useNoticeText } from "@/features/sources/notices";
import { countText, decimalText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { useAgeText, useSpanText } from "@/parts/Age";
import { Details } from "@/parts/Details";
import { StateMark } from "@/parts/StateMark";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import { Tabs } from "@/ui/Tabs";
import styles from "@/features/sources/Sources.module.css";

export function SourcePanel({ name }: { name: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const age = useAgeText();
  const span = useSpanText();
  const notice = useNoticeText();
  const { city } = useCityContext();
  const now = useNow(30_000);
  const { extra } = useUrl();
  const source = useSource(name);
  const data = source.data;
  const instant = (text: string | null): string | null => {
    const ms = parseInstant(text);
    return ms === null ? null : instantText(ms, language, city.timezone, now);
  };
  const brief = data && (
    <>
      <p className={styles["state"]}><StateMark state={data.state} /> {t(`stateMeaning.${data.state}`, { span: span(data.period_s * 2) })}</p>
      {data.last_error !== "" && (
        <p role="status" className={[styles["result"], styles["partly"]].join(" ")}>
          <span className={styles["strong"]}>{notice(data.last_error)}</span>
          {data.fetching && <span className={styles["meta"]}>{t(`sources.circuit.${data.fetching.circuit}`, { failures: countText(data.fetching.failures, language), at: instant(data.fetching.next_at) })}</span>}
        </p>
      )}
      <Details
        title={t("sources.facts")}
        items={[
          { term: t("provenance.connector"), value: data.connector },
          { term: t("sources.period"), value: t("sources.every", { span: span(data.period_s) }) },
          { term: t("sources.lastReceived"), value: data.last_received_at ? `${instant(data.last_received_at) ?? ""} (${age(data.age_s)})` : t("age.never") },
          { term: t("sources.lastFact"), value: instant(data.last_fact_at) },
          { term: t("sources.nextTry"), value: instant(data.fetching?.next_at ?? null) },
          { term: t("sources.records"), value: countText(data.records, language) },
          { term: t("sources.duplicates"), value: countText(data.duplicates, language) },
          { term: t("sources.quarantined"), value: countText(data.quarantined, language) },
        ]}
      />
      <Details
        title={t("sources.notices")}
        items={Object.entries(data.notices).sort(([, a], [, b]) => b - a).map(([code, n]) => ({ term: countText(n, language), value: notice(code) }))}
      />
      <section className={styles["section"]}>
        <h3>{t("sources.batches")}</h3>
        {data.last_batches.length === 0 && <p className={styles["meta"]}>{t("sources.noBatches")}</p>}
        <ul>
          {data.last_batches.map((batch) => (
            <li key={batch.batch_id} className={styles["batch"]}>
              <span className={styles["strong"]}>{batch.name}</span>
              <span className={styles["meta"]}>{instant(batch.at)} · {t("sources.seconds", { n: decimalText(batch.duration_s, language, 2) })}</span>
              <span>{t("sources.batch", { read: countText(batch.read, language), accepted: countText(batch.accepted, language), duplicates: countText(batch.duplicates, language), quarantined: countText(batch.quarantined, language) })}</span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
  const tabs = [
    { id: "brief", title: t("sources.facts"), content: brief },
    { id: "contract", title: t("contract.title"), content: <Contract name={name} /> },
  ];
  return (
    <Panel title={data ? words(data.title) || data.source : name} side="right" onClose={() => { setExtra({ of: null, view: null }); }} takeFocus>
      {source.isPending && <Loading />}
      {source.error && <ErrorNote error={source.error} retry={() => void source.refetch()} />}
      {data && <Tabs label={words(data.title) || data.source} tabs={tabs} selected={extra["view"] === "contract" ? "contract" : "brief"} onSelect={(id) => { setExtra({ view: id === "brief" ? null : id }); }} />}
    </Panel>
  );
}
