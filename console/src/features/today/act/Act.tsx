/** What is done about a situation: its card, the means, its lines, its end. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCards, useSheet, useWriteLine, type Sheet } from "@/api/shift";
import { Card } from "@/features/today/act/Card";
import { chosenCard, proposedKind } from "@/features/today/act/chosen";
import { Lines } from "@/features/today/act/Lines";
import { Dispatches, Proposal } from "@/features/today/act/Proposal";
import { tell } from "@/features/today/act/said";
import { Told } from "@/features/today/act/Told";
import { useAt } from "@/features/today/act/useAt";
import { useWords } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Fields";
import { ErrorNote, Loading } from "@/ui/Notes";
import { NoteForm } from "@/features/today/act/NoteForm";
import styles from "@/features/today/act/Act.module.css";

function Course({ sheet }: { sheet: Sheet }) {
  const { t } = useTranslation();
  const at = useAt();
  const write = useWriteLine();
  const [closing, setClosing] = useState(false);
  const { course } = sheet;
  const open = course !== null && course.closed_at === null;
  const line = (kind: "opened" | "closed", text: string): void => {
    write.mutate({ kind, situation: sheet.situation, text, card: "", step: "", corrects: null, strikes: false }, { onSuccess: () => { setClosing(false); tell(t(kind === "opened" ? "act.kind.opened" : "act.kind.closed")); } });
  };
  return (
    <section className={styles["part"]} aria-label={t("act.course")}>
      <p className={styles["meta"]}>
        {course === null ? t("act.notOpen") : course.closed_at === null ? t("act.openSince", { at: at(course.since) }) : t("act.closedAt", { at: at(course.closed_at) })}
      </p>
      {sheet.may_write && (
        <p className={styles["buttons"]}>
          {!open && <Button look="primary" isDisabled={write.isPending} onPress={() => { line("opened", ""); }}>{t(course === null ? "act.open" : "act.reopen")}</Button>}
          {open && <Button aria-expanded={closing} onPress={() => { setClosing(!closing); }}>{t("act.close")}</Button>}
        </p>
      )}
      {closing && open && <NoteForm label={t("act.outcome")} action={t("act.close")} least={0} pending={write.isPending} onSend={(text) => { line("closed", text); }} />}
      {write.error && <ErrorNote error={write.error} />}
    </section>
  );
}

function Body({ sheet }: { sheet: Sheet }) {
  const { t } = useTranslation();
  const words = useWords();
  const { extra } = useUrl();
  const cards = useCards();
  const write = useWriteLine();
  const card = chosenCard(sheet, cards.data, extra["card"]);
  const options = [...sheet.cards, ...sheet.others].map((one) => ({ id: one.card, text: words(one.title) }));
  const kind = proposedKind(sheet, card);
  return (
    <>
      <Course sheet={sheet} />
      <div className={styles["part"]}>
        <Select label={t("act.card")} value={card?.card ?? ""} options={options} onChange={(id) => { setExtra({ card: id }, "replace"); }} />
        {!card && <p className={styles["meta"]}>{t("act.noCard")}</p>}
      </div>
      {card && <Card card={card} situation={sheet.situation} mayWrite={sheet.may_write} />}
      <Proposal situation={sheet.situation} kind={kind} mayDispatch={sheet.may_dispatch} />
      <Dispatches found={sheet.dispatches} />
      {sheet.may_write && (
        <section className={styles["part"]} aria-label={t("act.note")}>
          <NoteForm
            label={t("act.note")} action={t("act.write")} pending={write.isPending}
            onSend={(text, clear) => { write.mutate({ kind: "note", situation: sheet.situation, text, card: "", step: "", corrects: null, strikes: false }, { onSuccess: () => { clear(); tell(t("act.noted")); } }); }}
          />
          {write.error && <ErrorNote error={write.error} />}
        </section>
      )}
      <Lines lines={sheet.lines} mayWrite={sheet.may_write} />
    </>
  );
}

export function Act({ situation }: { situation: string }) {
  const { data, error, isPending, refetch } = useSheet(situation, "");
  return (
    <>
      {isPending && <Loading />}
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {data && <Body sheet={data} />}
      <Told />
    </>
  );
}
