/** What is entered after an event: attendance, means used, what happened when, lessons. */
import { useTranslation } from "react-i18next";
import type { Content } from "@/api/dossier";
import { LongField } from "@/features/tomorrow/dossier/LongField";
import { fromLocalInput, toLocalInput } from "@/lib/localInput";
import { parseInstant, rfc3339 } from "@/lib/time";
import { useCityContext } from "@/state/city";
import { Button, IconButton } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

export type After = NonNullable<Content["after"]>;
type Used = NonNullable<After["used"]>[number];
type Moment = NonNullable<After["timeline"]>[number];

const next = (items: readonly { id: string }[], stem: string): string => {
  let n = items.length + 1;
  while (items.some((one) => one.id === `${stem}-${n}`)) n += 1;
  return `${stem}-${n}`;
};
const number = (text: string): number | null => (text === "" ? null : Math.max(0, Number(text) || 0));

export function AfterForm({ value, day, onChange }: { value: After; day: string; onChange: (after: After) => void }) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const used = value.used ?? [];
  const timeline = value.timeline ?? [];
  const setUsed = (at: number, part: Partial<Used>): void => { onChange({ ...value, used: used.map((one, i) => (i === at ? { ...one, ...part } : one)) }); };
  const setMoment = (at: number, part: Partial<Moment>): void => { onChange({ ...value, timeline: timeline.map((one, i) => (i === at ? { ...one, ...part } : one)) }); };
  return (
    <>
      <div className={styles["form"]}>
        <TextField label={t("dossier.after.entered")} type="number" min={0} value={String(value.attendance ?? "")} onChange={(text) => { onChange({ ...value, attendance: number(text) }); }} />
        <TextField label={t("dossier.after.source")} value={value.attendance_source ?? ""} onChange={(text) => { onChange({ ...value, attendance_source: text }); }} />
      </div>
      <fieldset className={styles["choices"]}>
        <legend>{t("dossier.after.means")}</legend>
        <ol className={styles["steps"]}>
          {used.map((one, i) => (
            <li key={one.id}>
              <TextField label={t("dossier.after.what")} value={one.what} onChange={(what) => { setUsed(i, { what }); }} />
              <TextField label={t("dossier.after.planned")} type="number" min={0} value={String(one.planned ?? "")} onChange={(text) => { setUsed(i, { planned: number(text) }); }} />
              <TextField label={t("dossier.after.used")} type="number" min={0} value={String(one.used ?? "")} onChange={(text) => { setUsed(i, { used: number(text) }); }} />
              <IconButton icon="close" label={t("dossier.remove", { title: one.what })} onPress={() => { onChange({ ...value, used: used.filter((_, at) => at !== i) }); }} />
            </li>
          ))}
        </ol>
        <Button look="quiet" onPress={() => { onChange({ ...value, used: [...used, { id: next(used, "used"), what: t("dossier.after.newMeans"), planned: null, used: null, note: "" }] }); }}><Icon name="plus" size={14} />{t("dossier.after.addMeans")}</Button>
      </fieldset>
      <fieldset className={styles["choices"]}>
        <legend>{t("dossier.after.timeline")}</legend>
        <ol className={styles["steps"]}>
          {timeline.map((one, i) => (
            <li key={one.id}>
              <TextField
                label={t("dossier.field.at")} type="datetime-local" value={toLocalInput(parseInstant(one.at) ?? 0, city.timezone)}
                onChange={(text) => { const at = fromLocalInput(text, city.timezone); if (at !== null) setMoment(i, { at: rfc3339(at) }); }}
              />
              <TextField label={t("dossier.field.text")} value={one.text} onChange={(text) => { setMoment(i, { text }); }} />
              <IconButton icon="close" label={t("dossier.remove", { title: one.text })} onPress={() => { onChange({ ...value, timeline: timeline.filter((_, at) => at !== i) }); }} />
            </li>
          ))}
        </ol>
        <Button look="quiet" onPress={() => { onChange({ ...value, timeline: [...timeline, { id: next(timeline, "moment"), at: day, text: t("dossier.after.newMoment") }] }); }}><Icon name="plus" size={14} />{t("dossier.after.addMoment")}</Button>
      </fieldset>
      <LongField label={t("dossier.after.lessons")} rows={6} value={value.lessons ?? ""} onChange={(lessons) => { onChange({ ...value, lessons }); }} />
    </>
  );
}
