/** The past events most like this one: how alike, by what, and what happened around each against the expected. */
import { useTranslation } from "react-i18next";
import type { LikenessPart, SimilarEvent } from "@/api/effects";
import { useFigures } from "@/features/tomorrow/effects/figures";
import { decimalText, metresText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useKindText, useLanguage, useNow } from "@/state/city";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import styles from "@/features/tomorrow/effects/Effects.module.css";

const MINUTE_MS = 60_000;
const SAME = 0.02;

/** A part in words: what is the same, or how it differs. */
function usePart(): (part: LikenessPart) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  return ({ name, distance, value, text }) => {
    if (name === "holidays") return t(`effects.holidays.${distance < SAME ? "same" : "differs"}.${text ?? "term"}`);
    if (distance < SAME) return t(`effects.same.${name}`);
    const number = (digits: number): string => decimalText(value ?? 0, language, digits);
    switch (name) {
      case "kind": return t("effects.differs.kind", { kind: kind(text ?? "") });
      case "place": return t("effects.differs.place", { distance: metresText(value ?? 0, language) });
      case "size": return t("effects.differs.size", { ratio: number(1) });
      case "hour": return t("effects.differs.hour", { hours: number(1) });
      case "season": return t("effects.differs.season", { days: number(0) });
      case "duration": return t("effects.differs.duration", { hours: number(1) });
      case "weather": return t("effects.differs.weather", { degrees: `${(value ?? 0) > 0 ? "+" : ""}${number(0)}` });
      default: return t(`effects.differs.${name}`);
    }
  };
}

function One({ event }: { event: SimilarEvent }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(MINUTE_MS);
  const part = usePart();
  const { signedSpan, span, seen, count } = useFigures();
  const { whole } = event;
  const alike = Math.round((1 - event.distance) * 100);
  return (
    <li className={styles["event"]}>
      <div className={styles["head"]}>
        <Button look="quiet" onPress={() => { setExtra({ event: event.plan_id }); }}>{event.title || t("effects.untitled")}</Button>
        <span className={styles["alike"]}>{t("effects.alike", { share: alike })}</span>
      </div>
      <p className={styles["meta"]}>
        {instantText(parseInstant(event.starts_at) ?? 0, language, city.timezone, now)}
        {event.people !== null && <> · {t("effects.people", { count: Math.round(event.people), people: count(event.people) })}</>}
      </p>
      <meter className={styles["meter"]} min={0} max={100} value={alike} aria-label={t("effects.alikeLabel")} />
      <ul className={styles["parts"]}>
        {event.parts.map((one) => <li key={one.name} className={one.distance < SAME ? styles["same"] : undefined}>{part(one)}</li>)}
      </ul>
      <p>
        {whole.excess === null
          ? t("effects.eventWithheld", { without: span(whole.without) })
          : t("effects.eventSays", { seen: seen(whole), without: span(whole.without), excess: signedSpan(whole.excess) })}
      </p>
      {!event.close && <p className={styles["meta"]}>{t("effects.notClose")}</p>}
    </li>
  );
}

export function SimilarList({ events }: { events: readonly SimilarEvent[] }) {
  return <ol className={styles["events"]}>{events.map((one) => <One key={one.plan_id} event={one} />)}</ol>;
}
