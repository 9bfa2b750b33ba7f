/** What is said before pictures are opened: which cameras, when, for whom and why; the line of the audit comes first. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useOpenViewing, type Camera, type Viewing } from "@/api/video";
import { fromLocalInput, toLocalInput } from "@/lib/localInput";
import { isReason, LEAST_REASON, MOST_REASON, tidyReason } from "@/lib/problem";
import { MINUTE } from "@/lib/time";
import { useCityContext, useNow } from "@/state/city";
import { Button, IconButton } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/cameras/Cameras.module.css";

const LENGTHS = ["5", "15", "30", "60", "240"] as const;

export function OpenViewing({ cameras, since, note, onRemove, onOpened, onClose }: {
  cameras: readonly Camera[];
  /** From which instant on; null for live. */
  since: number | null;
  note: string | null;
  onRemove: (id: string) => void;
  onOpened: (viewing: Viewing) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const now = useNow(1000);
  const [mode, setMode] = useState<"live" | "past">(since === null ? "live" : "past");
  // Seconds are kept as long as the hour is not typed over: an alert rings at a second, not at a minute.
  const [typed, setTyped] = useState<string | null>(null);
  const [minutes, setMinutes] = useState<string>("15");
  const [service, setService] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const [file, setFile] = useState("");
  const open = useOpenViewing();
  const said = service ?? cameras[0]?.service ?? "";
  const start = typed !== null ? fromLocalInput(typed, city.timezone) : since ?? Math.floor((now - 15 * MINUTE) / MINUTE) * MINUTE;
  const late = mode === "past" && (start === null || start >= now);
  const ready = cameras.length > 0 && said.trim() !== "" && isReason(reason) && !late && !open.isPending;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready) return;
    const range = mode === "live" || start === null ? null : { from: start, to: Math.min(now, start + Number(minutes) * MINUTE) };
    open.mutate({ cameras: cameras.map((one) => one.camera_id), range, service: said.trim(), reason: tidyReason(reason), case: tidyReason(file) }, { onSuccess: onOpened });
  };
  return (
    <Panel title={t("video.open")} side="right" onClose={onClose} takeFocus>
      <form className={styles["form"]} onSubmit={submit}>
        <p className={styles["meta"]}>{t("video.openWhy")}</p>
        {note && <p className={styles["note"]} role="status">{note}</p>}
        <ul className={styles["chosen"]} aria-label={t("video.chosen")}>
          {cameras.map((one) => (
            <li key={one.camera_id}>
              <span>{one.label}<span className={styles["meta"]}>{one.camera_id}</span></span>
              <IconButton icon="close" size={14} label={t("video.remove", { camera: one.label })} onPress={() => { onRemove(one.camera_id); }} />
            </li>
          ))}
        </ul>
        <Segmented label={t("video.when")} value={mode} onChange={setMode} options={[{ id: "live", text: t("video.live") }, { id: "past", text: t("video.past") }]} />
        {mode === "past" && (
          <div className={styles["pair"]}>
            <TextField label={t("video.start")} name="since" type="datetime-local" isRequired isInvalid={late} value={typed ?? toLocalInput(start ?? now, city.timezone)} onChange={setTyped} description={late ? t("video.notYet") : undefined} />
            <Select label={t("video.length")} value={minutes} onChange={setMinutes} options={LENGTHS.map((id) => ({ id, text: t("video.minutes", { count: Number(id) }) }))} />
          </div>
        )}
        <TextField label={t("video.forService")} name="service" isRequired maxLength={120} value={said} onChange={setService} />
        <TextField label={t("words.reason")} name="reason" description={t("words.rule", { count: LEAST_REASON })} isRequired minLength={LEAST_REASON} maxLength={MOST_REASON} value={reason} onChange={setReason} />
        <TextField label={t("words.case")} name="case" maxLength={MOST_REASON} value={file} onChange={setFile} />
        {open.error && <ErrorNote error={open.error} />}
        <p className={styles["buttons"]}>
          <Button look="primary" type="submit" isDisabled={!ready}>{t("video.openNow", { count: cameras.length })}</Button>
          <Button onPress={onClose}>{t("words.cancel")}</Button>
        </p>
      </form>
    </Panel>
  );
}
