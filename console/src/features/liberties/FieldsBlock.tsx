/** The stored fields that are kept to be told: what for, when one was last read, what nobody reads. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useTakeUpField } from "@/api/liberties";
import type { StoredField } from "@/api/types";
import { countText } from "@/lib/numbers";
import { isReason, LEAST_REASON, MOST_REASON, tidyReason } from "@/lib/problem";
import { dateFormat } from "@/lib/time";
import { useLanguage, useMay, useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/liberties/Liberties.module.css";

const nameOf = (one: StoredField): string => `${one.dataset}.${one.field}`;
const LOOKS = { used: "calm", empty: "calm", unused: "waiting", dropped: "refused" } as const;
const SIGNS = { used: "check", empty: "clock", unused: "warning", dropped: "warning" } as const;

function useDay(): (day: string | null) => string {
  const language = useLanguage();
  return (day) => (day === null ? "–" : dateFormat(language, "UTC", { day: "numeric", month: "short", year: "numeric" }).format(Date.parse(`${day}T12:00:00Z`)));
}

/** An unused field is kept, or a dropped one taken up again, for a need that is written down. */
function TakeUp({ fields }: { fields: readonly StoredField[] }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState("");
  const [need, setNeed] = useState("");
  const taken = useTakeUpField();
  const field = fields.find((one) => nameOf(one) === chosen) ?? fields[0];
  if (!field) return null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    taken.mutate({ dataset: field.dataset, field: field.field, need: tidyReason(need) }, { onSuccess: () => { setNeed(""); } });
  };
  return (
    <form onSubmit={submit}>
      <div className={styles["fields"]}>
        <Select label={t("fields.field")} value={nameOf(field)} options={fields.map((one) => ({ id: nameOf(one), text: `${t(`dataset.${one.dataset}`)} · ${one.field}` }))} onChange={setChosen} />
        <div className={styles["wide"]}>
          <TextField label={t("fields.why")} name="need" description={t("words.rule", { count: LEAST_REASON })} isRequired minLength={LEAST_REASON} maxLength={MOST_REASON} value={need} onChange={setNeed} />
        </div>
        <Button look="primary" type="submit" isDisabled={!isReason(need) || taken.isPending}>{t("fields.keep")}</Button>
      </div>
      {taken.error && <ErrorNote error={taken.error} />}
      {taken.data && <p className={styles["proved"]} role="status"><Icon name="check" />{t("fields.kept", { field: nameOf(taken.data) })}</p>}
    </form>
  );
}

function Line({ one }: { one: StoredField }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const day = useDay();
  const drops = one.state === "unused" ? Math.max(0, one.dropped_after - one.idle_days) : null;
  return (
    <tr>
      <th scope="row">{t(`dataset.${one.dataset}`)}<span className={styles["meta"]}><code>{one.field}</code></span></th>
      <td className={styles["words"]}>{one.taken_up_for || words(one.need)}</td>
      <td className={styles["short"]}>{one.last_used ? day(one.last_used) : t("fields.never")}<span className={styles["meta"]}>{t("fields.days", { count: one.days_used, n: countText(one.days_used, language) })}</span></td>
      <td className={styles["short"]}>
        <span className={styles[LOOKS[one.state]]}><Icon name={SIGNS[one.state]} size={14} />{t(`fields.state.${one.state}`)}</span>
        {drops !== null && <span className={styles["meta"]}>{t("fields.drops", { count: drops })}</span>}
        {one.state === "dropped" && one.dropped_at && <span className={styles["meta"]}>{day(one.dropped_at.slice(0, 10))}</span>}
      </td>
    </tr>
  );
}

export function FieldsBlock({ fields }: { fields: readonly StoredField[] }) {
  const { t } = useTranslation();
  const mayKeep = useMay("keep_fields");
  const first = fields[0];
  const waiting = fields.filter((one) => one.state === "unused" || one.state === "dropped");
  return (
    <>
      <p className={styles["note"]}>{t("fields.lead", { told: first?.reported_after ?? 90, dropped: first?.dropped_after ?? 180 })}</p>
      {mayKeep && waiting.length > 0 && <TakeUp fields={waiting} />}
      <div className={styles["holder"]}>
        <table className={styles["table"]}>
          <caption className="visually-hidden">{t("fields.title")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("fields.field")}</th>
              <th scope="col">{t("fields.need")}</th>
              <th scope="col">{t("fields.last")}</th>
              <th scope="col">{t("fields.stands")}</th>
            </tr>
          </thead>
          <tbody>{fields.map((one) => <Line key={nameOf(one)} one={one} />)}</tbody>
        </table>
      </div>
    </>
  );
}
