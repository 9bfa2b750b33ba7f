/** Every camera that records in one line: how it stands, by whose leave, how long, what it may not see. */
import { useTranslation } from "react-i18next";
import type { Camera } from "@/api/video";
import { byNeed } from "@/features/cameras/standing";
import { StandingMark } from "@/features/cameras/StandingMark";
import { useInstant, useLastDay } from "@/features/cameras/words";
import { setExtra } from "@/state/url";
import { Checkbox } from "@/ui/Fields";
import styles from "@/features/cameras/Cameras.module.css";

export function CameraTable({ cameras, chosen, onChoose, most, shown }: {
  cameras: readonly Camera[];
  chosen: readonly string[];
  onChoose: ((ids: string[]) => void) | null;
  most: number;
  shown: string | null;
}) {
  const { t } = useTranslation();
  const instant = useInstant();
  const lastDay = useLastDay();
  const toggle = (id: string): void => { onChoose?.(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]); };
  return (
    <div className={styles["holder"]}>
      <table className={styles["table"]}>
        <caption className="visually-hidden">{t("video.list")}</caption>
        <thead>
          <tr>
            {onChoose && <th scope="col"><span className="visually-hidden">{t("video.choose")}</span></th>}
            <th scope="col">{t("video.camera")}</th>
            <th scope="col">{t("video.state")}</th>
            <th scope="col">{t("video.authorisation")}</th>
            <th scope="col">{t("video.retention")}</th>
            <th scope="col">{t("video.masks")}</th>
          </tr>
        </thead>
        <tbody>
          {byNeed(cameras).map((one) => (
            <tr key={one.camera_id} data-chosen={one.camera_id === shown || chosen.includes(one.camera_id)}>
              {onChoose && (
                <td className={styles["tick"]}>
                  <Checkbox
                    isSelected={chosen.includes(one.camera_id)} onChange={() => { toggle(one.camera_id); }}
                    isDisabled={!one.authorised || (chosen.length >= most && !chosen.includes(one.camera_id))}
                  >
                    <span className="visually-hidden">{t("video.chooseOne", { camera: one.label })}</span>
                  </Checkbox>
                </td>
              )}
              <th scope="row">
                <button type="button" className={styles["link"]} onClick={() => { setExtra({ of: one.camera_id === shown ? null : one.camera_id, grant: null }); }}>{one.label}</button>
                <span className={styles["meta"]}>{one.camera_id} · {one.service}</span>
              </th>
              <td>
                <StandingMark camera={one} />
                <span className={styles["meta"]}>
                  {one.gap ? t("video.since", { why: t(`video.gap.${one.gap.reason}`), at: instant(one.gap.from) }) : one.last_at ? t("video.lastAt", { at: instant(one.last_at) }) : t("video.nothingYet")}
                </span>
              </td>
              <td>
                {one.authorisation}
                <span className={one.authorised ? styles["meta"] : styles["over"]}>{t(one.authorised ? "video.until" : "video.endedOn", { day: lastDay(one.authorised_until) })}</span>
              </td>
              <td className={styles["short"]}>{t("age.d", { count: one.retention_days })}</td>
              <td className={styles["short"]}>{t(`video.mask.${one.masks}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
