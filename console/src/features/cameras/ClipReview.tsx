/** The review of a masked clip: all of it is looked at, what is missed is masked by hand, then it is signed. */
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClips, useFilm, useMaskClip, useReviewClip, useSignClip, type Clip, type Clips, type HandMask } from "@/api/clips";
import type { Ring } from "@/api/video";
import { Drawing, Failure } from "@/features/cameras/Clips";
import { FilmPlayer, useAddress, useLooked } from "@/features/cameras/FilmPlayer";
import { MaskCanvas } from "@/features/cameras/MaskCanvas";
import { rectangle } from "@/features/cameras/masks";
import { useSecond } from "@/features/cameras/words";
import { downloadBlob } from "@/lib/download";
import { parseInstant, SECOND } from "@/lib/time";
import { Button, IconButton } from "@/ui/Button";
import { Checkbox, Select } from "@/ui/Fields";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import cameras from "@/features/cameras/Cameras.module.css";
import styles from "@/features/cameras/Clips.module.css";

const LASTS = ["1", "2", "5", "10", "all"] as const;

interface Drawn { picture: Blob; width: number; height: number; at: number }

/** The picture that a film shows now, in memory. */
async function pictureOf(film: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [film.videoWidth, film.videoHeight];
  canvas.getContext("2d")?.drawImage(film, 0, 0);
  return await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.9); });
}

/** Masks are drawn on one picture; each holds from there on, for a time, and goes with what it covers. */
function Drawer({ drawn, clip, onPut, onCancel }: { drawn: Drawn; clip: Clip; onPut: (masks: HandMask[]) => void; onCancel: () => void }) {
  const { t } = useTranslation();
  const picture = useAddress(drawn.picture);
  const [rings, setRings] = useState<Ring[]>([]);
  const [chosen, setChosen] = useState<number | null>(null);
  const [lasts, setLasts] = useState<string>("5");
  const [follow, setFollow] = useState(true);
  const put = (): void => {
    const end = parseInstant(clip.to) ?? drawn.at;
    const to = lasts === "all" ? end : Math.min(end, drawn.at + Number(lasts) * SECOND);
    onPut(rings.map((ring) => ({ from: new Date(drawn.at).toISOString(), to: new Date(to).toISOString(), ring, follow })));
  };
  return (
    <div className={styles["side"]}>
      <MaskCanvas picture={picture} size={drawn} rings={rings} chosen={chosen} editable onChange={setRings} onChoose={setChosen} />
      <p className={cameras["meta"]}>{t("video.masking.keys")}</p>
      <div className={cameras["pair"]}>
        <Select label={t("video.clip.lasts")} value={lasts} onChange={setLasts} options={LASTS.map((id) => ({ id, text: id === "all" ? t("video.clip.toEnd") : t("video.clip.seconds", { count: Number(id) }) }))} />
        <Checkbox isSelected={follow} onChange={setFollow}>{t("video.clip.follow")}</Checkbox>
      </div>
      <p className={cameras["buttons"]}>
        <Button onPress={() => { setRings([...rings, rectangle(0.4, 0.4, 0.6, 0.6)]); setChosen(rings.length); }}>{t("video.masking.add")}</Button>
        <Button look="primary" isDisabled={rings.length === 0} onPress={put}>{t("video.clip.keep")}</Button>
        <Button onPress={onCancel}>{t("words.cancel")}</Button>
      </p>
    </div>
  );
}

function HandList({ masks, lost, editable, onRemove }: { masks: readonly HandMask[]; lost: readonly (string | null)[]; editable: boolean; onRemove: (index: number) => void }) {
  const { t } = useTranslation();
  const { second } = useSecond();
  const at = (text: string): string => second(parseInstant(text) ?? 0);
  if (masks.length === 0) return <p className={cameras["meta"]}>{t("video.clip.noHand")}</p>;
  return (
    <ul className={styles["masks"]}>
      {masks.map((one, index) => (
        <li key={`${one.from} ${String(index)}`}>
          <span>
            {t("video.clip.mask", { n: index + 1, from: at(one.from), to: at(one.to) })}
            <span className={cameras["meta"]}>{t(one.follow ? "video.clip.follows" : "video.clip.stays")}</span>
            {lost[index] && <span className={cameras["over"]}>{t("video.clip.lost", { at: at(lost[index]) })}</span>}
          </span>
          {editable && <IconButton icon="close" size={14} label={t("video.clip.removeMask", { n: index + 1 })} onPress={() => { onRemove(index); }} />}
        </li>
      ))}
    </ul>
  );
}

const given = (clip: Clip): HandMask[] => clip.hand.map(({ from, to, ring, follow }) => ({ from, to, ring, follow }));

