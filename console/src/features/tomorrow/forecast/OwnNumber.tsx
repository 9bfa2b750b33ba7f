/** What a person expects instead of the forecast: a number and why, kept beside it; the forecast stays as it is. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useOverrideForecast, useOverrides, type ForecastCell } from "@/api/forecasts";
import { expectedText } from "@/lib/forecast";
import { countText, decimalText } from "@/lib/numbers";
import { isReason, LEAST_REASON, MOST_REASON, tidyReason } from "@/lib/problem";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useMay, useNow } from "@/state/city";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

const MOST = 10_000;

/** What was typed as a number, in the comma of French or the point of English; null for none. */
function numberOf(text: string): number | null {
  const tidy = text.trim().replace(",", ".");
  const value = /^\d+(\.\d+)?$/.test(tidy) ? Number(tidy) : NaN;
  return value <= MOST ? value : null;
}

export function OwnNumber({ run, found, slot }: { run: string; found: ForecastCell; slot: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const may = useMay("override_forecasts");
  const known = useOverrides(run, may);
  const entry = useOverrideForecast(run);
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const one = found.slots[slot];
  if (!may || !one) return null;
  const over = (parseInstant(one.to) ?? 0) <= now;
  const value = numberOf(text);
  const sound = value !== null && isReason(reason);
  const band = one.intervals[1];
  const here = (known.data?.items ?? []).filter((each) => each.cell === found.cell && each.kind === found.kind && each.slot === slot);
  const score = known.data?.score;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (value === null || !sound) return;
    entry.mutate({ kind: found.kind, cell: found.cell, slot, value, reason: tidyReason(reason) }, { onSuccess: () => { setText(""); setReason(""); } });
  };
  return (
    <section className={styles["section"]} aria-label={t("forecast.own.title")}>
      <h3>{t("forecast.own.title")}</h3>
      <p className={styles["note"]}>{t("forecast.own.lead")}</p>
      {here.length > 0 && (
        <ul className={styles["levels"]} aria-label={t("forecast.own.entered")}>
          {here.map((each) => (
            <li key={each.override_id}>
              <strong>{t("forecast.own.instead", { value: decimalText(each.value, language), n: expectedText(each.expected, language) })}</strong> {each.reason}
              <span className={styles["meta"]}> {t("forecast.own.by", { who: each.who, at: instantText(parseInstant(each.at) ?? 0, language, city.timezone, now) })}</span>
            </li>
          ))}
        </ul>
      )}
      {over ? <p className={styles["meta"]}>{t("forecast.own.over")}</p> : (
        <form className={styles["own"]} onSubmit={submit}>
          <dl className={styles["beside"]}>
            <div><dt>{t("forecast.own.forecast")}</dt><dd>{expectedText(one.expected, language)}{band && <span className={styles["meta"]}> {t("forecast.between", { low: countText(band.low, language), high: countText(band.high, language) })}</span>}</dd></div>
            <div><dt>{t("forecast.own.baseRate")}</dt><dd>{found.base_rate === null ? t("forecast.withheld") : expectedText(found.base_rate, language)}</dd></div>
            <div><dt>{t("forecast.own.calibration")}</dt><dd>{found.calibration ? t("forecast.own.held", { level: countText(found.calibration.level * 100, language), seen: countText(Math.round(found.calibration.seen * 100), language) }) : t("forecast.own.unjudged")}</dd></div>
          </dl>
          <TextField label={t("forecast.own.value")} description={t("forecast.own.valueRule")} isRequired inputMode="decimal" autoComplete="off" maxLength={8} value={text} onChange={setText} />
          <TextField label={t("forecast.own.why")} description={t("words.rule", { count: LEAST_REASON })} isRequired minLength={LEAST_REASON} maxLength={MOST_REASON} autoComplete="off" value={reason} onChange={setReason} />
          <Button look="primary" type="submit" isDisabled={!sound || entry.isPending}>{t("forecast.own.enter")}</Button>
          {entry.error && <ErrorNote error={entry.error} />}
          {entry.data && <p role="status" className={styles["kept"]}><Icon name="check" size={16} />{t("forecast.own.kept")}</p>}
        </form>
      )}
      {score && score.n > 0 && score.person !== null && score.model !== null && (
        <p className={styles["meta"]}>{t("forecast.own.score", { count: score.n, n: countText(score.n, language), person: expectedText(score.person, language), model: expectedText(score.model, language) })}</p>
      )}
    </section>
  );
}
