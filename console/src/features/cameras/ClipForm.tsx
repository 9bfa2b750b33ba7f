/** A masked clip is asked for: which camera, when, how it is to be covered, who is to have it and why. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useAskClip, type Clips, type Cover } from "@/api/clips";
import type { Camera } from "@/api/video";
import { fromLocalInput, toLocalInput } from "@/lib/localInput";
import { isReason, LEAST_REASON, MOST_REASON, tidyReason } from "@/lib/problem";
import { MINUTE, SECOND } from "@/lib/time";
import { useCityContext, useNow } from "@/state/city";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/cameras/Cameras.module.css";

const LENGTHS = [5, 10, 30, 60, 120, 300, 600] as const;

export function ClipForm({ cameras, clips, since, onClose }: {
  cameras: readonly Camera[]; clips: Clips;
  /** From which instant on; null: some minutes ago. */
  since: number | null; onClose: () => void;
}) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const now = useNow(1000);
  const [camera, setCamera] = useState(cameras[0]?.camera_id ?? "");
  // Seconds are kept as long as the hour is not typed over.
  const [typed, setTyped] = useState<string | null>(null);
  const [seconds, setSeconds] = useState("30");
  const [cover, setCover] = useState<Cover>(clips.covers[0] ?? "whole");
  const [recipient, setRecipient] = useState("");
  const [reason, setReason] = useState("");
  const ask = useAskClip();
  const start = typed !== null ? fromLocalInput(typed, city.timezone) : since ?? Math.floor((now - 5 * MINUTE) / MINUTE) * MINUTE;
  const late = start === null || start >= now;
  const ready = camera !== "" && recipient.trim() !== "" && isReason(reason) && !late && !ask.isPending;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready || start === null) return;
    const range = { from: start, to: Math.min(now, start + Number(seconds) * SECOND) };
    ask.mutate({ camera, range, cover, recipient: recipient.trim(), reason: tidyReason(reason) }, { onSuccess: onClose });
  };
  return (
    <Panel title={t("video.clip.ask")} side="right" onClose={onClose} takeFocus>
      <form className={styles["form"]} onSubmit={submit}>
        <p className={styles["meta"]}>{t("video.clip.askWhy")}</p>
        <Select label={t("video.camera")} value={camera} onChange={setCamera} options={cameras.map((one) => ({ id: one.camera_id, text: one.label }))} />
        <div className={styles["pair"]}>
          <TextField label={t("video.start")} name="clip-since" type="datetime-local" isRequired isInvalid={late} value={typed ?? toLocalInput(start ?? now, city.timezone)} onChange={setTyped} description={late ? t("video.notYet") : undefined} />
          <Select label={t("video.length")} value={seconds} onChange={setSeconds} options={LENGTHS.filter((n) => n <= clips.longest_s).map((n) => ({ id: String(n), text: n < 60 ? t("video.clip.seconds", { count: n }) : t("video.minutes", { count: n / 60 }) }))} />
        </div>
        <Select label={t("video.clip.cover")} value={cover} onChange={(id) => { setCover(id as Cover); }} options={clips.covers.map((id) => ({ id, text: t(`video.clip.covers.${id}`) }))} description={t(clips.covers.includes("faces") ? "video.clip.coverNote" : "video.clip.noFaces")} />
        <TextField label={t("video.clip.recipient")} name="recipient" isRequired maxLength={120} value={recipient} onChange={setRecipient} />
        <TextField label={t("words.reason")} name="reason" description={t("words.rule", { count: LEAST_REASON })} isRequired minLength={LEAST_REASON} maxLength={MOST_REASON} value={reason} onChange={setReason} />
        {ask.error && <ErrorNote error={ask.error} />}
        <p className={styles["buttons"]}>
          <Button look="primary" type="submit" isDisabled={!ready}>{t("video.clip.askNow")}</Button>
          <Button onPress={onClose}>{t("words.cancel")}</Button>
        </p>
      </form>
    </Panel>
  );
}
