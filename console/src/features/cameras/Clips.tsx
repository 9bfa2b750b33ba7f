/** Masked clips: who asked, who let it be drawn, how far it is, who signed; no picture. */
import { useTranslation } from "react-i18next";
import { useClips, useDecideClip, type Clip, type Clips as Listed } from "@/api/clips";
import type { Camera } from "@/api/video";
import { useInstant, useSecond } from "@/features/cameras/words";
import { parseInstant, SECOND } from "@/lib/time";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon, type IconName } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/cameras/Cameras.module.css";
import look from "@/features/cameras/Clips.module.css";

const SIGNS: Record<Clip["state"], { icon: IconName; look: string }> = {
  asked: { icon: "clock", look: "warn" }, refused: { icon: "close", look: "calm" }, drawing: { icon: "pulse", look: "warn" }, failed: { icon: "warning", look: "bad" },
  ready: { icon: "eye", look: "warn" }, signed: { icon: "seal", look: "good" }, ended: { icon: "clock", look: "calm" },
};

/** How far the drawing of a clip is. */
export function Drawing({ clip }: { clip: Clip }) {
  const { t } = useTranslation();
  const percent = Math.floor(clip.progress / 10);
  return (
    <span className={look["drawing"]}>
      <progress className={look["progress"]} aria-label={t("video.clip.progress")} value={clip.progress} max={1000} />
      <span>{t("video.clip.percent", { n: percent })}</span>
    </span>
  );
}

/** Why a clip could not be drawn. */
export function Failure({ clip }: { clip: Clip }) {
  const { t, i18n } = useTranslation();
  return <>{t(i18n.exists(`video.clip.failure.${clip.failure}`) ? `video.clip.failure.${clip.failure}` : "video.clip.failure.other", { code: clip.failure })}</>;
}

function Row({ clip, label, listed, may }: { clip: Clip; label: string; listed: Listed; may: boolean }) {
  const { t } = useTranslation();
  const instant = useInstant();
  const { day, second } = useSecond();
  const decide = useDecideClip();
  const from = parseInstant(clip.from) ?? 0;
  const lasts = Math.round(((parseInstant(clip.to) ?? from) - from) / SECOND);
  const sign = SIGNS[clip.state];
  const yours = clip.asked_by === listed.you;
  const open = (): void => { setExtra({ clip: clip.export_id }); };
  return (
    <tr>
      <th scope="row">
        {label}
        <span className={styles["meta"]}>{t("video.clip.when", { day: day(from), at: second(from), count: lasts })}</span>
      </th>
      <td>
        <span className={[styles["mark"], styles[sign.look]].join(" ")}><Icon name={sign.icon} size={14} />{t(`video.clip.state.${clip.state}`)}</span>
        {clip.state === "drawing" && <Drawing clip={clip} />}
        {clip.state === "failed" && <span className={styles["meta"]}><Failure clip={clip} /></span>}
        {clip.state === "ready" && clip.found !== null && <span className={styles["meta"]}>{t("video.clip.found", { count: clip.found })} · {t("video.clip.byHand", { count: clip.hand.length })}</span>}
      </td>
      <td>{t(`video.clip.covers.${clip.cover}`)}</td>
      <td className={styles["words"]}>
        {t("video.clip.asked", { who: clip.asked_by, at: instant(clip.at) })}<q className={styles["meta"]}>{clip.why}</q>
        {clip.decided_by && <span className={styles["meta"]}>{t(clip.state === "refused" ? "video.clip.refusedBy" : "video.clip.letBy", { who: clip.decided_by, at: instant(clip.decided_at) })}</span>}
        {clip.signed_by && <span className={styles["meta"]}>{t("video.clip.signedBy", { who: clip.signed_by, at: instant(clip.signed_at) })}</span>}
      </td>
      <td className={styles["words"]}>{clip.recipient}</td>
      <td>
        <span className={styles["buttons"]}>
          {clip.state === "asked" && listed.may_decide && may && !yours && (
            <>
              <Button look="primary" isDisabled={decide.isPending} onPress={() => { decide.mutate({ id: clip.export_id, drawn: true }); }}>{t("video.clip.let")}</Button>
              <Button isDisabled={decide.isPending} onPress={() => { decide.mutate({ id: clip.export_id, drawn: false }); }}>{t("video.clip.refuse")}</Button>
            </>
          )}
          {clip.state === "asked" && yours && <span className={styles["meta"]}>{t("video.clip.anotherDecides")}</span>}
          {["drawing", "ready", "signed"].includes(clip.state) && may && <Button onPress={open}>{t("video.clip.look")}</Button>}
        </span>
        {decide.error && <ErrorNote error={decide.error} />}
      </td>
    </tr>
  );
}

export function Clips({ cameras, may }: { cameras: readonly Camera[]; may: boolean }) {
  const { t } = useTranslation();
  const found = useClips();
  if (found.isPending) return <Loading />;
  if (found.error) return <ErrorNote error={found.error} retry={() => void found.refetch()} />;
  const labels = new Map(cameras.map((one) => [one.camera_id, one.label]));
  return (
    <>
      <p className={[styles["lead"], look["lead"]].join(" ")}>{t("video.clip.lead")}</p>
      {found.data.may_ask && may && (
        <p className={styles["bar"]}>
          <Button look="primary" onPress={() => { setExtra({ clip: "new" }); }}><Icon name="plus" size={16} />{t("video.clip.ask")}</Button>
        </p>
      )}
      {found.data.items.length === 0
        ? <Empty title={t("video.clip.none")} next={t("video.clip.noneNext")} />
        : (
          <div className={styles["holder"]}>
            <table className={styles["table"]}>
              <caption className="visually-hidden">{t("video.clip.title")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("video.camera")}</th>
                  <th scope="col">{t("video.state")}</th>
                  <th scope="col">{t("video.clip.cover")}</th>
                  <th scope="col">{t("video.clip.who")}</th>
                  <th scope="col">{t("video.clip.recipient")}</th>
                  <th scope="col"><span className="visually-hidden">{t("video.clip.acts")}</span></th>
                </tr>
              </thead>
              <tbody>{found.data.items.map((one) => <Row key={one.export_id} clip={one} label={labels.get(one.camera_id) ?? one.camera_id} listed={found.data} may={may} />)}</tbody>
            </table>
          </div>
        )}
    </>
  );
}
