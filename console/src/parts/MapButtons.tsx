/** Closer, farther, whole city; on Aujourd'hui also what is going on in the middle. */
import { useTranslation } from "react-i18next";
import { useMay } from "@/state/city";
import { command } from "@/state/mapStage";
import { useUrl } from "@/state/url";
import { IconButton } from "@/ui/Button";
import styles from "@/parts/MapButtons.module.css";

export function MapButtons() {
  const { t } = useTranslation();
  const { screen } = useUrl();
  const mayFacts = useMay("read_facts");
  return (
    <div className={styles["group"]} role="group" aria-label={t("map.controls")}>
      <IconButton icon="plus" label={t("map.zoomIn")} onPress={() => { command({ type: "zoom", by: 1 }); }} />
      <IconButton icon="minus" label={t("map.zoomOut")} onPress={() => { command({ type: "zoom", by: -1 }); }} />
      <IconButton icon="target" label={t("map.home")} onPress={() => { command({ type: "home" }); }} />
      {screen === "today" && mayFacts && <IconButton icon="pin" label={t("situation.middle")} onPress={() => { command({ type: "ask" }); }} />}
    </div>
  );
}
