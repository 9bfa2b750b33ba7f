/** No forecast of this choice yet: why, what is being done, and having one made. */
import { useTranslation } from "react-i18next";
import { useAskForecast } from "@/api/forecasts";
import type { Chosen } from "@/features/tomorrow/forecast/useChosen";
import { useMay } from "@/state/city";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";

export function AskButton({ chosen }: { chosen: Chosen }) {
  const { t } = useTranslation();
  const may = useMay("run_forecasts");
  const ask = useAskForecast();
  if (!may) return null;
  return (
    <>
      <Button look="quiet" isDisabled={chosen.working || ask.isPending} onPress={() => { ask.mutate({ horizonDays: chosen.days, grid: chosen.choice.grid }); }}>
        <Icon name="retry" size={16} />{t(chosen.working ? "forecast.working" : "forecast.ask")}
      </Button>
      {ask.error && <ErrorNote error={ask.error} />}
    </>
  );
}

export function NoForecast({ chosen }: { chosen: Chosen }) {
  const { t } = useTranslation();
  const may = useMay("run_forecasts");
  const { working, failed } = chosen;
  const other = chosen.runs.some((run) => run.state === "ready");
  const none = other ? "forecast.noneOfChoice" : "forecast.none";
  const next = other ? (may ? "forecast.noneOfChoiceNext" : "forecast.noneOfChoiceAsk") : "forecast.noneNext";
  return (
    <>
      {working && <Loading rows={3} />}
      <Empty
        title={t(working ? "forecast.beingMade" : failed ? "forecast.failed" : none)}
        next={t(working ? "forecast.beingMadeNext" : next, { count: chosen.days })}
        action={<AskButton chosen={chosen} />}
      />
    </>
  );
}
