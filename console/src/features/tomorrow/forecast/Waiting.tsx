/** No forecast yet: why, what is being done, and having one made. */
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useAskForecast, useForecastRuns, useFreshForecast } from "@/api/forecasts";
import { useMay } from "@/state/city";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";

const HORIZON_DAYS = 7;

/** Looks for a newer run while a view of the forecast is open. */
export function useNewest(): { working: boolean; failed: string | null } {
  const may = useMay("read_forecasts");
  const runs = useForecastRuns(may);
  const fresh = useFreshForecast();
  const ready = runs.data?.find((run) => run.state === "ready")?.forecast_id;
  useEffect(() => { if (ready) void fresh(ready); }, [ready]); // eslint-disable-line react-hooks/exhaustive-deps
  const first = runs.data?.[0];
  return { working: first?.state === "waiting" || first?.state === "running", failed: first?.state === "failed" ? first.failure : null };
}

export function AskButton() {
  const { t } = useTranslation();
  const may = useMay("run_forecasts");
  const ask = useAskForecast();
  const { working } = useNewest();
  if (!may) return null;
  return (
    <>
      <Button look="quiet" isDisabled={working || ask.isPending} onPress={() => { ask.mutate({ horizonDays: HORIZON_DAYS }); }}>
        <Icon name="retry" size={16} />{t(working ? "forecast.working" : "forecast.ask")}
      </Button>
      {ask.error && <ErrorNote error={ask.error} />}
    </>
  );
}

export function NoForecast() {
  const { t } = useTranslation();
  const { working, failed } = useNewest();
  return (
    <>
      {working && <Loading rows={3} />}
      <Empty
        title={t(working ? "forecast.beingMade" : failed ? "forecast.failed" : "forecast.none")}
        next={t(working ? "forecast.beingMadeNext" : "forecast.noneNext")}
        action={<AskButton />}
      />
    </>
  );
}
