/** How a camera stands as colour, sign and word. */
import { useTranslation } from "react-i18next";
import type { Camera } from "@/api/video";
import { standingOf, type Standing } from "@/features/cameras/standing";
import { Icon, type IconName } from "@/ui/Icon";
import styles from "@/features/cameras/Cameras.module.css";

const SIGNS: Record<Standing, IconName> = { recording: "check", gap: "warning", lost: "warning", disk: "warning", unmasked: "shield", expired: "shield", stopped: "pause" };
const LOOKS: Record<Standing, string> = { recording: "good", gap: "warn", lost: "bad", disk: "bad", unmasked: "bad", expired: "bad", stopped: "warn" };

export function StandingMark({ camera }: { camera: Camera }) {
  const { t } = useTranslation();
  const standing = standingOf(camera);
  return <span className={[styles["mark"], styles[LOOKS[standing]]].join(" ")}><Icon name={SIGNS[standing]} size={14} />{t(`video.standing.${standing}`)}</span>;
}
