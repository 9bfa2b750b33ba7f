/** A point of the map that somebody asks about: where it is, and the button that opens its situation. */
import { useTranslation } from "react-i18next";
import { HereButton } from "@/map/HereButton";
import type { Spot } from "@/map/overlay";
import { IconButton } from "@/ui/Button";
import styles from "@/map/MapView.module.css";

/** Room the menu needs beside the point, px; where there is less it stands on the other side. */
const WIDE = 260;
const HIGH = 64;

export function SpotMenu({ spot, within, onClose }: { spot: Spot; within: { width: number; height: number }; onClose: () => void }) {
  const { t } = useTranslation();
  const side = spot.x + WIDE > within.width ? { right: within.width - spot.x + 10 } : { left: spot.x + 10 };
  const height = spot.y + HIGH > within.height ? { bottom: within.height - spot.y + 10 } : { top: spot.y + 10 };
  return (
    <>
      <span className={styles["mark"]} style={{ left: spot.x, top: spot.y }} aria-hidden="true" />
      <div
        role="group" aria-label={t("situation.point")} className={styles["menu"]} style={{ ...side, ...height }}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          onClose();
        }}
      >
        <HereButton id="here-on-map" key={`${String(spot.lon)},${String(spot.lat)}`} lon={spot.lon} lat={spot.lat} takeFocus onOpened={onClose} />
        <IconButton icon="close" label={t("panel.close")} onPress={onClose} />
      </div>
    </>
  );
}
