/** Notes and tasks of a case, and the forms that write them: no person's name, the server takes them out. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCaseAct, type CaseDetail } from "@/api/inquiry";
import { Refused } from "@/features/inquiry/Refused";
import { useTimes } from "@/features/inquiry/words";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/inquiry/Inquiry.module.css";

export function Notes({ found }: { found: CaseDetail }) {
  const { t } = useTranslation();
  const times = useTimes();
  const act = useCaseAct();
  const [sort, setSort] = useState<"note" | "task">("note");
  const [text, setText] = useState("");
  const done = new Set(found.entries.flatMap((one) => (one.kind === "task_done" && one.task !== null ? [one.task] : [])));
  const shown = found.entries.filter((one) => one.kind === "note" || one.kind === "task");
  const open = found.state === "open";
  return (
    <section className={styles["part"]}>
      <h3>{t("inquiry.notes")}</h3>
      {shown.length === 0 && <p className={styles["meta"]}>{t("inquiry.noNote")}</p>}
      <ul className={styles["entries"]}>
        {shown.map((one) => (
          <li key={one.number}>
            {one.kind === "task" && <><span className={styles["chip"]} data-tone={done.has(one.number) ? "good" : "warn"}>{t(done.has(one.number) ? "inquiry.taskDone" : "inquiry.task")}</span>{" "}</>}
            {one.text}
            <span className={styles["meta"]}>{one.by} · {times(one.written_at)}</span>
            {one.kind === "task" && !done.has(one.number) && open && (
              <Button look="quiet" isDisabled={act.isPending} onPress={() => { act.mutate({ act: "write", id: found.case_id, body: { act: "task_done", number: one.number, text: "", login: "" } }); }}>{t("inquiry.finish")}</Button>
            )}
          </li>
        ))}
      </ul>
      {open && (
        <form
          className={styles["form"]}
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim()) act.mutate({ act: "write", id: found.case_id, body: { act: sort, text: text.trim(), login: "" } }, { onSuccess: () => { setText(""); } });
          }}
        >
          <Segmented label={t("inquiry.sort")} value={sort} onChange={setSort} options={[{ id: "note", text: t("inquiry.note") }, { id: "task", text: t("inquiry.task") }]} />
          <TextField label={t("inquiry.text")} description={t("inquiry.noPerson")} value={text} onChange={setText} maxLength={500} />
          <p className={styles["acts"]}><Button type="submit" isDisabled={!text.trim() || act.isPending}>{t("inquiry.write")}</Button></p>
        </form>
      )}
      {act.error && <Refused error={act.error} />}
    </section>
  );
}
