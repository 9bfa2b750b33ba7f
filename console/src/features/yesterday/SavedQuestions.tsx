/** Saved questions: opened as their period stands now, compared with the period before, reported, ended. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAskReport, useEndQuestion, useQuestions, useTakeReport, type Question, type QuestionReport } from "@/api/questions";
import type { AnalysisInfo } from "@/api/types";
import { BrowserViews } from "@/features/yesterday/BrowserViews";
import { bytesText, countText } from "@/lib/numbers";
import { choiceOf, FIXED, filtersOf, keptBefore, openedExtra } from "@/lib/savedQuestions";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { updateUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/yesterday/Yesterday.module.css";

function useAt(): (text: string) => string {
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return (text) => instantText(parseInstant(text) ?? now, language, city.timezone, now);
}

function openQuestion(one: Question, kept: string | null): void {
  const period = { from: parseInstant(one.from) ?? 0, to: parseInstant(one.to) ?? 0 };
  updateUrl({ period, domain: null, filters: filtersOf(one.filters), extra: { ...openedExtra(one), ...(kept ? { kept } : {}) } });
}

function ReportLine({ question, report }: { question: Question; report: QuestionReport }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const at = useAt();
  const take = useTakeReport();
  const said = [
    t("questions.due", { at: at(report.due) }), t(`questions.state.${report.state}`),
    ...(report.by_hand ? [t("questions.byHand")] : []),
    ...(report.late ? [t("questions.late")] : []),
    ...(report.missed > 0 ? [t("questions.missed", { count: report.missed })] : []),
    ...(report.base === null ? [] : [t("questions.base", { n: countText(report.base, language) })]),
  ];
  return (
    <li>
      <span>{said.join(" · ")}</span>
      {report.failure && <p className={styles["small"]}>{words(report.failure)}</p>}
      {report.state === "ready" && (
        <Button look="quiet" isDisabled={take.isPending} aria-label={t("questions.take", { at: at(report.due) })} onPress={() => { take.mutate({ question: question.question_id, report: report.report_id }); }}>
          <Icon name="download" size={14} />{t("questions.size", { size: bytesText(report.size ?? 0, language) })}
        </Button>
      )}
      {take.error && <ErrorNote error={take.error} />}
    </li>
  );
}

function Item({ one, analysis }: { one: Question; analysis: AnalysisInfo | undefined }) {
  const { t } = useTranslation();
  const words = useWords();
  const at = useAt();
  const ask = useAskReport();
  const end = useEndQuestion();
  const [sure, setSure] = useState(false);
  const [n, unit] = choiceOf(one.period).split(":");
  const period = choiceOf(one.period) === FIXED ? `${at(one.from)} – ${at(one.to)}` : t(`questions.last.${unit ?? "day"}`, { count: Number(n) });
  const said = [
    period, one.mine ? t("questions.mine") : t("questions.of", { owner: one.owner }),
    ...(one.shared.length > 0 ? [t("questions.sharedWith", { roles: one.shared.map((role) => t(`role.${role}`)).join(", ") })] : []),
    ...(one.schedule?.next ? [t("questions.next", { at: at(one.schedule.next) })] : []),
  ];
  const error = ask.error ?? end.error;
  return (
    <li className={styles["question"]}>
      <button type="button" className={styles["placed"]} aria-label={t("questions.open", { title: one.title })} onClick={() => { openQuestion(one, null); }}><strong>{one.title}</strong></button>
      <span className={styles["base"]}>{analysis ? `${words(analysis.question)} ` : ""}{said.join(" · ")}</span>
      {one.schedule?.suspended && <span className={styles["small"]}><Icon name="warning" size={14} /> {words(one.schedule.suspended)}</span>}
      <span className={styles["links"]}>
        <Button look="quiet" aria-label={t("questions.compareOne", { title: one.title })} onPress={() => { openQuestion(one, keptBefore(one)); }}>{t("questions.compare")}</Button>
        {one.mine && <Button look="quiet" isDisabled={ask.isPending} aria-label={t("questions.askReportOf", { title: one.title })} onPress={() => { ask.mutate(one); }}>{t("questions.askReport")}</Button>}
        {one.mine && <Button look="quiet" isDisabled={end.isPending} aria-label={t("questions.endOf", { title: one.title })} onPress={() => { if (sure) end.mutate(one); else setSure(true); }}>{t(sure ? "questions.endSure" : "questions.end")}</Button>}
      </span>
      {error && <ErrorNote error={error} />}
      {one.reports.length > 0 && (
        <details open={one.reports[0]?.state !== "ready"}>
          <summary aria-label={t("questions.reports", { title: one.title })}>{t("questions.reportsCount", { count: one.reports.length })}</summary>
          <ul className={styles["reports"]}>{one.reports.map((report) => <ReportLine key={report.report_id} question={one} report={report} />)}</ul>
        </details>
      )}
    </li>
  );
}

export function SavedQuestions({ analyses }: { analyses: readonly AnalysisInfo[] }) {
  const { t } = useTranslation();
  const questions = useQuestions();
  const items = questions.data?.items ?? [];
  const failed = questions.data?.failed.length ?? 0;
  return (
    <section className={styles["section"]} aria-label={t("questions.saved")}>
      <h3>{t("questions.saved")}</h3>
      {questions.error && <ErrorNote error={questions.error} retry={() => void questions.refetch()} />}
      {failed > 0 && <p role="status" className={styles["small"]}><Icon name="warning" size={14} /> {t("questions.failed", { count: failed })}</p>}
      {questions.data && items.length === 0 && <p className={styles["base"]}>{t("questions.none")} {t("questions.noneNext")}</p>}
      {items.length > 0 && <ul className={styles["questions"]}>{items.map((one) => <Item key={one.question_id} one={one} analysis={analyses.find((analysis) => analysis.name === one.analysis)} />)}</ul>}
      <BrowserViews />
      {items.length > 0 && <p className={styles["base"]}>{t("questions.limits")}</p>}
    </section>
  );
}
