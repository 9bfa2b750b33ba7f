/** Lines of the log as they stand; what was written is corrected by another line. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCards, useWriteLine, type ShiftLine, type ShiftLog } from "@/api/shift";
import { NoteForm } from "@/features/today/act/NoteForm";
import { useAt } from "@/features/today/act/useAt";
import { useWords } from "@/state/city";
import { openSituation } from "@/state/situation";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/today/act/Act.module.css";

function Correcting({ line, onDone }: { line: ShiftLine; onDone: () => void }) {
  const { t } = useTranslation();
  const [strikes, setStrikes] = useState(false);
  const write = useWriteLine();
  return (
    <div className={styles["form"]}>
      <Checkbox isSelected={strikes} onChange={setStrikes}>{t("act.strike")}</Checkbox>
      <NoteForm
        label={t("act.correction", { number: line.number })} action={t("act.correct")} pending={write.isPending} onCancel={onDone}
        onSend={(text) => { write.mutate({ kind: "correction", corrects: line.number, text, strikes, situation: "", card: "", step: "" }, { onSuccess: onDone }); }}
      />
      {write.error && <ErrorNote error={write.error} />}
    </div>
  );
}

type Names = ShiftLog["names"];

function Line({ line, mayWrite, names, step }: { line: ShiftLine; mayWrite: boolean; names: Names | null; step: string }) {
  const { t } = useTranslation();
  const at = useAt();
  const words = useWords();
  const [correcting, setCorrecting] = useState(false);
  const name = names && line.situation !== "" ? words(names[line.situation]) || line.situation : null;
  return (
    <li className={styles["entry"]} data-struck={line.struck}>
      <span className={styles["words"]}>
        {[t(`act.kind.${line.kind}`), step || line.text].filter(Boolean).join(" · ")}
        {name && <span className={styles["meta"]}>{name}</span>}
        {line.struck && <span className={styles["meta"]}>{t("act.struck")}</span>}
        <span className={styles["meta"]}>
          {t("act.lineBy", { number: line.number, at: at(line.at), role: t(`role.${line.role}`), who: line.by ?? "" })}
          {line.corrections.length > 0 && ` · ${t("act.corrected", { count: line.corrections.length })}`}
        </span>
        {line.corrections.length > 0 && line.written !== line.text && <span className={styles["meta"]}>{t("act.written", { text: line.written })}</span>}
        {correcting && <Correcting line={line} onDone={() => { setCorrecting(false); }} />}
      </span>
      <span className={styles["buttons"]}>
        {name && <Button look="quiet" aria-label={t("act.showOne", { name })} onPress={() => { openSituation(line.situation); }}>{t("act.show")}</Button>}
        {mayWrite && !correcting && <Button look="quiet" aria-label={t("act.correction", { number: line.number })} onPress={() => { setCorrecting(true); }}>{t("act.correct")}</Button>}
      </span>
    </li>
  );
}

/** Newest first. */
export function Lines({ lines, mayWrite, names = null }: { lines: readonly ShiftLine[]; mayWrite: boolean; names?: Names | null }) {
  const { t } = useTranslation();
  const words = useWords();
  const cards = useCards();
  /** A step ticked without words of one's own is told as its card says it, in the language of whoever reads. */
  const stepOf = (line: ShiftLine): string => {
    const step = cards.data?.items.find((one) => one.card === line.card)?.steps.find((one) => one.step === line.step);
    return line.kind === "tick" && step?.text["fr"] === line.text ? words(step.text) : "";
  };
  return (
    <section className={styles["part"]} aria-label={t("act.log")}>
      <h3>{t("act.log")}</h3>
      {lines.length === 0 && <p className={styles["meta"]}>{t("act.noLines")}</p>}
      <ul className={styles["rows"]}>
        {[...lines].reverse().map((line) => <Line key={line.number} line={line} mayWrite={mayWrite} names={names} step={stepOf(line)} />)}
      </ul>
    </section>
  );
}
