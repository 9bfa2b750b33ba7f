/** A reflex card: who does what within how long, ticked with role and time. */
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useWriteLine, type FollowedCard, type FollowedStep } from "@/api/shift";
import { tell } from "@/features/today/act/said";
import { useAt, useHour } from "@/features/today/act/useAt";
import { useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/today/act/Act.module.css";

const MINUTE_S = 60;
const HOUR_S = 3600;

function useWithin(): (seconds: number) => string {
  const { t } = useTranslation();
  return (seconds) => {
    if (seconds < MINUTE_S) return t("act.within.s", { n: seconds });
    if (seconds < 2 * HOUR_S) return t("act.within.min", { n: Math.round(seconds / MINUTE_S) });
    return t("act.within.h", { n: Math.round(seconds / HOUR_S) });
  };
}

function Step({ step, situation, card, mayWrite, onDone }: { step: FollowedStep; situation: string; card: string; mayWrite: boolean; onDone: () => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const within = useWithin();
  const hour = useHour();
  const at = useAt();
  const write = useWriteLine();
  const { done } = step;
  const text = words(step.text);
  const late = done ? done.late : step.late;
  return (
    <li className={styles["step"]} data-state={done ? "done" : step.late ? "late" : "open"}>
      <span className={styles["words"]}>
        {text}
        <span className={styles["meta"]}>
          {words(step.function)} · {within(step.within_s)}
          {!done && step.due_at && ` (${hour(step.due_at)})`}
          {late && <> <span className={styles["late"]}>{t("act.late")}</span></>}
        </span>
        {done && <span className={styles["meta"]}><Icon name="check" size={12} /> {t("act.doneBy", { at: at(done.at), role: t(`role.${done.role}`), who: done.by ?? "" })}</span>}
        {write.error && <ErrorNote error={write.error} />}
      </span>
      {!done && mayWrite && (
        <Button
          aria-label={t("act.tick", { step: text })} isDisabled={write.isPending}
          onPress={() => {
            write.mutate({ kind: "tick", situation, card, step: step.step, text: "", corrects: null, strikes: false }, { onSuccess: () => { tell(t("act.tick", { step: text })); onDone(); } });
          }}
        >
          {t("act.done")}
        </Button>
      )}
    </li>
  );
}

export function Card({ card, situation, mayWrite }: { card: FollowedCard; situation: string; mayWrite: boolean }) {
  const { t } = useTranslation();
  const words = useWords();
  const done = card.steps.filter((step) => step.done !== null).length;
  const list = useRef<HTMLOListElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  /** The button of a step that is done goes away: the keyboard goes on with the next step. */
  const goOn = (step: number): void => {
    const buttons = [...(list.current?.children ?? [])].map((row) => row.querySelector("button"));
    (buttons.slice(step + 1).find(Boolean) ?? title.current)?.focus();
  };
  return (
    <section className={styles["part"]} aria-label={words(card.title)}>
      <h3 ref={title} tabIndex={-1}>{words(card.title)} · {t("act.progress", { done, of: card.steps.length })}</h3>
      <ol ref={list} className={styles["steps"]}>
        {card.steps.map((step, n) => <Step key={step.step} step={step} situation={situation} card={card.card} mayWrite={mayWrite} onDone={() => { goOn(n); }} />)}
      </ol>
      <p className={styles["meta"]}>{card.own ? t("act.own", { source: card.source }) : t("act.draft")}</p>
    </section>
  );
}
