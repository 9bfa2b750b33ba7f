/** The test of the feedback loop: does a forecast that patrols follow feed on itself? */
import { useTranslation } from "react-i18next";
import type { ForecastScores } from "@/api/forecasts";
import { StressChart } from "@/features/tomorrow/forecast/ScoreCharts";
import { decimalText } from "@/lib/numbers";
import { useLanguage } from "@/state/city";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

export function StressTest({ scores }: { scores: ForecastScores }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const tests = Object.values(scores.stress);
  const [first] = [...tests].sort((a, b) => b.drift - a.drift);
  return (
    <section className={styles["section"]}>
      <h3>{t("forecast.stress")}</h3>
      <p className={styles["note"]}>{t("forecast.stressNote")}</p>
      <ul className={styles["levels"]}>
        {tests.map((one) => (
          <li key={one.model} className={styles[one.passed ? "passed" : "failed"]}>
            <Icon name={one.passed ? "check" : "warning"} size={16} />{" "}
            {t(one.passed ? "forecast.stressPassed" : "forecast.stressFailed", { model: t(`forecast.model.${one.model}`), share: decimalText(one.share, language, 3), truth: decimalText(one.truth, language, 2), drift: decimalText(one.drift, language, 3), unruled: decimalText(one.unruled, language, 3) })}
          </li>
        ))}
      </ul>
      {first && <StressChart stress={first} />}
    </section>
  );
}
