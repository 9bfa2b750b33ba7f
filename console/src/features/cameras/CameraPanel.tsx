/** One camera: its sheet, and a day of what it recorded and what is missing; no picture. */
import { useTranslation } from "react-i18next";
import { useFilms, type Camera } from "@/api/video";
import { FilmStrip, GapList } from "@/features/cameras/FilmStrip";
import { StandingMark } from "@/features/cameras/StandingMark";
import { useInstant, useLastDay } from "@/features/cameras/words";
import { countText, decimalText } from "@/lib/numbers";
import { DAY, MINUTE } from "@/lib/time";
import { Details } from "@/parts/Details";
import { useLanguage, useNow } from "@/state/city";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/cameras/Cameras.module.css";

export function CameraPanel({ camera, onWatch }: { camera: Camera; onWatch: (() => void) | null }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const instant = useInstant();
  const lastDay = useLastDay();
  const now = useNow(MINUTE);
  const to = Math.ceil(now / MINUTE) * MINUTE;
  const range = { from: to - DAY, to };
  const [film] = useFilms([camera.camera_id], range, true);
  return (
    <Panel title={camera.label} side="right" onClose={() => { setExtra({ of: null }); }} takeFocus>
      <div className={styles["section"]}>
        <p><StandingMark camera={camera} /> {t("video.meaning", { seen: instant(camera.packet_at) ?? t("age.never") })}</p>
        {onWatch && camera.authorised && <p className={styles["buttons"]}><Button look="primary" onPress={onWatch}>{t("video.watchOne")}</Button></p>}
      </div>
      <section className={styles["section"]}>
        <h3>{t("video.lastDay")}</h3>
        {film ? (
          <>
            <FilmStrip films={[film]} labels={{ [camera.camera_id]: camera.label }} range={range} />
            <GapList films={[film]} labels={{}} />
          </>
        ) : <Loading rows={2} />}
      </section>
      <Details
        title={t("video.sheet")}
        action={<Button onPress={() => { setExtra({ masks: "1" }); }}>{t("video.masking.open")}</Button>}
        items={[
          { term: t("video.number"), value: camera.camera_id },
          { term: t("video.service"), value: camera.service },
          { term: t("video.authorisation"), value: camera.authorisation },
          { term: t("video.ends"), value: lastDay(camera.authorised_until) },
          { term: t("video.purposes"), value: camera.purposes.map((n) => t("video.purpose", { n })).join(", "), note: t("video.purposesNote") },
          { term: t("video.retention"), value: t("age.d", { count: camera.retention_days }), note: t("video.retentionNote") },
          { term: t("video.masks"), value: t(`video.mask.${camera.masks}`), note: t(`video.masking.mode.${camera.masks}`) },
          { term: t("video.cost"), value: camera.cpu_permille > 0 ? t("video.coreShare", { n: decimalText(camera.cpu_permille / 10, language) }) : null, note: t(camera.masks === "burnt" ? "video.costBurnt" : "video.costNote") },
          { term: t("video.rate"), value: camera.bytes_per_s > 0 ? t("video.kilobits", { n: countText(Math.round(camera.bytes_per_s * 8 / 1000), language) }) : null },
          { term: t("video.reconnects"), value: camera.reconnects > 0 ? countText(camera.reconnects, language) : null },
          { term: t("video.skew"), value: Math.abs(camera.skew_ms) >= 1000 ? t("video.skewMs", { n: countText(camera.skew_ms, language) }) : null },
        ]}
      />
    </Panel>
  );
}
