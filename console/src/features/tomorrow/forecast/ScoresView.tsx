/** How often the forecast is wrong: every model beside the naive one, misses, the loop's test, the card. */
import { useTranslation } from "react-i18next";
import { useForecastScores, type ForecastScores } from "@/api/forecasts";
import { Card } from "@/features/tomorrow/forecast/Card";
import { Choose } from "@/features/tomorrow/forecast/Choose";
import { Misses } from "@/features/tomorrow/forecast/Misses";
import { Masked, ModelTable, scoresOf } from "@/features/tomorrow/forecast/ModelTable";
import { ScoreCharts } from "@/features/tomorrow/forecast/ScoreCharts";
import { StressTest } from "@/features/tomorrow/forecast/StressTest";
import { Verdict } from "@/features/tomorrow/forecast/Verdict";
import { NoForecast } from "@/features/tomorrow/forecast/Waiting";
import { useChosen } from "@/features/tomorrow/forecast/useChosen";
import { countText, decimalText } from "@/lib/numbers";
import { Stage } from "@/parts/Stage";
import { useKindText, useLanguage } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { Select } from "@/ui/Fields";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

const ALL = "all";

function Gains({ scores, kind }: { scores: ForecastScores; kind: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const verdict = scores.verdicts.find((one) => one.kind === kind);
  if (!verdict) return null;
  const number = (value: number): string => decimalText(value, language, 4);
  return (
    <>
      <Verdict verdict={verdict} />
      <ul className={styles["note"]}>
        {Object.entries(verdict.gains).map(([name, one]) => (
          <li key={name}>{t("forecast.gain", { chosen: t(`forecast.model.${verdict.chosen}`), baseline: t(`forecast.model.${name}`), gain: number(one.gain), low: number(one.low), high: number(one.high) })}</li>
        ))}
      </ul>
    </>
  );
}

function Body({ scores }: { scores: ForecastScores }) {
  const { t } = useTranslation();
  const kindText = useKindText();
  const language = useLanguage();
  const { extra } = useUrl();
  const kinds = scores.verdicts.map((one) => one.kind);
  const kind = kinds.includes(extra["of"] ?? "") ? (extra["of"] ?? ALL) : ALL;
  const model = scores.verdicts.find((one) => one.kind === kind)?.model ?? scoresOf(scores, kind).at(-1)?.[0] ?? "";
  if (Object.keys(scores.models).length === 0) return <Empty title={t("forecast.short")} next={t("forecast.shortNext")} />;
  return (
    <>
      <div className={styles["tools"]}>
        <Select
          label={t("forecast.kind")} value={kind}
          options={[{ id: ALL, text: t("forecast.allKinds") }, ...scores.verdicts.map((one) => ({ id: one.kind, text: kindText(one.kind), note: t(`forecast.state.${one.state}`) }))]}
          onChange={(value) => { setExtra({ of: value === ALL ? null : value }, "replace"); }}
        />
      </div>
      <p className={styles["note"]}>{t("forecast.scoresLead", { judge: countText(scores.weeks?.judge ?? 0, language), choose: countText(scores.weeks?.choose ?? 0, language) })}</p>
      <Gains scores={scores} kind={kind} />
      <div className={styles["section"]}><ModelTable scores={scores} kind={kind} /></div>
      {Object.entries(scores.missing).map(([name, why]) => <p key={name} className={styles["note"]}>{t("forecast.missing", { model: t(`forecast.model.${name}`), why: t(`forecast.missingWhy.${why}`) })}</p>)}
      <div className={styles["section"]}><ScoreCharts scores={scores} kind={kind} model={model} /></div>
      <Masked scores={scores} kind={kind} />
      <Misses scores={scores} />
      <StressTest scores={scores} />
      <Card run={scores.run.forecast_id} />
    </>
  );
}

export default function ScoresView() {
  const { t } = useTranslation();
  const chosen = useChosen();
  const scores = useForecastScores(chosen.run?.forecast_id ?? null);
  const found = chosen.run ? scores.data : undefined;
  const error = chosen.error ?? scores.error;
  return (
    <Stage
      wide
      left={
        <Panel title={t("forecast.scoresTitle")} size="full">
          {error && <ErrorNote error={error} retry={() => { chosen.retry(); if (chosen.run) void scores.refetch(); }} />}
          {!error && <Choose chosen={chosen} />}
          {!error && !found && !chosen.missing && <Loading rows={10} />}
          {chosen.missing && <NoForecast chosen={chosen} />}
          {found && <Body scores={found} />}
        </Panel>
      }
    />
  );
}
