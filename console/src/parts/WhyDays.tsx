/** One sentence for who sees no facts: why the figures are those of whole days. */
import { useTranslation } from "react-i18next";
import { useFiguresOnly } from "@/parts/useScope";
import styles from "@/parts/WhyDays.module.css";

export function WhyDays() {
  const { t } = useTranslation();
  const figuresOnly = useFiguresOnly();
  if (!figuresOnly) return null;
  return <p className={styles["why"]}>{t("days.why")}</p>;
}
