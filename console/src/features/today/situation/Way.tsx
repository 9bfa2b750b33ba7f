/** The way of a means in words: what the map draws, for whoever does not see it. */
import { useTranslation } from "react-i18next";
import { metresText } from "@/lib/numbers";
import { comesFrom, lengthOf, type WayLeg } from "@/lib/way";
import { useLanguage } from "@/state/city";
import styles from "@/features/today/situation/Situation.module.css";

export function Way({ way }: { way: readonly WayLeg[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const wind = comesFrom(way);
  if (wind === null) return null;
  const sum = (guessed: boolean): number => way.filter((leg) => leg.guessed === guessed).reduce((all, leg) => all + lengthOf(leg), 0);
  return (
    <span className={styles["meta"]}>
      {t("situation.way", { wind: t(`situation.wind.${wind}`), streets: metresText(sum(false), language), guessed: metresText(sum(true), language) })}
    </span>
  );
}
