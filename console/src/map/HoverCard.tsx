/** What is under the pointer, in words. The same is in the lists and panels for those without a pointer. */
import { useTranslation } from "react-i18next";
import { expectedText } from "@/lib/forecast";
import { countText } from "@/lib/numbers";
import { ageParts, instantText, parseInstant } from "@/lib/time";
import { severityLevel } from "@/lib/colour";
import { useCityContext, useKindText, useLanguage, useWords } from "@/state/city";
import type { Pick } from "@/state/mapStage";
import styles from "@/map/MapView.module.css";

export interface Hover { pick: Pick; x: number; y: number }

function useLines(pick: Pick): string[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const words = useWords();
  const { city } = useCityContext();
  const at = (text: string): string => {
    const ms = parseInstant(text);
    return ms === null ? text : instantText(ms, language, city.timezone, Date.now());
  };
  switch (pick.type) {
    case "cell":
    case "cluster":
      return [
        t("map.facts", { count: pick.item.n, n: countText(pick.item.n, language) }),
        ...(pick.item.severity_max ? [t("map.worst", { severity: t(`severity.${severityLevel(pick.item.severity_max)}`) })] : []),
        t("map.zoomHint"),
      ];
    case "answer":
      return [pick.item.name, pick.item.told];
    case "forecast":
      return [
        words(pick.item.name),
        t("forecast.hover", { n: expectedText(pick.item.expected, language), low: countText(pick.item.low, language), high: countText(pick.item.high, language) }),
        ...(pick.item.unreliable ? [t("forecast.unreliable")] : []),
      ];
    case "point":
      return [kind(pick.item.kind), `${t(`severity.${severityLevel(pick.item.severity)}`)} · ${at(pick.item.at)}`, pick.item.source];
    case "means": {
      const age = ageParts(pick.item.age_s);
      return [
        pick.item.label ?? pick.item.means_id, kind(pick.item.kind),
        `${t("age.ago", { age: t(`age.${age.unit}`, { count: age.value }) })}${pick.item.stale ? ` · ${t("state.stale")}` : ""}`,
      ];
    }
    case "plan":
      return [pick.item.title ?? kind(pick.item.kind), `${at(pick.item.starts_at)}`, t(`plan.state.${pick.item.state}`)];
    case "alert":
      return [words(pick.item.explanation), at(pick.item.at)];
  }
}

export function HoverCard({ hover }: { hover: Hover }) {
  const [first, ...rest] = useLines(hover.pick);
  return (
    <div className={styles["hover"]} style={{ left: hover.x + 14, top: hover.y + 14 }} aria-hidden="true">
      <strong>{first}</strong>
      {rest.map((line) => <span key={line}>{line}</span>)}
    </div>
  );
}
