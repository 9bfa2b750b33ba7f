/** The form that keeps a question: its name, its period, with whom, and whether a report is made of it. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useQuestions, useSaveQuestion, type Question, type Questions, type QuestionSpec } from "@/api/questions";
import type { AnalysisInfo } from "@/api/types";
import { choiceOf, FIXED, filtersTold, MOVING, periodOf } from "@/lib/savedQuestions";
import { dateFormat, isPreset, type Range } from "@/lib/time";
import type { Filters } from "@/lib/urlState";
import { useLanguage, useWords } from "@/state/city";
import { readUrl, setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Checkbox, Select, TextField } from "@/ui/Fields";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/yesterday/Yesterday.module.css";

const MONDAY = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;
const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const USUAL = "28:day";

function usualChoice(): string {
  const { period } = readUrl();
  return isPreset(period) ? (period.preset === "7d" ? "7:day" : USUAL) : FIXED;
}

interface Props {
  analysis: AnalysisInfo;
  params: Record<string, unknown>;
  filters: Filters;
  range: Range;
  onDone: () => void;
}

/** The form begins with what the opened question says: not before that is known. */
export function SaveQuestion(props: Props) {
  const questions = useQuestions();
  if (questions.error) return <ErrorNote error={questions.error} retry={() => void questions.refetch()} />;
  return questions.data ? <SaveForm {...props} questions={questions.data} /> : <Loading rows={3} />;
}

function SaveForm({ analysis, params, filters, range, onDone, questions }: Props & { questions: Questions }) {
  const { t } = useTranslation();
  const words = useWords();
  const language = useLanguage();
  const { extra } = useUrl();
  const save = useSaveQuestion();
  const over = questions.items.find((one) => one.question_id === extra["question"] && one.mine && one.analysis === analysis.name) ?? null;
  const [title, setTitle] = useState(over?.title ?? words(analysis.question).slice(0, 120));
  const [choice, setChoice] = useState(over ? choiceOf(over.period) : usualChoice());
  const [shared, setShared] = useState<string[]>(over?.shared ?? []);
  const [every, setEvery] = useState<string>(over?.schedule?.every ?? "");
  const [hour, setHour] = useState(String(over?.schedule?.hour ?? 7));
  const [weekday, setWeekday] = useState(String(over?.schedule?.weekday ?? 0));
  const [day, setDay] = useState(String(over?.schedule?.day ?? 1));
  const dayFault = every === "month" && !(Number.isInteger(Number(day)) && Number(day) >= 1 && Number(day) <= 31);
  const periodText = (one: string): string => {
    if (one === FIXED) return t("questions.fixed");
    const [n, unit] = one.split(":");
    return t(`questions.last.${unit ?? "day"}`, { count: Number(n) });
  };
  const periods = [...new Set([...MOVING, choice, FIXED])].map((id) => ({ id, text: periodText(id) }));
  const weekdays = WEEKDAYS.map((n) => ({ id: String(n), text: dateFormat(language, "UTC", { weekday: "long" }).format(MONDAY + n * DAY_MS) }));
  const spec = (): QuestionSpec => ({
    title, analysis: analysis.name, params, filters: filtersTold(filters), period: periodOf(choice, range), shared, language,
    schedule: every === "day" || every === "week" || every === "month" ? { every, hour: Number(hour), weekday: Number(weekday), day: dayFault ? 1 : Number(day) } : null,
  });
  const keep = (old: Question | null): void => {
    save.mutate({ spec: spec(), over: old }, { onSuccess: (made) => { setExtra({ question: made.question_id }, "replace"); } });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!dayFault) keep(over);
  };
  return (
    <form className={styles["form"]} onSubmit={submit} aria-label={t("questions.save")}>
      <TextField label={t("questions.title")} description={t("questions.titleNote")} value={title} onChange={setTitle} isRequired maxLength={120} />
      <Select label={t("questions.period")} description={t("questions.moving")} options={periods} value={choice} onChange={setChoice} />
      <fieldset className={styles["roles"]}>
        <legend>{t("questions.share")}</legend>
        {questions.roles.map((role) => (
          <Checkbox key={role} isSelected={shared.includes(role)} onChange={(on) => { setShared(on ? [...shared, role] : shared.filter((one) => one !== role)); }}>{t(`role.${role}`)}</Checkbox>
        ))}
        <p className={styles["base"]}>{t("questions.shareNote")}</p>
      </fieldset>
      <Select label={t("questions.report")} options={["", "day", "week", "month"].map((id) => ({ id, text: t(`questions.${id || "never"}`) }))} value={every} onChange={setEvery} />
      {every === "week" && <Select label={t("questions.weekday")} options={weekdays} value={weekday} onChange={setWeekday} />}
      {every === "month" && <TextField label={t("questions.monthday")} description={t("questions.monthdayNote")} inputMode="numeric" value={day} onChange={setDay} isInvalid={dayFault} />}
      {every !== "" && <Select label={t("questions.hour")} options={HOURS.map((n) => ({ id: String(n), text: language === "fr" ? `${n} h` : `${String(n).padStart(2, "0")}:00` }))} value={hour} onChange={setHour} />}
      <div className={styles["actions"]}>
        <Button type="submit" look="primary" isDisabled={save.isPending || dayFault}>{t(over ? "questions.over" : "questions.keep")}</Button>
        {over && <Button isDisabled={save.isPending || dayFault} onPress={() => { keep(null); }}>{t("questions.asNew")}</Button>}
        <Button look="quiet" onPress={onDone}>{t("questions.cancel")}</Button>
      </div>
      <div className={styles["actions"]} role="status">{save.data && <p className={styles["note"]}>{t("questions.kept", { title: save.data.title })}</p>}</div>
      {save.error && <ErrorNote error={save.error} />}
    </form>
  );
}
