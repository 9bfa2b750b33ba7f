/** What a camera may not see: its masks on a picture of it, who drew them, from when recordings bear them. */
import { useEffect, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useAim, useDrawMasks, useMasks, type Camera, type Masks, type Ring } from "@/api/video";
import { MaskCanvas } from "@/features/cameras/MaskCanvas";
import { MOST_CORNERS, MOST_MASKS, rectangle, withMoreCorners } from "@/features/cameras/masks";
import { useInstant } from "@/features/cameras/words";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import cameras from "@/features/cameras/Cameras.module.css";
import styles from "@/features/cameras/Masks.module.css";

const LEAST_REASON = 15;
const UNKNOWN = { width: 1280, height: 720 };

interface Shown { address: string; width: number; height: number }

/** A picture in memory and its size; let go of with the screen. */
function useShown(blob: Blob | undefined): Shown | null {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    if (!blob) return undefined;
    const address = URL.createObjectURL(blob);
    const image = new Image();
    image.onload = () => { setShown({ address, width: image.naturalWidth, height: image.naturalHeight }); };
    image.src = address;
    return () => { image.onload = null; setShown(null); URL.revokeObjectURL(address); };
  }, [blob]);
  return shown;
}

function History({ masks }: { masks: Masks }) {
  const { t } = useTranslation();
  const instant = useInstant();
  return (
    <section className={cameras["section"]}>
      <h3>{t("video.masking.history")}</h3>
      {masks.history.length === 0 ? <p className={cameras["meta"]}>{t("video.masking.never")}</p> : (
        <ol className={styles["history"]}>
          {masks.history.map((one) => (
            <li key={one.version}>
              <strong>{t("video.masking.version", { n: one.version, count: one.rings.length })}</strong>{" "}
              {t("video.masking.by", { who: one.by, at: instant(one.at) })}{" "}<q>{one.why}</q>
              <span className={cameras["meta"]}>{one.from ? t("video.masking.from", { at: instant(one.from) }) : t("video.masking.notYet")}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Editor({ camera, masks }: { camera: Camera; masks: Masks }) {
  const { t } = useTranslation();
  const aim = useAim(camera.camera_id);
  const draw = useDrawMasks(camera.camera_id);
  const shown = useShown(aim.data);
  const [rings, setRings] = useState<Ring[] | null>(null);
  const [base, setBase] = useState(masks.version);
  const [chosen, setChosen] = useState<number | null>(null);
  const [reason, setReason] = useState("");
  const now = rings ?? masks.rings;
  const size = shown ?? (masks.version > 0 ? { width: masks.width, height: masks.height } : UNKNOWN);
  const known = shown !== null || masks.version > 0;
  const told = reason.trim().length >= LEAST_REASON;
  const held = chosen === null ? undefined : now[chosen];
  const change = (next: Ring[]): void => {
    if (rings === null) setBase(masks.version);
    draw.reset();
    setRings(next);
  };
  const undo = (): void => { setRings(null); setChosen(null); draw.reset(); };
  const add = (): void => { change([...now, rectangle(0.4, 0.4, 0.6, 0.6)]); setChosen(now.length); };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (rings === null || !told || !known) return;
    draw.mutate({ rings, width: size.width, height: size.height, after: base, reason: reason.trim() }, { onSuccess: () => { setRings(null); setChosen(null); setReason(""); } });
  };
  return (
    <form className={styles["editor"]} onSubmit={submit}>
      <MaskCanvas picture={shown?.address ?? null} size={size} rings={now} chosen={chosen} editable={masks.may_draw} onChange={change} onChoose={setChosen} />
      {masks.may_draw ? (
        <>
          <p className={cameras["buttons"]}>
            <Button onPress={add} isDisabled={now.length >= MOST_MASKS}><Icon name="plus" size={16} />{t("video.masking.add")}</Button>
            <Button isDisabled={!held || held.length >= MOST_CORNERS} onPress={() => { if (held) change(now.map((one, i) => (i === chosen ? withMoreCorners(one) : one))); }}>{t("video.masking.addCorner")}</Button>
            <Button isDisabled={!held} onPress={() => { change(now.filter((_, i) => i !== chosen)); setChosen(null); }}>{t("video.masking.remove")}</Button>
            <Button isDisabled={rings === null} onPress={undo}>{t("video.masking.undo")}</Button>
          </p>
          <p className={cameras["meta"]}>{t("video.masking.keys")}</p>
          <TextField label={t("video.masking.why")} description={t("video.masking.whyNote", { n: LEAST_REASON })} value={reason} onChange={setReason} maxLength={300} />
          <p className={cameras["buttons"]}>
            <Button isDisabled={!told || !masks.may_see || aim.isPending} onPress={() => { aim.mutate(reason.trim()); }}><Icon name="eye" size={16} />{t(aim.isPending ? "video.masking.seeing" : "video.masking.see")}</Button>
            <Button look="primary" type="submit" isDisabled={rings === null || !told || !known || draw.isPending}>{t("video.masking.put")}</Button>
          </p>
          <p className={cameras["meta"]}>{t(masks.may_see ? "video.masking.seeNote" : "video.masking.notDesignated")}</p>
          {!known && <p className={cameras["meta"]}>{t("video.masking.sizeFirst")}</p>}
          {rings?.length === 0 && masks.masks === "burnt" && <p className={cameras["over"]} role="status">{t("video.masking.noneLeft")}</p>}
          {draw.isSuccess && rings === null && <p className={styles["done"]} role="status">{t("video.masking.done", { n: draw.data.version })}</p>}
          {aim.error && <ErrorNote error={aim.error} />}
          {draw.error && <ErrorNote error={draw.error} />}
        </>
      ) : <p className={cameras["meta"]}>{t("video.masking.readOnly")}</p>}
    </form>
  );
}

export function MaskPanel({ camera, onClose }: { camera: Camera; onClose: () => void }) {
  const { t } = useTranslation();
  const found = useMasks(camera.camera_id);
  return (
    <Panel title={t("video.masking.title", { camera: camera.label })} size="full" onClose={onClose} takeFocus>
      <div className={styles["body"]}>
        <p className={cameras["note"]}>{t(`video.masking.mode.${camera.masks}`)}</p>
        {found.isPending && <Loading rows={8} />}
        {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
        {found.data && <Editor camera={camera} masks={found.data} />}
        {found.data && <History masks={found.data} />}
      </div>
    </Panel>
  );
}
