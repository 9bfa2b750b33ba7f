/** Closer, farther, whole city. */
import { useTranslation } from "react-i18next";
import { command } from "@/state/mapStage";
import { IconButton } from "@/ui/Button";
import styles from "@/parts/MapButtons.module.css";

export function MapButtons() {
  const { t } = useTranslation();
  return (
    <div className={styles["group"]} role="group" aria-label={t("map.controls")}>
      <IconButton icon="plus" label={t("map.zoomIn")} onPress={() => { command({ type: "zoom", by: 1 }); }} />
      <IconButton icon="minus" label={t("map.zoomOut")} onPress={() => { command({ type: "zoom", by: -1 }); }} />
      <IconButton icon="target" label={t("map.home")} onPress={() => { command({ type: "home" }); }} />
    </div>
  );
}
