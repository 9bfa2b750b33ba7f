/** The state of a source as colour, shape and word. */
import { useTranslation } from "react-i18next";
import type { SourceState } from "@/api/types";
import styles from "@/parts/StateMark.module.css";

export function StateMark({ state, short = false }: { state: SourceState; short?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={[styles["mark"], styles[state]].join(" ")}>
      <span className={styles["dot"]} aria-hidden="true" />
      <span className={short ? "visually-hidden" : ""}>{t(`state.${state}`)}</span>
    </span>
  );
}
