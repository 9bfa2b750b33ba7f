/** One means: what it is, where it was last, how old that is. */
import { useTranslation } from "react-i18next";
import { useMeans } from "@/api/queries";
import { countText, decimalText, metresText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { HereButton } from "@/map/HereButton";
import { useAgeText } from "@/parts/Age";
import { Details } from "@/parts/Details";
import { useCityContext, useKindText, useLanguage, useNow } from "@/state/city";
import { command } from "@/state/mapStage";
import { select } from "@/state/url";
import { Button } from "@/ui/Button";
import { Empty, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/parts/FactPanel.module.css";

export function MeansPanel({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const age = useAgeText();
  const { city } = useCityContext();
  const now = useNow(5000);
  const means = useMeans(true);
  const row = means.data?.find((one) => one.means_id === id);
  const at = parseInstant(row?.at);
  const place = row && row.lon !== null && row.lat !== null ? { lon: row.lon, lat: row.lat } : null;
  return (
    <Panel title={row?.label ?? row?.unit_ref ?? t("means.title")} side="right" onClose={() => { select(null); }} takeFocus>
      {means.isPending && <Loading />}
      {!means.isPending && !row && <Empty title={t("means.gone")} next={t("means.goneNext")} />}
      {place && <p className={styles["lead"]}><span><HereButton lon={place.lon} lat={place.lat} /></span></p>}
      {row && (
        <Details
          title={kind(row.kind)}
          items={[
            { term: t("means.position"), value: place ? `${place.lat.toFixed(5)}, ${place.lon.toFixed(5)}` : t("fact.unplaced") },
            { term: t("fact.accuracy"), value: row.accuracy_m === null ? null : `± ${metresText(row.accuracy_m, language)}`, note: t("fact.accuracyNote") },
            { term: t("means.at"), value: at === null ? null : instantText(at, language, city.timezone, now) },
            { term: t("means.age"), value: at === null ? null : `${age((now - at) / 1000)}${row.stale ? ` · ${t("state.stale")}` : ""}` },
            { term: t("means.speed"), value: row.speed_kmh === null ? null : `${decimalText(row.speed_kmh, language, 0)} km/h` },
            { term: t("means.heading"), value: row.heading_deg === null ? null : `${decimalText(row.heading_deg, language, 0)}°` },
            { term: t("means.status"), value: row.status !== null && i18n.exists(`situation.state.${row.status}`) ? t(`situation.state.${row.status}`) : row.status },
            { term: t("means.capacity"), value: row.capacity === null ? null : countText(row.capacity, language) },
            ...Object.entries(row.attributes ?? {}).map(([term, value]) => ({ term: i18n.exists(`attribute.${term}`) ? t(`attribute.${term}`) : term, value })),
            { term: t("provenance.source"), value: row.source },
          ]}
          action={place && <Button look="quiet" onPress={() => { command({ type: "fly", view: { ...place, zoom: 16 } }); }}>{t("fact.show")}</Button>}
        />
      )}
    </Panel>
  );
}