function Work({ clip, listed }: { clip: Clip; listed: Clips }) {
  const { t } = useTranslation();
  const open = useReviewClip(clip.export_id);
  const mask = useMaskClip(clip.export_id);
  const sign = useSignClip(clip.export_id);
  const [viewing, setViewing] = useState<string | null>(null);
  const [changed, setChanged] = useState<HandMask[] | null>(null);
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const film = useFilm(clip.export_id, viewing, clip.sha256);
  const address = useAddress(film.data?.blob);
  const video = useRef<HTMLVideoElement>(null);
  const { share, note, forget } = useLooked();
  useEffect(forget, [clip.sha256, forget]);
  const masks = changed ?? given(clip);
  const ready = clip.state === "ready";
  const shown = ready || clip.state === "signed";
  const yours = clip.asked_by === listed.you;
  const whole = share >= 1;
  const uncovered = clip.cover === "hand" && clip.hand.length === 0;
  const draw = (): void => {
    const one = video.current;
    if (!one) return;
    const at = (parseInstant(clip.from) ?? 0) + Math.round(one.currentTime * SECOND);
    void pictureOf(one).then((picture) => { if (picture) setDrawn({ picture, width: one.videoWidth, height: one.videoHeight, at }); });
  };
  const apply = (): void => { mask.mutate(masks, { onSuccess: (review) => { setChanged(null); setViewing(review.viewing_id); } }); };
  const give = (): void => {
    if (film.data) sign.mutate(film.data.sha256, { onSuccess: (blob) => { downloadBlob(`${clip.export_id}.zip`, blob); } });
  };
  return (
    <div className={styles["review"]}>
      <p>{t("video.clip.reviewLead")}</p>
      {clip.state === "drawing" && <Drawing clip={clip} />}
      {clip.state === "failed" && <p role="alert" className={cameras["over"]}>{t("video.clip.state.failed")} · <Failure clip={clip} /></p>}
      {viewing === null && shown && <p><Button look="primary" isDisabled={open.isPending} onPress={() => { open.mutate(undefined, { onSuccess: (review) => { setViewing(review.viewing_id); } }); }}>{t("video.clip.openFilm")}</Button></p>}
      {open.error && <ErrorNote error={open.error} />}
      {film.error && <ErrorNote error={film.error} retry={() => void film.refetch()} />}
      {viewing !== null && clip.sha256 !== "" && film.isPending && <Loading rows={6} />}
      {address && film.data && (
        <div className={styles["stage"]}>
          <div>
            <FilmPlayer key={address} film={video} address={address} pictures={clip.pictures} hidden={drawn !== null} onShown={note} onDraw={ready ? draw : null} />
            {drawn && <Drawer drawn={drawn} clip={clip} onCancel={() => { setDrawn(null); }} onPut={(more) => { setChanged([...masks, ...more]); setDrawn(null); }} />}
          </div>
          <div className={styles["side"]}>
            <h3>{t("video.clip.handTitle")}</h3>
            <HandList masks={masks} lost={changed === null ? clip.hand.map((one) => one.lost) : []} editable={ready} onRemove={(index) => { setChanged(masks.filter((_, i) => i !== index)); }} />
            {changed !== null && (
              <p className={cameras["buttons"]}>
                <Button look="primary" isDisabled={mask.isPending} onPress={apply}>{t("video.clip.redraw")}</Button>
                <Button onPress={() => { setChanged(null); }}>{t("video.masking.undo")}</Button>
              </p>
            )}
            {mask.error && <ErrorNote error={mask.error} />}
            <h3>{t("video.clip.signTitle")}</h3>
            <p role="status">{t("video.clip.looked", { n: Math.floor(share * 100) })}</p>
            <p className={styles["hash"]}>{t("video.clip.hash")} {film.data.sha256}</p>
            {yours && <p className={cameras["meta"]}>{t("video.clip.anotherSigns")}</p>}
            {uncovered && <p className={cameras["meta"]}>{t("video.clip.uncovered")}</p>}
            {listed.may_sign && !yours && (
              <p><Button look="primary" isDisabled={!whole || uncovered || changed !== null || drawn !== null || sign.isPending} onPress={give}>{t(clip.state === "signed" ? "video.clip.takeAgain" : "video.clip.sign")}</Button></p>
            )}
            {sign.isSuccess && <p role="status">{t("video.clip.given")}</p>}
            {sign.error && <ErrorNote error={sign.error} />}
          </div>
        </div>
      )}
    </div>
  );
}

export function ClipReview({ id, label, onClose }: { id: string; label: (camera: string) => string; onClose: () => void }) {
  const { t } = useTranslation();
  const found = useClips();
  const clip = found.data?.items.find((one) => one.export_id === id);
  return (
    <Panel title={t("video.clip.review", { camera: clip ? label(clip.camera_id) : id })} size="full" onClose={onClose} takeFocus>
      {found.isPending && <Loading rows={8} />}
      {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {found.data && !clip && <p className={cameras["lead"]}>{t("video.clip.gone")}</p>}
      {found.data && clip && <Work clip={clip} listed={found.data} />}
    </Panel>
  );
}
