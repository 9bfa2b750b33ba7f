/** Quart: what the room does and has done, and the handover. */
import { useTranslation } from "react-i18next";
import { useShiftLog, useWriteLine } from "@/api/shift";
import { Duty } from "@/features/today/act/Duty";
import { Handovers } from "@/features/today/act/Handovers";
import { Lines } from "@/features/today/act/Lines";
import { NoteForm } from "@/features/today/act/NoteForm";
import { tell } from "@/features/today/act/said";
import { Told } from "@/features/today/act/Told";
import { useAt } from "@/features/today/act/useAt";
import { useWords } from "@/state/city";
import { openSituation } from "@/state/situation";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/act/Act.module.css";

export function Shift() {
  const { t } = useTranslation();
  const at = useAt();
  const words = useWords();
  const { data, error, isPending, refetch } = useShiftLog();
  const write = useWriteLine();
  if (isPending) return <Loading />;
  if (error) return <ErrorNote error={error} retry={() => void refetch()} />;
  return (
    <>
      <section className={styles["part"]} aria-label={t("act.openOnes", { count: data.open.length })}>
        <h3>{t("act.openOnes", { count: data.open.length })}</h3>
        {data.open.length === 0 && <p className={styles["meta"]}>{t("act.noneOpen")}</p>}
        <ul className={styles["rows"]}>
          {data.open.map((one) => (
            <li key={one.situation} className={styles["entry"]}>
              <span className={styles["words"]}>
                {words(data.names[one.situation]) || one.situation}
                <span className={styles["meta"]}>{t("act.openSince", { at: at(one.since) })}</span>
              </span>
              <Button look="quiet" aria-label={t("act.showOne", { name: words(data.names[one.situation]) || one.situation })} onPress={() => { openSituation(one.situation); setExtra({ stab: "act" }, "replace"); }}>{t("act.show")}</Button>
            </li>
          ))}
        </ul>
      </section>
      {data.may_write && (
        <section className={styles["part"]} aria-label={t("act.shiftNote")}>
          <NoteForm
            label={t("act.shiftNote")} action={t("act.write")} pending={write.isPending}
            onSend={(text, clear) => { write.mutate({ kind: "note", situation: "", text, card: "", step: "", corrects: null, strikes: false }, { onSuccess: () => { clear(); tell(t("act.noted")); } }); }}
          />
          {write.error && <ErrorNote error={write.error} />}
        </section>
      )}
      <Duty />
      <Handovers mayWrite={data.may_write} />
      <Lines lines={data.items} mayWrite={data.may_write} names={data.names} />
      <Told />
    </>
  );
}
