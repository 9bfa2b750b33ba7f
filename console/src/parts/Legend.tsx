/** What the colours and shapes on the map mean, for what is on it now. */
import { useTranslation } from "react-i18next";
import { classColour, countClasses, css } from "@/lib/colour";
import { expectedColour, UNRELIABLE } from "@/lib/forecast";
import { countText, decimalText } from "@/lib/numbers";
import { SeverityMark } from "@/parts/SeverityMark";
import { useFiguresOnly } from "@/parts/useScope";
import { useLanguage } from "@/state/city";
import { useShownAnswer, type AnswerOnMap } from "@/state/answerMap";
import { useShownContent } from "@/state/mapStage";
import { useDark } from "@/state/preferences";
import styles from "@/parts/Legend.module.css";

function Classes({ counts }: { counts: readonly { n: number }[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const dark = useDark();
  let max = 0;
  for (const row of counts) max = Math.max(max, row.n);
  const bounds = countClasses(max);
  return (
    <>
      <p className={styles["title"]}>{t("legend.cells")}</p>
      <ul className={styles["classes"]}>
        {bounds.map((bound, i) => (
          <li key={bound}>
            <span className={styles["swatch"]} style={{ background: css(classColour(i, bounds.length, dark)) }} />
            {i === bounds.length - 1 ? `≥ ${countText(bound, language)}` : countText(bound, language)}
          </li>
        ))}
      </ul>
    </>
  );
}

function Expected({ bounds }: { bounds: readonly number[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const dark = useDark();
  return (
    <>
      <p className={styles["title"]}>{t("forecast.legend")}</p>
      <ul className={styles["classes"]}>
        {bounds.map((bound, i) => (
          <li key={bound}>
            <span className={styles["swatch"]} style={{ background: css(expectedColour(i, bounds.length, dark)) }} />
            {i === bounds.length - 1 ? `≥ ${decimalText(bound, language)}` : decimalText(bound, language)}
          </li>
        ))}
        <li>
          <span className={styles["swatch"]} style={{ background: css(UNRELIABLE), opacity: 0.5 }} />
          {t("forecast.unreliableShort")}
        </li>
      </ul>
    </>
  );
}

function AnswerClasses({ answer }: { answer: AnswerOnMap }) {
  const { t } = useTranslation();
  const withheld = answer.shapes.some((shape) => shape.withheld);
  return (
    <>
      <p className={styles["title"]}>{answer.title}{answer.frame && ` · ${answer.frame}`}</p>
      <ul className={styles[answer.ordered ? "classes" : "marks"]}>
        {answer.classes.map((one) => (
          <li key={one.text}>
            <span className={[styles["swatch"], answer.ordered ? "" : styles["chip"]].join(" ")} style={{ background: css(one.colour) }} />
            {one.text}
          </li>
        ))}
      </ul>
      {withheld && <p className={styles["hatched"]}><span className={styles["hatch"]} />{t("workbench.hatched")}</p>}
    </>
  );
}

export function Legend() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { answer, forecast, plans } = useShownContent();
  const figuresOnly = useFiguresOnly();
  const analysis = useShownAnswer();
  const nothing = !answer && !analysis && !forecast && plans.length === 0;
  if (nothing) return null;
  return (
    <section className={styles["legend"]} aria-label={t("legend.label")}>
      {answer?.mode === "cells" && answer.cells.length > 0 && <Classes counts={answer.cells} />}
      {analysis && <AnswerClasses answer={analysis} />}
      {forecast && <Expected bounds={forecast.bounds} />}
      {answer?.mode === "clusters" && <p className={styles["title"]}>{t("legend.clusters")}</p>}
      {answer?.mode === "points" && (
        <ul className={styles["marks"]}>
          {[5, 4, 3, 2, 1].map((level) => <li key={level}><SeverityMark severity={level} />{t(`severity.${level}`)}</li>)}
        </ul>
      )}
      {plans.length > 0 && (
        <ul className={styles["marks"]}>
          {["authorised", "declared", "draft", "wild", "cancelled"].map((state) => (
            <li key={state}><span className={[styles["plan"], styles[state]].join(" ")} />{t(`plan.state.${state}`)}</li>
          ))}
        </ul>
      )}
      {answer && figuresOnly && <p className={styles["total"]}>{t("days.map")}</p>}
      {answer && !figuresOnly && (
        <p className={styles["total"]}>
          {answer.truncated
            ? t("legend.truncated", { shown: countText(answer.shown, language), total: countText(answer.total, language) })
            : t("legend.total", { count: answer.total, n: countText(answer.total, language) })}
        </p>
      )}
    </section>
  );
}
