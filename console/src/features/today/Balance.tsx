/** The window beside the same one a week before: count, interval, base; small bases look small. */
import { useTranslation } from "react-i18next";
import { useSummary } from "@/api/queries";
import type { Summary, SummaryLine } from "@/api/types";
import { compare } from "@/lib/compare";
import { changeText, countText, decimalText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { countDays } from "@/lib/wholeDays";
import { useFilters, useFiguresOnly, usePeriod } from "@/parts/useScope";
import { useSourceTitle } from "@/parts/useTitles";
import { useCityContext, useKindText, useLanguage, useNow } from "@/state/city";
import { Hint } from "@/ui/Hint";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/Balance.module.css";

const MOST_KINDS = 12;

const scaleTo = (max: number) => (n: number): string => `${Math.min(100, (100 * n) / Math.max(1, max)).toFixed(1)}%`;

/** The count, and how many days are not in it; a count of which every day is withheld is none. */
function Told({ line, summary }: { line: SummaryLine; summary: Summary }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  if (line.withheld === 0) return countText(line.now.n, language);
  const days = countDays({ from: parseInstant(summary.from) ?? 0, to: parseInstant(summary.to) ?? 0 }, city.timezone);
  if (line.withheld >= days) return <span className={styles["withheld"]}>{t("days.allWithheld")}</span>;
  return <>{countText(line.now.n, language)}<span className={styles["withheld"]}>{t("days.plusWithheld", { count: line.withheld })}</span></>;
}

/** A count that has no fair past to stand beside. */
function Counted({ line, name, max, summary }: { line: SummaryLine; name: string; max: number; summary: Summary }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const scale = scaleTo(max);
  const base = [
    t("balance.base", { n: countText(line.now.n, language), low: decimalText(line.now.low, language, 0), high: decimalText(line.now.high, language, 0) }),
    t("balance.noPast"),
    summary.method,
  ].join("\n");
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className={styles["n"]}><Told line={line} summary={summary} /></td>
      <td className={styles["plot"]} aria-hidden="true">
        <span className={styles["now"]} style={{ width: scale(line.now.n) }} />
        <span className={styles["span"]} style={{ left: scale(line.now.low), width: scale(line.now.high - line.now.low) }} />
      </td>
      <td className={styles["change"]}><Hint text={base} label={`${name}. ${base}`}><span className={styles["unsure"]}>–</span></Hint></td>
    </tr>
  );
}

function Line({ line, name, max, summary }: { line: SummaryLine; name: string; max: number; summary: Summary }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (line.before === null) return <Counted line={line} name={name} max={max} summary={summary} />;
  const change = compare(line.now, line.before);
  const sure = change.verdict !== "unsure" && !change.small;
  const scale = scaleTo(max);
  const base = [
    t("balance.base", { n: countText(line.now.n, language), low: decimalText(line.now.low, language, 0), high: decimalText(line.now.high, language, 0) }),
    t("balance.baseBefore", { n: countText(line.before.n, language), low: decimalText(line.before.low, language, 0), high: decimalText(line.before.high, language, 0) }),
    t(sure ? `balance.${change.verdict}` : change.small ? "balance.small" : "balance.unsure"),
    summary.method,
  ].join("\n");
  const text = change.ratio === null ? t("balance.new") : changeText(change.ratio, language);
  return (
    <tr className={change.small ? styles["small"] : ""}>
      <th scope="row">{name}</th>
      <td className={styles["n"]}><Told line={line} summary={summary} /></td>
      <td className={styles["plot"]} aria-hidden="true">
        <span className={styles["before"]} style={{ width: scale(line.before.n) }} />
        <span className={styles["now"]} style={{ width: scale(line.now.n) }} />
        <span className={styles["span"]} style={{ left: scale(line.now.low), width: scale(line.now.high - line.now.low) }} />
      </td>
      <td className={styles["change"]}>
        <Hint text={base} label={`${name} : ${text}. ${base}`}><span className={sure ? styles[change.verdict] : styles["unsure"]}>{text}</span></Hint>
      </td>
    </tr>
  );
}

function Block({ title, lines, name, summary }: { title: string; lines: readonly SummaryLine[]; name: (key: string) => string; summary: Summary }) {
  const { t } = useTranslation();
  if (lines.length === 0) return null;
  const max = Math.max(...lines.map((line) => Math.max(line.now.high, line.before?.n ?? 0)));
  return (
    <table className={styles["table"]}>
      <caption>{title}</caption>
      <thead className="visually-hidden"><tr><th scope="col">{title}</th><th scope="col">{t("balance.count")}</th><td /><th scope="col">{t("balance.change")}</th></tr></thead>
      <tbody>{lines.map((line) => <Line key={line.key} line={line} name={line.key === "" ? t("balance.unstated") : name(line.key)} max={max} summary={summary} />)}</tbody>
    </table>
  );
}

export function Balance() {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const sourceTitle = useSourceTitle();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const filters = useFilters();
  const figuresOnly = useFiguresOnly();
  const range = usePeriod();
  const summary = useSummary(filters, range, null);
  if (summary.isPending) return <Loading rows={8} />;
  if (summary.error) return <ErrorNote error={summary.error} retry={() => void summary.refetch()} />;
  const data = summary.data;
  if (figuresOnly && data.from === data.to) return <Empty title={t("days.none")} next={t("days.noneNext")} />;
  if (data.total.now.n === 0 && data.total.withheld === 0 && data.total.before?.n === 0) return <Empty title={t("today.nothing")} next={t("today.nothingNext")} />;
  const at = (text: string): string => instantText(parseInstant(text) ?? 0, language, city.timezone, now);
  const word = (prefix: string) => (key: string): string => (i18n.exists(`${prefix}.${key}`) ? t(`${prefix}.${key}`) : key);
  return (
    <div className={data.stale ? styles["stale"] : ""}>
      {data.total.withheld > 0 && <p className={styles["lead"]}>{t("days.withheld", { count: data.total.withheld })}</p>}
      <p className={styles["lead"]}>{t("balance.lead", { from: at(data.before_from), to: at(data.before_to) })}</p>
      <Block title={t("balance.total")} lines={[data.total]} name={() => t("balance.allFacts")} summary={data} />
      <Block title={t("balance.theme")} lines={figuresOnly ? data.by_theme.filter((line) => line.now.n > 0 || line.withheld > 0) : data.by_theme} name={(key) => (key === "other" ? t("balance.other") : kind(key))} summary={data} />
      <Block title={t("balance.severity")} lines={data.by_severity} name={word("severity")} summary={data} />
      <Block title={t("balance.status")} lines={data.by_status} name={word("status")} summary={data} />
      <Block title={t("balance.kind")} lines={data.by_kind.slice(0, MOST_KINDS)} name={kind} summary={data} />
      <Block title={t("balance.source")} lines={data.by_source} name={sourceTitle} summary={data} />
    </div>
  );
}
