/** The catalogue of questions, and one question with its form and its answer. */
import { useTranslation } from "react-i18next";
import { useAnalyses } from "@/api/queries";
import { AnalysisView } from "@/features/yesterday/AnalysisView";
import { SavedQuestions } from "@/features/yesterday/SavedQuestions";
import { useWords } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/yesterday/Yesterday.module.css";

export function Analyses() {
  const { t } = useTranslation();
  const words = useWords();
  const { extra } = useUrl();
  const analyses = useAnalyses();
  if (analyses.isPending) return <Loading />;
  if (analyses.error) return <ErrorNote error={analyses.error} retry={() => void analyses.refetch()} />;
  const chosen = analyses.data.find((analysis) => analysis.name === extra["analysis"]);
  if (chosen) return <AnalysisView key={chosen.name} analysis={chosen} />;
  if (analyses.data.length === 0) return <Empty title={t("analyses.none")} next={t("analyses.noneNext")} />;
  return (
    <>
      <SavedQuestions analyses={analyses.data} />
      <ul className={styles["catalogue"]}>
      {analyses.data.map((analysis) => (
        <li key={analysis.name}>
          <button type="button" className={styles["entry"]} onClick={() => { setExtra({ analysis: analysis.name }); }}>
            <strong>{words(analysis.question)}</strong>
            <span>{words(analysis.limits)}</span>
          </button>
        </li>
      ))}
      </ul>
    </>
  );
}
