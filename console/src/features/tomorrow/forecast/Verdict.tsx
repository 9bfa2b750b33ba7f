/** What is shown of a kind, in a shape, a word and a reason: a forecast, or a baseline that is none. */
import { useTranslation } from "react-i18next";
import type { Verdict as VerdictAnswer } from "@/api/forecasts";
import { useWords } from "@/state/city";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

const ICONS = { forecast: "check", baseline: "chart", withheld: "warning" } as const;

export function Verdict({ verdict }: { verdict: VerdictAnswer }) {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <div className={[styles["verdict"], styles[verdict.state]].join(" ")}>
      <Icon name={ICONS[verdict.state]} />
      <div>
        <p><strong>{t(`forecast.state.${verdict.state}`)}</strong> · {t(`forecast.model.${verdict.model}`)}</p>
        <p>{words(verdict.why)}</p>
      </div>
    </div>
  );
}
