/** What makes a day: the parts of its note with their points and reasons, and what the planned means cover. */
import { useTranslation } from "react-i18next";
import type { DangerPart, NoteDay } from "@/api/agenda";
import { NoteMark } from "@/features/tomorrow/agenda/NoteMark";
import { countText } from "@/lib/numbers";
import { dateFormat } from "@/lib/time";
import { useLanguage, useWords } from "@/state/city";
import styles from "@/features/tomorrow/agenda/Makes.module.css";

const FULL_PX = 72;

function PartRow({ part, decimal }: { part: DangerPart; decimal: (value: number) => string }) {
  const { t } = useTranslation();
  const words = useWords();
  const { low, mid, high } = part.points;
  return (
    <tr className={part.estimated && high > 0 ? "" : styles["none"]}>
      <th scope="row">{t(`agenda.part.${part.name}`)}</th>
      <td>{words(part.reason)}</td>
      <td className={styles["points"]} title={low < high ? t("agenda.pointsBetween", { low: decimal(low), high: decimal(high) }) : undefined}>
        {part.estimated ? t("agenda.points", { points: decimal(mid), most: decimal(part.most) }) : t("agenda.notEstimated")}
      </td>
      <td className={styles["bar"]} aria-hidden="true"><span style={{ width: Math.round((FULL_PX * mid) / 3) }} /></td>
    </tr>
  );
}

function CoverLine({ day }: { day: NoteDay }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const { planned, needed, share, estimated, unstated } = day.cover;
  const percent = (value: number): string => countText(Math.round(100 * value), language);
  const word = (name: string): string => (i18n.exists(`planMeans.${name}`) ? t(`planMeans.${name}`) : name);
  const list = Object.entries(planned).filter(([, n]) => n > 0).map(([name, n]) => `${word(name)} ${countText(n, language)}`).join(" · ");
  return (
    <>
      <p><strong>{t("agenda.meansPlanned")}</strong> {list || t("agenda.noMeans")}</p>
      {share && needed
        ? (
          <p>
            <strong>{t("agenda.cover")}</strong>{" "}
            {t("agenda.coverShare", { mid: percent(share.mid), low: percent(share.low), high: percent(share.high) })}{" "}
            <span className={styles["hint"]}>
              {t("agenda.coverBase", { count: estimated, low: countText(Math.round(needed.low), language), mid: countText(Math.round(needed.mid), language), high: countText(Math.round(needed.high), language) })}
              {unstated > 0 && ` ${t("agenda.unstated", { count: unstated })}`}
            </span>
          </p>
        )
        : <p><strong>{t("agenda.cover")}</strong> <span className={styles["hint"]}>{t("agenda.coverUnknown")}</span></p>}
    </>
  );
}

export function Makes({ day }: { day: NoteDay }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const decimal = (value: number): string => new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", { maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(value);
  return (
    <section className={styles["makes"]} aria-label={t("agenda.makes")}>
      <h3>
        {dateFormat(language, "UTC", { weekday: "long", day: "numeric", month: "long" }).format(Date.parse(`${day.day}T12:00:00Z`))}
        <NoteMark colour={day.colour} note={day.danger.note} low={day.danger.low} high={day.danger.high} size={14} />
      </h3>
      {day.cover.colour && day.cover.colour !== day.danger.colour && day.colour === day.cover.colour && <p className={styles["hint"]}>{t("agenda.byCover")}</p>}
      <table className={styles["parts"]}>
        <caption className="visually-hidden">{t("agenda.makes")}</caption>
        <tbody>{day.danger.parts.map((part) => <PartRow key={part.name} part={part} decimal={decimal} />)}</tbody>
      </table>
      <p className={styles["hint"]}>{t("agenda.sum")}</p>
      <CoverLine day={day} />
    </section>
  );
}
