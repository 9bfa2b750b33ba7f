/** What will vanish when, by which rule, what an act holds back, and that it was really done. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useRetention } from "@/api/liberties";
import type { Retention, RetentionRule } from "@/api/types";
import { CopyText } from "@/parts/CopyText";
import { FieldsBlock } from "@/features/liberties/FieldsBlock";
import { countText } from "@/lib/numbers";
import { DAY, dateFormat, instantText, localDay, parseInstant } from "@/lib/time";
import { barsOf, vanishingByRule, type Vanishing } from "@/lib/vanishing";
import { Details } from "@/parts/Details";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/liberties/Liberties.module.css";

const DAYS = 90;

function useInstant(): (text: string | null | undefined) => string | null {
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return (text) => {
    const ms = parseInstant(text);
    return ms === null ? null : instantText(ms, language, city.timezone, now);
  };
}

function useDayText(): (day: string) => string {
  const language = useLanguage();
  // A local day is no instant: it is written as it stands, whatever the zone.
  return (day) => dateFormat(language, "UTC", { weekday: "short", day: "numeric", month: "short" }).format(Date.parse(`${day}T12:00:00Z`));
}

function Bars({ line, today }: { line: Vanishing; today: string }) {
  return (
    <svg className={styles["strip"]} viewBox={`0 0 ${DAYS + 1} 20`} preserveAspectRatio="none" aria-hidden="true">
      {barsOf(line.days, today, DAYS + 1).map((height, i) => height > 0 && <rect key={i} x={i} y={20 - 20 * height} width={0.9} height={20 * height} />)}
    </svg>
  );
}

function Calendar({ data }: { data: Retention }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const dayText = useDayText();
  const { city } = useCityContext();
  const today = localDay(parseInstant(data.at) ?? 0, city.timezone);
  const lines = useMemo(() => vanishingByRule(data.vanishing, today), [data.vanishing, today]);
  const title = (name: string): string => words(data.rules.find((rule) => rule.name === name)?.title) || name;
  if (lines.length === 0) return <Empty title={t("retention.nothing")} next={t("retention.nothingNext")} />;
  return (
    <>
      <div className={styles["holder"]}>
        <table className={styles["table"]}>
          <caption className="visually-hidden">{t("retention.calendar")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("retention.class")}</th>
              <th scope="col">{t("retention.next")}</th>
              {[7, 30, 90].map((days) => <th key={days} scope="col" className={styles["number"]}>{t("retention.within", { count: days })}</th>)}
              <th scope="col">{t("retention.strip")}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.rule}>
                <th scope="row">{title(line.rule)}</th>
                <td className={styles["short"]}>{dayText(line.next.on)}<span className={styles["meta"]}>{countText(line.next.n, language)}</span></td>
                {[line.week, line.month, line.all].map((n, i) => <td key={i} className={styles["number"]}>{countText(n, language)}</td>)}
                <td><Bars line={line} today={today} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <details className={styles["fold"]}>
        <summary>{t("retention.byDay")}</summary>
        {lines.map((line) => (
          <section key={line.rule}>
            <h4>{title(line.rule)}</h4>
            <ul className={styles["days"]}>{line.days.map((day) => <li key={day.on}>{dayText(day.on)} <strong>{countText(day.n, language)}</strong></li>)}</ul>
          </section>
        ))}
      </details>
    </>
  );
}

function Rules({ rules }: { rules: readonly RetentionRule[] }) {
  const { t, i18n } = useTranslation();
  const words = useWords();
  const word = (prefix: string, id: string): string => (i18n.exists(`${prefix}.${id}`) ? t(`${prefix}.${id}`) : id);
  return (
    <div className={styles["holder"]}>
      <table className={styles["table"]}>
        <caption className="visually-hidden">{t("retention.rules")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("retention.class")}</th>
            <th scope="col">{t("retention.term")}</th>
            <th scope="col">{t("retention.atTerm")}</th>
            <th scope="col">{t("retention.plane")}</th>
            <th scope="col">{t("retention.basis")}</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={rule.name}>
              <th scope="row">{words(rule.title)}<span className={styles["meta"]}>{rule.purposes.map((one) => word("purpose", one)).join(" · ")}</span></th>
              <td className={styles["words"]}>{t("retention.from", { term: words(rule.term), since: words(rule.since) })}<span className={styles["meta"]}>{t("retention.ceiling", { ceiling: words(rule.ceiling) })}</span></td>
              <td>{t(`retention.end.${rule.at_term}`)}<span className={styles["meta"]}>{t(rule.holdable ? "retention.holdable" : "retention.notHoldable")}</span></td>
              <td>{word("plane", rule.plane)}<span className={styles["meta"]}>{word("regime", rule.regime)}</span></td>
              <td className={styles["words"]}>{words(rule.basis)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Holds({ data }: { data: Retention }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const instant = useInstant();
  if (data.holds.length === 0) return <Empty title={t("retention.noHolds")} next={t("retention.noHoldsNext")} />;
  return (
    <ul className={styles["list"]}>
      {data.holds.map((hold) => (
        <li key={hold.id}>
          <span className={hold.standing ? styles["refused"] : styles["calm"]}><Icon name={hold.standing ? "clock" : "check"} size={14} />{t(hold.standing ? "retention.standing" : "retention.released")}</span>
          <strong>{hold.case}</strong> {hold.act} · {hold.authority}
          <span className={styles["meta"]}>{t("retention.hold", { n: countText(hold.records, language), from: instant(hold.from_at), to: instant(hold.to_at), until: instant(hold.until_at), by: hold.created_by })}</span>
        </li>
      ))}
    </ul>
  );
}

function LastRun({ data }: { data: Retention }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const instant = useInstant();
  const words = useWords();
  const title = (name: string): string => words(data.rules.find((rule) => rule.name === name)?.title) || name;
  const proof = data.last_proof;
  const run = data.last_run;
  const at = typeof run?.["at"] === "string" ? run["at"] : null;
  const erased = Object.entries((run?.["erased"] ?? {}) as Record<string, number>).filter(([, n]) => n > 0);
  const late = at !== null && (parseInstant(data.at) ?? 0) - (parseInstant(at) ?? 0) > 2 * DAY;
  return (
    <>
      {!run && <Empty title={t("retention.noRun")} next={t("retention.noRunNext")} />}
      {at && (
        <p className={late ? styles["broken"] : styles["proved"]}>
          <Icon name={late ? "warning" : "check"} />
          {t(late ? "retention.lateRun" : "retention.run", { at: instant(at) })}{" "}
          {erased.length === 0 ? t("retention.erasedNothing") : `${t("retention.erased")} ${erased.map(([name, n]) => `${title(name)} (${countText(n, language)})`).join(" · ")}`}
        </p>
      )}
      {proof && (
        <>
          <Details title={t("retention.proof")} items={[
            { term: t("retention.class"), value: title(proof.rule) },
            { term: t("retention.count"), value: countText(proof.n, language) },
            { term: t("retention.span"), value: `${instant(proof.first_at) ?? ""} – ${instant(proof.last_at) ?? ""}` },
            { term: t("retention.done"), value: instant(proof.done_at) },
          ]} />
          <section className={styles["section"]}>
            <h3>{t("retention.digest")}</h3>
            <CopyText label={t("retention.digest")} text={proof.digest} />
          </section>
        </>
      )}
    </>
  );
}

export function RetentionTab() {
  const { t } = useTranslation();
  const retention = useRetention();
  if (retention.isPending) return <Loading rows={8} />;
  if (retention.error) return <ErrorNote error={retention.error} retry={() => void retention.refetch()} />;
  const data = retention.data;
  return (
    <>
      <p className={styles["lead"]}>{t("retention.lead")}</p>
      <section className={styles["block"]}><h3>{t("retention.calendar")}</h3><Calendar data={data} /></section>
      <section className={styles["block"]}><h3>{t("retention.lastRun")}</h3><LastRun data={data} /></section>
      <section className={styles["block"]}><h3>{t("retention.holds")}</h3><Holds data={data} /></section>
      <section className={styles["block"]}><h3>{t("fields.title")}</h3><FieldsBlock fields={data.fields} /></section>
      <section className={styles["block"]}><h3>{t("retention.rules")}</h3><Rules rules={data.rules} /></section>
    </>
  );
}
