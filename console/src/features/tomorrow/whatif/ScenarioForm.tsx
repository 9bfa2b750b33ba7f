/** What is to be changed of a plan: hour, place, public, means, closures, weather. Nothing is stored. */
import type { Geometry } from "geojson";
import { useCallback, useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Change } from "@/api/whatif";
import { DEGREES, MOST_SHIFT_MIN, SHIFT_STEP_MIN, WEATHERS } from "@/features/tomorrow/whatif/scenario";
import { DrawingField } from "@/map/DrawingField";
import { HOUR, MINUTE, instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/tomorrow/whatif/WhatIf.module.css";

const STEPS_H = [-2, -1, 1, 2];
const HOUR_MIN = HOUR / MINUTE;
const NUMBERS = ["attendance", "agents", "barriers", "exit_width_m"] as const;
const GRID = ["activity", "site", "rescue"] as const;

export interface Planned { startsAt: string; attendance: number | null; agents: string; barriers: string }

function numberOf(text: string): number | undefined {
  const value = Number(text.replace(",", ".").replaceAll(/\s/g, ""));
  return text.trim() === "" || !Number.isFinite(value) || value < 0 ? undefined : value;
}

export function shiftText(minutes: number, language: string): string {
  const hours = Math.floor(Math.abs(minutes) / HOUR_MIN);
  const rest = Math.abs(minutes) % HOUR_MIN;
  const sign = minutes < 0 ? "−" : "+";
  const gap = language === "fr" ? " " : " ";
  return rest === 0 ? `${sign}${hours}${gap}h` : `${sign}${hours}${gap}h${gap}${String(rest).padStart(2, "0")}`;
}

export function ScenarioForm({ planned, value, onApply }: { planned: Planned; value: Change; onApply: (change: Change) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(HOUR);
  const id = useId();
  const [shift, setShift] = useState(value.shift_min ?? 0);
  const [texts, setTexts] = useState(() => Object.fromEntries(NUMBERS.map((name) => [name, value[name]?.toString() ?? ""])) as Record<(typeof NUMBERS)[number], string>);
  const [closes, setCloses] = useState((value.closes ?? []).join(" ; "));
  const [weather, setWeather] = useState(value.weather ?? "usual");
  const [grid, setGrid] = useState(() => Object.fromEntries(GRID.map((name) => [name, value[name] ?? ""])) as Record<(typeof GRID)[number], string>);
  const [place, setPlace] = useState<Geometry | null>(typeof value.lon === "number" && typeof value.lat === "number" ? { type: "Point", coordinates: [value.lon, value.lat] } : null);
  const move = useCallback((next: Geometry | null) => { setPlace(next); }, []);
  const starts = (parseInstant(planned.startsAt) ?? now) + shift * MINUTE;

  const apply = (event: FormEvent): void => {
    event.preventDefault();
    const change: Change = {};
    if (shift !== 0) change.shift_min = shift;
    for (const name of NUMBERS) {
      const number = numberOf(texts[name]);
      if (number !== undefined) change[name] = name === "exit_width_m" ? number : Math.round(number);
    }
    if (closes.trim() !== "") change.closes = closes.split(/[;\n]/).map((one) => one.trim()).filter((one) => one !== "");
    if (weather !== "usual") change.weather = weather;
    for (const name of GRID) {
      const degree = DEGREES.find((one) => one === grid[name]);
      if (degree) change[name] = degree;
    }
    if (place?.type === "Point") {
      const [lon, lat] = place.coordinates;
      if (lon !== undefined && lat !== undefined) Object.assign(change, { lon, lat });
    }
    onApply(change);
  };

  const asPlanned = (name: (typeof NUMBERS)[number]): string => {
    if (name === "attendance") return planned.attendance === null ? "" : String(planned.attendance);
    return name === "agents" ? planned.agents : name === "barriers" ? planned.barriers : "";
  };
  const degrees = [{ id: "", text: t("whatif.usual") }, ...DEGREES.map((one) => ({ id: one as string, text: t(`whatif.degree.${one}`) }))];
  return (
    <form className={styles["form"]} onSubmit={apply}>
      <div className={[styles["slider"], styles["whole"]].join(" ")}>
        <label htmlFor={`${id}-shift`}>{t("whatif.shift")} <strong>{shift === 0 ? t("whatif.asPlanned") : shiftText(shift, language)}</strong> · {t("whatif.starts", { at: instantText(starts, language, city.timezone, now) })}</label>
        <input
          id={`${id}-shift`} type="range" min={-MOST_SHIFT_MIN} max={MOST_SHIFT_MIN} step={SHIFT_STEP_MIN} value={shift}
          aria-valuetext={shift === 0 ? t("whatif.asPlanned") : shiftText(shift, language)}
          onChange={(event) => { setShift(Number(event.target.value)); }}
        />
        <span className={styles["ends"]} aria-hidden="true"><span>{shiftText(-MOST_SHIFT_MIN, language)}</span><span>{shiftText(MOST_SHIFT_MIN, language)}</span></span>
        <p className={styles["row"]}>
          {STEPS_H.map((hours) => <Button key={hours} onPress={() => { setShift(Math.max(-MOST_SHIFT_MIN, Math.min(MOST_SHIFT_MIN, shift + hours * HOUR_MIN))); }}>{shiftText(hours * HOUR_MIN, language)}</Button>)}
        </p>
      </div>
      {NUMBERS.map((name) => (
        <TextField
          key={name} label={t(`whatif.field.${name}`)} inputMode="decimal" placeholder={asPlanned(name)} value={texts[name]}
          isInvalid={texts[name].trim() !== "" && numberOf(texts[name]) === undefined}
          onChange={(text) => { setTexts({ ...texts, [name]: text }); }}
        />
      ))}
      <div className={styles["whole"]}><TextField label={t("whatif.field.closes")} description={t("whatif.closesHow")} value={closes} onChange={setCloses} /></div>
      <div className={styles["whole"]}>
        <Segmented label={t("whatif.field.weather")} options={WEATHERS.map((one) => ({ id: one, text: t(`whatif.weather.${one}`) }))} value={weather} onChange={setWeather} />
      </div>
      <div className={styles["whole"]}><DrawingField label={t("whatif.field.place")} shapes={["point"]} value={place} onChange={move} /></div>
      {GRID.map((name) => <Select key={name} label={t(`whatif.field.${name}`)} options={degrees} value={grid[name]} onChange={(degree) => { setGrid({ ...grid, [name]: degree }); }} />)}
      <p className={[styles["row"], styles["whole"]].join(" ")}>
        <Button look="primary" type="submit">{t("whatif.compute")}</Button>
        <Button look="quiet" onPress={() => { onApply({}); }}>{t("whatif.reset")}</Button>
      </p>
    </form>
  );
}
