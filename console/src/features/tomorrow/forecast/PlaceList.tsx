/** The places where most is expected in a slot: the map in words, for those who do not point. */
import { useTranslation } from "react-i18next";
import type { ForecastPlace } from "@/api/forecasts";
import { expectedText, highest, unreliable } from "@/lib/forecast";
import { countText } from "@/lib/numbers";
import { useLanguage, useWords } from "@/state/city";
import { setExtra } from "@/state/url";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

const MOST = 12;

export function PlaceList({ places, slot, selected }: { places: readonly ForecastPlace[]; slot: number; selected: string | null }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const total = places.reduce((sum, place) => sum + (place.expected[slot] ?? 0), 0);
  return (
    <section className={styles["section"]}>
      <h3>{t("forecast.highest")}</h3>
      <p className={styles["note"]}>{t("forecast.cityTotal", { n: expectedText(total, language), places: countText(places.length, language) })}</p>
      <ol className={styles["places"]}>
        {highest(places, slot, MOST).map((place) => (
          <li key={place.cell}>
            <button type="button" aria-pressed={place.cell === selected} onClick={() => { setExtra({ cell: place.cell === selected ? null : place.cell }); }}>
              <span>{words(place.name)} {place.area !== words(place.name) && <span className={styles["cell"]}>{place.area}</span>}</span>
              <span className={[styles["expected"], unreliable(place) ? styles["grey"] : ""].join(" ")}>{expectedText(place.expected[slot] ?? 0, language)}</span>
              <span className={styles["meta"]}>
                {t("forecast.between", { low: countText(place.low[slot] ?? 0, language), high: countText(place.high[slot] ?? 0, language) })}
                {place.base !== null && ` · ${t("forecast.base", { count: place.base, n: countText(place.base, language) })}`}
                {unreliable(place) && ` · ${t(place.small ? "forecast.small" : "forecast.unstable")}`}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
