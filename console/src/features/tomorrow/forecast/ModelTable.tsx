/** Every model beside the naive one: what each scores on all places and slots of the weeks that judge. */
import { useTranslation } from "react-i18next";
import type { ForecastScores, ModelScores } from "@/api/forecasts";
import { decimalText } from "@/lib/numbers";
import { useLanguage } from "@/state/city";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

const DIGITS = 4;
const AREA = "0.05";

export function scoresOf(scores: ForecastScores, kind: string): [string, ModelScores][] {
  const found = Object.entries(scores.models).flatMap(([name, by]) => { const one = by[kind]; return one ? [[name, one] as [string, ModelScores]] : []; });
  return found.sort((a, b) => b[1].deviance.value - a[1].deviance.value);
}

function Row({ name, one, shown }: { name: string; one: ModelScores; shown: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const number = (value: number | null | undefined, digits = 3): string => (value === null || value === undefined ? "–" : decimalText(value, language, digits));
  const percent = (value: number | undefined): string => (value === undefined ? "–" : `${decimalText(value * 100, language, 1)} %`);
  return (
    <tr className={shown ? styles["shown"] : undefined}>
      <th scope="row">{t(`forecast.model.${name}`)}{shown && <span className={styles["meta"]}> · {t("forecast.shown")}</span>}</th>
      <td>{number(one.deviance.value, DIGITS)} <span className={styles["meta"]}>({number(one.deviance.low, DIGITS)}–{number(one.deviance.high, DIGITS)})</span></td>
      <td>{number(one.pei[AREA]?.pei)}</td>
      <td>{number(one.pei[AREA]?.pai, 2)}</td>
      <td>{percent(one.coverage[1]?.randomised)} <span className={styles["meta"]}>({percent(one.coverage[1]?.printed)})</span></td>
      <td>{number(one.bias, 2)}</td>
      <td>{number(one.mae)}</td>
    </tr>
  );
}

export function ModelTable({ scores, kind }: { scores: ForecastScores; kind: string }) {
  const { t } = useTranslation();
  const shown = scores.verdicts.find((one) => one.kind === kind)?.model;
  const rows = scoresOf(scores, kind);
  return (
    <div className={styles["holder"]}>
      <table className={styles["table"]}>
        <caption className="visually-hidden">{t("forecast.models")}</caption>
        <thead>
          <tr>
            {(["model", "deviance", "pei", "pai", "coverage", "bias", "mae"] as const).map((name) => <th key={name} scope="col">{t(`forecast.column.${name}`)}</th>)}
          </tr>
        </thead>
        <tbody>{rows.map(([name, one]) => <Row key={name} name={name} one={one} shown={name === shown} />)}</tbody>
      </table>
      <p className={styles["meta"]}>{t("forecast.coverageNote")}</p>
    </div>
  );
}

/** The score of the literature, never without its warning. */
export function Masked({ scores, kind }: { scores: ForecastScores; kind: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const told = (value: number | null): string => (value === null ? "–" : decimalText(value, language, 3));
  return (
    <details className={styles["block"]}>
      <summary>{t("forecast.masked")}</summary>
      <p className={styles["note"]}>{t("forecast.maskedWarning")}</p>
      <ul className={styles["note"]}>
        {scoresOf(scores, kind).map(([name, one]) => <li key={name}>{t("forecast.maskedLine", { model: t(`forecast.model.${name}`), mae: told(one.masked.mae), mape: told(one.masked.mape) })}</li>)}
      </ul>
    </details>
  );
}
