/** Where panels stand over the map: left, right, the time below, legend and map buttons between. */
import type { ReactNode } from "react";
import { Legend } from "@/parts/Legend";
import { MapButtons } from "@/parts/MapButtons";
import styles from "@/parts/Stage.module.css";

export function Stage({ left, right, bottom, toolbar, wide = false }: {
  left?: ReactNode;
  right?: ReactNode;
  bottom?: ReactNode;
  toolbar?: ReactNode;
  /** The left panel takes all the room there is. */
  wide?: boolean;
}) {
  return (
    <div className={[styles["stage"], wide ? styles["wide"] : ""].join(" ")}>
      {left && <div className={styles["left"]} data-covers-map>{left}</div>}
      {!wide && (
        <div className={styles["centre"]}>
          <div className={styles["toolbar"]}>{toolbar}</div>
          <div className={styles["low"]}>
            <Legend />
            <MapButtons />
          </div>
        </div>
      )}
      {right && <div className={styles["right"]} data-covers-map>{right}</div>}
      {bottom && <div className={styles["bottom"]}>{bottom}</div>}
    </div>
  );
}
