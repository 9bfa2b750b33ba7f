/** What a source should bring beside what it brought: freshness, volume by day, fields and drift. */
import { useTranslation } from "react-i18next";
import { useContract } from "@/api/queries";
import type { SourceContract } from "@/api/types";
import { countText } from "@/lib/numbers";
import { dayStart, dayText, instantText, parseInstant } from "@/lib/time";
import { useAgeText, useSpanText } from "@/parts/Age";
import { Details } from "@/parts/Details";
import { StateMark } from "@/parts/StateMark";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { Hint } from "@/ui/Hint";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/sources/Sources.module.css";

type Field = SourceContract["fields"][number];
type Day = SourceContract["days"][number];

function useInstant(): (text: string | null) => string | null {
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return (text) => {
    const ms = parseInstant(text);
    return ms === null ? null : instantText(ms, language, city.timezone, now);
  };
}

export function Contract({ name }: { name: string }) {
  const { t } = useTranslation();
  const age = useAgeText();
  const span = useSpanText();
  const instant = useInstant();
  const contract = useContract(name);
  const data = contract.data;
  if (contract.isPending) return <Loading />;
  if (contract.error) return <ErrorNote error={contract.error} retry={() => void contract.refetch()} />;
  if (!data) return null;
  return (
    <>
      <p className={styles["state"]}><StateMark state={data.state} /> {t(`stateMeaning.${data.state}`, { span: span(data.period_s * 2) })}</p>
      <Details
        title={t("contract.freshness")}
        items={[
          { term: t("sources.period"), value: t("sources.every", { span: span(data.period_s) }) },
          { term: t("sources.lastReceived"), value: data.last_received_at ? `${instant(data.last_received_at) ?? ""} (${age(data.age_s)})` : t("age.never") },
          { term: t("sources.lastFact"), value: instant(data.last_fact_at) },
        ]}
      />
      <Volume days={data.days} />
      <Fields fields={data.fields} since={instant(data.since)} />
    </>
  );
}

function Volume({ days }: { days: readonly Day[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const count = (n: number): string => countText(n, language);
  return (
    <section className={styles["section"]}>
      <h3>{t("contract.volume")}</h3>
      {days.length === 0 && <Empty title={t("contract.noVolume")} next={t("contract.noVolumeNext")} />}
      {days.length > 0 && (
        <>
          <p className={styles["meta"]}>{t("contract.volumeLead")}</p>
          <table className={[styles["table"], styles["dense"]].join(" ")}>
            <caption className="visually-hidden">{t("contract.volume")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("contract.day")}</th>
                <th scope="col" className={styles["number"]}>{t("sources.records")}</th>
                <th scope="col" className={styles["number"]}>{t("contract.usual")}</th>
                <th scope="col">{t("contract.verdict")}</th>
              </tr>
            </thead>
            <tbody>
              {days.map((day) => (
                <tr key={day.day}>
                  <th scope="row" className={styles["short"]}>{dayText(dayStart(day.day, city.timezone), language, city.timezone)}</th>
                  <td className={styles["number"]}>{count(day.records)}</td>
                  <td className={styles["number"]}>
                    {day.typical === null || day.low === null || day.high === null ? "–"
                      : <Hint text={t("contract.band", { low: count(day.low), high: count(day.high), n: count(day.weeks) })}>{count(day.typical)}</Hint>}
                  </td>
                  <td className={styles[day.verdict]}>{t(`contract.verdicts.${day.verdict}`)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

function Fields({ fields, since }: { fields: readonly Field[]; since: string | null }) {
  const { t } = useTranslation();
  const expected = fields.filter((field) => field.expected);
  const others = fields.filter((field) => !field.expected);
  const drifting = fields.filter((field) => field.drift !== null).length;
  return (
    <>
      <section className={styles["section"]}>
        <h3>{t("contract.drift")}</h3>
        <p className={drifting > 0 ? styles["strong"] : styles["meta"]}>
          {since === null ? t("contract.noPast") : drifting === 0 ? t("contract.noDrift", { since }) : t("contract.drifting", { count: drifting, since })}
        </p>
      </section>
      <section className={styles["section"]}>
        <h3>{t("contract.expected")}</h3>
        {expected.length === 0 ? <Empty title={t("contract.noExpected")} next={t("contract.noExpectedNext")} /> : <FieldTable fields={expected} caption={t("contract.expected")} />}
      </section>
      <section className={styles["section"]}>
        <h3>{t("contract.others")}</h3>
        {others.length === 0 ? <p className={styles["meta"]}>{t("contract.noOthers")}</p> : <FieldTable fields={others} caption={t("contract.others")} />}
      </section>
    </>
  );
}

function FieldTable({ fields, caption }: { fields: readonly Field[]; caption: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const instant = useInstant();
  const role = (field: Field): string => [
    field.required ? t("contract.required") : "",
    field.privacy === null || field.privacy === "none" ? "" : t(`contract.privacy.${field.privacy}`),
  ].filter((text) => text !== "").join(" · ");
  return (
    <table className={[styles["table"], styles["dense"]].join(" ")}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t("contract.field")}</th>
          <th scope="col" className={styles["number"]}>{t("contract.seen")}</th>
          <th scope="col" className={styles["number"]}>{t("contract.missing")}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.name}>
            <th scope="row" className={styles["named"]}>
              {field.name === "…" ? t("contract.hidden") : field.name}
              {field.drift && <span className={styles[field.drift]}> {t(`contract.drifts.${field.drift}`)}</span>}
              <span className={styles["meta"]}>{[words(field.meaning), role(field)].filter((text) => text !== "").join(" · ")}</span>
              {field.last_at && <span className={styles["meta"]}>{t("contract.last", { at: instant(field.last_at) })}</span>}
            </th>
            <td className={styles["number"]}>{field.seen === null ? <Hint text={t("contract.notCounted")}>–</Hint> : countText(field.seen, language)}</td>
            <td className={styles["number"]}>{field.missing > 0 ? countText(field.missing, language) : "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
