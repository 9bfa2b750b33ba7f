/** The message as the street panel shows it and as the public page tells it, in both languages. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MessageBounds } from "@/api/messages";
import { panelLengths } from "@/features/today/informing/draft";
import { instantText, parseInstant } from "@/lib/time";
import { SeverityMark } from "@/parts/SeverityMark";
import type { Language } from "@/api/types";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/today/informing/Informing.module.css";

/** Severities of CAP as the console draws severities. */
export const LEVEL: Record<string, number> = { Extreme: 5, Severe: 4, Moderate: 3, Minor: 2, Unknown: 1 };

export interface Told {
  title: Record<Language, string>;
  text: Record<Language, string>;
  advice: Record<Language, string>;
  severity: string;
  place: string;
  onset: string | null;
  expires: string | null;
  /** Lines of the panel, one a line; empty for none. */
  panel: string;
}

export function StreetPanel({ panel, bounds }: { panel: string; bounds: MessageBounds }) {
  const { t } = useTranslation();
  const shown = panelLengths(panel, { lines: bounds.panel_lines, characters: bounds.panel_characters });
  return (
    <figure className={styles["figure"]}>
      <div className={styles["street"]} lang="fr" role="img" aria-label={t("informing.panelSays", { text: shown.map((one) => one.text).join(" / ") })}>
        {Array.from({ length: Math.max(bounds.panel_lines, shown.length) }, (_, i) => {
          const line = shown[i];
          return <span key={i} data-fits={line?.fits ?? true}>{line?.text ?? "\u00a0"}</span>;
        })}
      </div>
      <figcaption className={styles["meta"]}>{t("informing.panelSize", { lines: bounds.panel_lines, characters: bounds.panel_characters })}</figcaption>
    </figure>
  );
}

function PublicCard({ told, language }: { told: Told; language: Language }) {
  const { i18n } = useTranslation();
  const { city } = useCityContext();
  const now = useNow(30_000);
  const say = i18n.getFixedT(language);
  const at = (text: string | null): string => {
    const ms = parseInstant(text);
    return ms === null ? "…" : instantText(ms, language, city.timezone, now);
  };
  return (
    <article className={styles["card"]} lang={language} data-severity={told.severity}>
      <p className={styles["level"]}><SeverityMark severity={LEVEL[told.severity] ?? 1} /> {say(`informing.told.${told.severity}`)}</p>
      <h4>{told.title[language] || "…"}</h4>
      <p>{told.text[language] || "…"}</p>
      <dl>
        {told.advice[language] && <div><dt>{say("informing.whatToDo")}</dt><dd>{told.advice[language]}</dd></div>}
        <div><dt>{say("informing.where")}</dt><dd>{told.place || "…"}</dd></div>
        {told.onset && <div><dt>{say("informing.from")}</dt><dd>{at(told.onset)}</dd></div>}
        <div><dt>{say("informing.until")}</dt><dd>{at(told.expires)}</dd></div>
      </dl>
    </article>
  );
}

export function Preview({ told, bounds }: { told: Told; bounds: MessageBounds }) {
  const { t } = useTranslation();
  const own = useLanguage();
  const [language, setLanguage] = useState<Language>(own);
  return (
    <section className={styles["part"]} aria-label={t("informing.preview")}>
      <div className={styles["row"]}>
        <h3>{t("informing.preview")}</h3>
        <Segmented label={t("informing.previewLanguage")} value={language} onChange={setLanguage} options={[{ id: "fr", text: "FR", title: t("informing.inFrench") }, { id: "en", text: "EN", title: t("informing.inEnglish") }]} />
      </div>
      <h4 className={styles["meta"]}>{t("informing.onPage")}</h4>
      <PublicCard told={told} language={language} />
      <h4 className={styles["meta"]}>{t("informing.onPanel")}</h4>
      {told.panel.trim() ? <StreetPanel panel={told.panel} bounds={bounds} /> : <p className={styles["meta"]}>{t("informing.noPanel")}</p>}
    </section>
  );
}
