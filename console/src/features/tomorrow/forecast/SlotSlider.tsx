/** Which slot of which day: a slider with its words, moved by keys as by hand. */
import { useTranslation } from "react-i18next";
import { dateFormat, hourText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage } from "@/state/city";
import { IconButton } from "@/ui/Button";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

interface Span { from: string; to: string }

/** `jeu. 26 novembre, 18:00 – 00:00`. */
export function useSlotText(): (span: Span) => string {
  const language = useLanguage();
  const { city } = useCityContext();
  return (span) => {
    const from = parseInstant(span.from) ?? 0;
    const to = parseInstant(span.to) ?? from;
    const day = dateFormat(language, city.timezone, { weekday: "short", day: "numeric", month: "long" }).format(from);
    return `${day}, ${hourText(from, language, city.timezone)} – ${hourText(to, language, city.timezone)}`;
  };
}

export function SlotSlider({ slots, value, onChange }: { slots: readonly Span[]; value: number; onChange: (slot: number) => void }) {
  const { t } = useTranslation();
  const text = useSlotText();
  const shown = slots[value];
  if (!shown) return null;
  const last = slots.length - 1;
  return (
    <div className={styles["slider"]}>
      <IconButton icon="chevronLeft" label={t("forecast.earlier")} isDisabled={value === 0} onPress={() => { onChange(value - 1); }} />
      <div>
        <output className={styles["slot"]} htmlFor="forecast-slot">{text(shown)}</output>
        <input
          id="forecast-slot" type="range" min={0} max={last} step={1} value={value}
          aria-label={t("forecast.slot")} aria-valuetext={text(shown)}
          onChange={(event) => { onChange(Number(event.target.value)); }}
        />
      </div>
      <IconButton icon="chevronRight" label={t("forecast.later")} isDisabled={value === last} onPress={() => { onChange(value + 1); }} />
    </div>
  );
}
