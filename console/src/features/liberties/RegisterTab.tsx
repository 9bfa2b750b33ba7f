/** The public register, as anybody may read it, and as it can be printed. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useRegister } from "@/api/liberties";
import type { Register } from "@/api/types";
import { AssessmentBlock } from "@/features/liberties/AssessmentBlock";
import { countText } from "@/lib/numbers";
import { tally } from "@/lib/tally";
import { dateFormat, instantText, parseInstant } from "@/lib/time";
import { useSpanText } from "@/parts/Age";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/liberties/Liberties.module.css";

interface Column { title: string; number?: boolean }

function Table({ title, columns, rows }: { title: string; columns: readonly Column[]; rows: readonly { key: string; cells: readonly ReactNode[] }[] }) {
  return (
    <div className={styles["holder"]}>
      <table className={styles["table"]}>
        <caption className="visually-hidden">{title}</caption>
        <thead><tr>{columns.map((column) => <th key={column.title} scope="col" className={column.number ? styles["number"] : ""}>{column.title}</th>)}</tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              {row.cells.map((cell, i) => (i === 0
                ? <th key={i} scope="row">{cell}</th>
                : <td key={i} className={columns[i]?.number ? styles["number"] : styles["words"]}>{cell}</td>))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function useWord(): (prefix: string, id: string) => string {
  const { t, i18n } = useTranslation();
  return (prefix, id) => (i18n.exists(`${prefix}.${id}`) ? t(`${prefix}.${id}`) : id);
}

function Sources({ sources }: { sources: Register["sources"] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const span = useSpanText();
  return (
    <Table
      title={t("register.sources")}
      columns={[{ title: t("sources.source") }, { title: t("sources.period") }, { title: t("sources.records"), number: true }, { title: t("register.dropped") }]}
      rows={sources.map((one) => ({
        key: one.source,
        cells: [
          <>{words(one.title) || one.source}<span className={styles["meta"]}>{one.connector}</span></>,
          t("sources.every", { span: span(one.period_s) }),
          countText(one.records, language),
          <>{one.dropped.length > 0 ? tally(one.dropped).map(([name, n]) => (n > 1 ? `${name} (×${n})` : name)).join(" · ") : t("register.nothingDropped")}{one.free_text > 0 && <span className={styles["meta"]}>{t("register.freeText", { count: one.free_text })}</span>}</>,
        ],
      }))}
    />
  );
}

function Rights({ rights }: { rights: Register["rights"] }) {
  const { t } = useTranslation();
  const words = useWords();
  const word = useWord();
  const roles = [...new Set(rights.map((one) => one.role))];
  return roles.map((role) => {
    const cells = rights.filter((one) => one.role === role);
    const title = words(cells[0]?.role_title) || role;
    return (
      <details key={role} className={styles["fold"]}>
        <summary>{title} <span className={styles["meta"]}>{[...new Set(cells.map((one) => word("dataset", one.dataset)))].join(" · ")}</span></summary>
        <Table
          title={title}
          columns={[{ title: t("journal.dataset") }, { title: t("register.verbs") }, { title: t("register.precision") }, { title: t("register.least"), number: true }, { title: t("register.why") }]}
          rows={cells.map((one, i) => ({
            key: `${one.dataset} ${one.purpose} ${i}`,
            cells: [
              <>{word("dataset", one.dataset)}<span className={styles["meta"]}>{word("purpose", one.purpose)}</span></>,
              one.verbs.map((verb) => word("verb", verb)).join(", "),
              word("precision", one.precision),
              one.least > 0 ? String(one.least) : "–",
              <>{one.why}{one.reason && <span className={styles["meta"]}>{t("register.withReason")}</span>}</>,
            ],
          }))}
        />
      </details>
    );
  });
}

function Thresholds({ thresholds }: { thresholds: Register["thresholds"] }) {
  const word = useWord();
  return (
    <ul className={styles["list"]}>
      {Object.entries(thresholds.least).map(([who, n]) => <li key={who}><strong>{n}</strong> {word("audience", who)}</li>)}
    </ul>
  );
}

function Cameras({ cameras }: { cameras: Register["cameras"] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  if (cameras.length === 0) return <Empty title={t("register.noCameras")} next={t("register.noCamerasNext")} />;
  return (
    <details className={styles["fold"]}>
      <summary>{t("register.camerasCount", { count: cameras.length, n: countText(cameras.length, language) })}</summary>
      <Table
        title={t("register.cameras")}
        columns={[{ title: t("register.camera") }, { title: t("register.authorisation") }, { title: t("register.cameraPurposes") }, { title: t("register.kept"), number: true }, { title: t("register.masks") }]}
        rows={cameras.map((one, i) => ({
          key: `${one.label} ${i}`,
          cells: [
            <>{one.label}{one.owner && <span className={styles["meta"]}>{one.owner}</span>}</>,
            <>{one.authorisation || "–"}{one.until && <span className={styles["meta"]}>{t("register.until", { at: instantText(parseInstant(one.until) ?? 0, language, city.timezone, now) })}</span>}</>,
            one.purposes || "–", one.retention_days ? t("age.d", { count: Number(one.retention_days) }) : "–", one.masks || "–",
          ],
        }))}
      />
    </details>
  );
}

function Requisitions({ rows, least }: { rows: Register["requisitions"]; least: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const month = (text: string): string => dateFormat(language, "UTC", { month: "long", year: "numeric" }).format(Date.parse(`${text}-15T12:00:00Z`));
  return (
    <>
      <p className={styles["note"]}>{t("register.requisitionsNote", { n: least })}</p>
      {rows.length === 0 ? <p className={styles["note"]}>{t("register.noRequisitions")}</p> : (
        <Table
          title={t("register.requisitions")}
          columns={[{ title: t("register.month") }, { title: t("register.article") }, { title: t("register.requisitionCount"), number: true }]}
          rows={rows.map((one) => ({ key: `${one.month} ${one.article}`, cells: [month(one.month), one.article, one.n === null ? t("register.fewerThan", { n: least }) : countText(one.n, language)] }))}
        />
      )}
    </>
  );
}

export function RegisterTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const word = useWord();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const register = useRegister();
  if (register.isPending) return <Loading rows={8} />;
  if (register.error) return <ErrorNote error={register.error} retry={() => void register.refetch()} />;
  const data = register.data;
  const block = (title: string, content: ReactNode) => <section className={styles["block"]}><h3>{title}</h3>{content}</section>;
  return (
    <article className={styles["register"]}>
      <p className={styles["lead"]}>{t("register.lead", { city: data.city, at: instantText(parseInstant(data.built_at) ?? 0, language, city.timezone, now), version: data.charter.version, on: dateFormat(language, "UTC", { day: "numeric", month: "long", year: "numeric" }).format(Date.parse(`${data.charter.dated_on}T12:00:00Z`)) })}</p>
      <p className={styles["tools"]}>
        <Button onPress={() => {
          document.querySelectorAll("article details").forEach((one) => { one.setAttribute("open", ""); });
          window.print();
        }}><Icon name="print" size={16} />{t("register.print")}</Button>
      </p>
      {block(t("register.purposes"), <ul className={styles["list"]}>{data.purposes.map((one) => <li key={one.purpose}>{words(one)}</li>)}</ul>)}
      {block(t("register.sources"), <Sources sources={data.sources} />)}
      {block(t("register.rights"), <Rights rights={data.rights} />)}
      {block(t("register.algorithms"), (
        <Table
          title={t("register.algorithms")}
          columns={[{ title: t("register.question") }, { title: t("register.limits") }, { title: t("register.least"), number: true }, { title: t("register.reference") }]}
          rows={data.algorithms.map((one) => ({
            key: `${one.sort} ${one.name}`,
            cells: [<>{words(one.title) || one.name}<span className={styles["meta"]}>{word("sort", one.sort)}</span></>, words(one.limits), one.least === null ? "–" : String(one.least), one.reference || "–"],
          }))}
        />
      ))}
      {block(t("assessment.title"), <AssessmentBlock told={data.assessment} />)}
      {block(t("register.thresholds"), <Thresholds thresholds={data.thresholds} />)}
      {block(t("register.errors"), (
        <Table
          title={t("register.errors")}
          columns={[{ title: t("register.what") }, { title: t("register.measure") }, { title: t("register.value"), number: true }, { title: t("register.base") }]}
          rows={data.errors.map((one, i) => ({ key: String(i), cells: [words(one.what), words(one.measure), words(one.value), words(one.base)] }))}
        />
      ))}
      {block(t("register.terms"), (
        <Table
          title={t("register.terms")}
          columns={[{ title: t("retention.class") }, { title: t("retention.term") }, { title: t("retention.plane") }, { title: t("retention.basis") }]}
          rows={data.terms.map((one) => ({
            key: one.name,
            cells: [words(one.title), <>{one.term}<span className={styles["meta"]}>{t(`retention.end.${one.at_term}`)}</span></>, word("plane", one.plane), words(one.basis)],
          }))}
        />
      ))}
      {block(t("register.requisitions"), <Requisitions rows={data.requisitions} least={data.thresholds.least["public"] ?? 0} />)}
      {block(t("register.cameras"), <Cameras cameras={data.cameras} />)}
    </article>
  );
}
