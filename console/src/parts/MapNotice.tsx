/** What a person should know about the map before reading it: it is loading, empty, old or refused. */
import { useTranslation } from "react-i18next";
import type { Answer } from "@/api/queries";
import { ProblemError } from "@/lib/problem";
import type { MapAnswer } from "@/api/types";
import { useStaleText } from "@/parts/Age";
import { useFiguresOnly } from "@/parts/useScope";
import styles from "@/parts/MapNotice.module.css";

export function MapNotice({ map }: { map: Answer<MapAnswer> }) {
  const { t } = useTranslation();
  const staleText = useStaleText();
  const figuresOnly = useFiguresOnly();
  let text: string | null = null;
  let tone = "calm";
  if (map.error) {
    tone = "bad";
    text = map.error instanceof ProblemError && map.error.status === 0 ? t("map.kept") : map.error.message || t("map.kept");
  } else if (map.data?.stale) {
    tone = "warn";
    text = staleText(map.data.age_s);
  } else if (figuresOnly) {
    text = null;
  } else if (map.data && map.data.total === 0 && !map.isPlaceholderData) {
    text = t("map.empty");
  } else if (map.data?.truncated) {
    text = t("map.truncated");
  }
  return (
    <div role="status" aria-live="polite" className={styles["holder"]}>
      {text && <p className={[styles["notice"], styles[tone]].join(" ")}>{text}</p>}
    </div>
  );
}
