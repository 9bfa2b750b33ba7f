/** What is to be expected, where and when: the map of a kind slot by slot, and each place in words. */
import { useTranslation } from "react-i18next";
import { useForecast, type Forecast } from "@/api/forecasts";
import { Choose } from "@/features/tomorrow/forecast/Choose";
import { CellPanel } from "@/features/tomorrow/forecast/CellPanel";
import { Districts } from "@/features/tomorrow/forecast/Districts";
import { PlaceList } from "@/features/tomorrow/forecast/PlaceList";
import { SlotSlider } from "@/features/tomorrow/forecast/SlotSlider";
import { Verdict } from "@/features/tomorrow/forecast/Verdict";
import { AskButton, NoForecast } from "@/features/tomorrow/forecast/Waiting";
import { useChosen } from "@/features/tomorrow/forecast/useChosen";
import { useForecastMap } from "@/features/tomorrow/forecast/useForecastMap";
import { changeText, countText } from "@/lib/numbers";
import { parseInstant } from "@/lib/time";
import { useAgeText } from "@/parts/Age";
import { Stage } from "@/parts/Stage";
import { usePicks } from "@/parts/usePicks";
import { useKindText, useLanguage, useNow } from "@/state/city";
import { setExtra, updateUrl, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

function Body({ forecast, slot, selected }: { forecast: Forecast; slot: number; selected: string | null }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const ageText = useAgeText();
  const now = useNow(60_000);
  const made = parseInstant(forecast.run.made_at);
  const over = (parseInstant(forecast.run.until_at) ?? now) <= now;
  return (
    <>
      <div className={styles["choice"]}>
        <Select
          label={t("forecast.kind")} value={forecast.kind}
          options={forecast.run.kinds.map((one) => ({ id: one.kind, text: kind(one.kind), note: t(`forecast.state.${one.state}`) }))}
          onChange={(value) => { setExtra({ of: value }, "replace"); }}
        />
      </div>
      {over && <p className={styles["doubt"]}>{t("forecast.over")}</p>}
      <Verdict verdict={forecast.verdict} />
      {forecast.places.length > 0 && <SlotSlider slots={forecast.slots} value={slot} onChange={(value) => { setExtra({ slot: String(value) }, "replace"); }} />}
      <p className={styles["note"]}>
        {t("forecast.stability", { share: changeText(forecast.stability, language).replace("+", "") })}
        {" "}{t("forecast.made", { age: ageText(made === null ? null : (now - made) / 1000), n: countText(forecast.run.facts ?? 0, language) })}
        {" "}<a className={styles["link"]} href="?view=scores" onClick={(event) => { event.preventDefault(); setExtra({ view: "scores", of: forecast.kind, cell: null, slot: null }); }}>{t("forecast.seeScores")}</a>
      </p>
      {forecast.places.length > 0 && <PlaceList places={forecast.places} slot={slot} selected={selected} />}
      {forecast.districts.length > 0 && <Districts forecast={forecast} />}
      <p className={styles["note"]}>{t("forecast.placeNotPerson")}</p>
    </>
  );
}

export default function ForecastView() {
  const { t } = useTranslation();
  const { extra, panel } = useUrl();
  const chosen = useChosen();
  const forecast = useForecast(chosen.run?.forecast_id ?? null, extra["of"] ?? "");
  usePicks();
  const found = chosen.run ? forecast.data : undefined;
  const last = Math.max(0, (found?.slots.length ?? 1) - 1);
  const slot = Math.min(last, Math.max(0, Number.parseInt(extra["slot"] ?? "0", 10) || 0));
  const selected = extra["cell"] ?? null;
  useForecastMap(found, slot, selected);
  const error = chosen.error ?? forecast.error;
  const left = (
    <Panel title={t("forecast.title")} size="wide" onClose={() => { updateUrl({ panel: "none" }); }} actions={found ? <AskButton chosen={chosen} /> : undefined}>
      {error && <ErrorNote error={error} retry={() => { chosen.retry(); if (chosen.run) void forecast.refetch(); }} />}
      {!error && <Choose chosen={chosen} />}
      {!error && !found && !chosen.missing && <Loading rows={8} />}
      {chosen.missing && <NoForecast chosen={chosen} />}
      {found && <Body forecast={found} slot={slot} selected={selected} />}
    </Panel>
  );
  return (
    <Stage
      left={panel === "none" ? undefined : left}
      right={found && selected && found.places.length > 0 ? <CellPanel key={`${found.run.forecast_id} ${selected} ${found.kind}`} run={found.run.forecast_id} cell={selected} kind={found.kind} slot={slot} /> : undefined}
      toolbar={panel === "none" ? <Button onPress={() => { updateUrl({ panel: null }); }}><Icon name="chart" />{t("forecast.open")}</Button> : undefined}
    />
  );
}
