/** One alert: why it was raised, on which numbers, and what is around. */
import { useTranslation } from "react-i18next";
import { useAlerts, useNear } from "@/api/queries";
import { severityLevel } from "@/lib/colour";
import { decimalText } from "@/lib/numbers";
import { HOUR, instantText, parseInstant } from "@/lib/time";
import { Details } from "@/parts/Details";
import { NearList } from "@/parts/NearList";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { command } from "@/state/mapStage";
import { select } from "@/state/url";
import { Button } from "@/ui/Button";
import { Empty, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";

const RADIUS_M = 500;

export function AlertPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const alerts = useAlerts(true);
  const alert = alerts.data?.find((one) => one.alert_id === id);
  const at = parseInstant(alert?.at) ?? now;
  const place = alert && alert.lon !== null && alert.lat !== null ? { lon: alert.lon, lat: alert.lat } : null;
  const near = useNear(place, RADIUS_M, { from: at - HOUR, to: at + HOUR });
  const number = (value: unknown): string => (typeof value === "number" ? decimalText(value, language) : typeof value === "string" ? value : JSON.stringify(value));
  return (
    <Panel title={t("alerts.title")} side="right" onClose={() => { select(null); }} takeFocus>
      {alerts.isPending && <Loading />}
      {!alerts.isPending && !alert && <Empty title={t("alerts.gone")} next={t("alerts.goneNext")} />}
      {alert && (
        <>
          <Details
            title={words(alert.explanation)}
            items={[
              { term: t("alerts.severity"), value: t(`severity.${severityLevel(alert.severity)}`) },
              { term: t("alerts.at"), value: instantText(at, language, city.timezone, now) },
              { term: t("alerts.rule"), value: alert.rule },
            ]}
            action={place && <Button look="quiet" onPress={() => { command({ type: "fly", view: { ...place, zoom: 15 } }); }}>{t("fact.show")}</Button>}
          />
          <Details title={t("alerts.numbers")} items={Object.entries(alert.numbers).map(([term, value]) => ({ term, value: number(value) }))} />
          {place && <NearList near={near.data} loading={near.isPending} error={near.error} except="" radius={RADIUS_M} />}
        </>
      )}
    </Panel>
  );
}
