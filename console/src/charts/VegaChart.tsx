/** Draws what the server specified; no code is compiled from text (the content policy forbids it). */
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { FRENCH_NUMBERS, FRENCH_TIMES } from "@/charts/locale";
import { ROW } from "@/charts/prepare";
import { chartTheme } from "@/charts/theme";
import styles from "@/charts/VegaChart.module.css";

interface Props {
  spec: Record<string, unknown>;
  dark: boolean;
  label: string;
  /** Told the number of the row whose mark was pressed. */
  onChoose?: ((row: number) => void) | undefined;
  /** Told how to draw the chart as a PNG (a data URL), once it stands. */
}

export default function VegaChart({ spec, dark, label, onChoose }: Props) {
  const { t, i18n } = useTranslation();
  const holder = useRef<HTMLDivElement>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    let stopped = false;
    let finish: (() => void) | null = null;
    const draw = async (): Promise<void> => {
      const [{ default: embed }, { expressionInterpreter }] = await Promise.all([import("vega-embed"), import("vega-interpreter")]);
      if (stopped) return;
      const result = await embed(element, spec as never, {
        actions: false,
        ast: true,
        expr: expressionInterpreter,
        renderer: "svg",
        defaultStyle: false,
        tooltip: { disableDefaultStyle: true },
        config: chartTheme(dark) as never,
        ...(i18n.language === "fr" ? { formatLocale: FRENCH_NUMBERS as never, timeFormatLocale: FRENCH_TIMES as never } : {}),
      });
      finish = () => { result.finalize(); };
      if (stopped) result.finalize();
      result.view.addEventListener("click", (_event: unknown, item: unknown) => {
        const row = (item as { datum?: Record<string, unknown> } | null)?.datum?.[ROW];
        if (typeof row === "number") onChoose?.(row);
      });
    };
    setBroken(false);
    draw().catch(() => { setBroken(true); });
    return () => {
      stopped = true;
      finish?.();
    };
  }, [spec, dark, i18n.language, onChoose]);
  return (
    <figure className={styles["chart"]}>
      <div ref={holder} className={styles["holder"]} role="img" aria-label={label} />
      {broken && <figcaption role="alert">{t("chart.broken")}</figcaption>}
    </figure>
  );
}
