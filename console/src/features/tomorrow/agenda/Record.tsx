/** How the note did: on the past days noted 1, 2, … 10, facts that happened over facts expected. */
import { useTranslation } from "react-i18next";
import { useAgendaRecord } from "@/api/agenda";
import { countText } from "@/lib/numbers";
import { dateFormat } from "@/lib/time";
import { useLanguage, useWords } from "@/state/city";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/agenda/Record.module.css";

const FEW = 10;
/** The plot goes from 0.8 to 1.25 times the expected; what lies beyond stands at its end. */
const LOW = Math.log(0.8);
const HIGH = Math.log(1.25);
const place = (ratio: number): number => Math.min(100, Math.max(0, (100 * (Math.log(Math.max(ratio, 1e-6)) - LOW)) / (HIGH - LOW)));

export function Record() {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const record = useAgendaRecord(true);
  const number = (value: number, digits: number): string => new Intl.NumberFormat(language === "fr" ? "fr-FR" : "en-GB", { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
  const date = (day: string): string => dateFormat(language, "UTC", { day: "numeric", month: "long", year: "numeric" }).format(Date.parse(`${day}T12:00:00Z`));
  if (record.isPending) return <Loading rows={8} />;
  if (record.error) return <ErrorNote error={record.error} retry={() => void record.refetch()} />;
  const { items, correlation, first, last, days, withheld, limits } = record.data;
  if (withheld || !first || !last) return <Empty title={t(withheld ? "agenda.recordWithheld" : "agenda.recordEmpty")} next={words(limits)} />;
  return (
    <section className={styles["record"]} aria-label={t("agenda.record")}>
      <p>{t("agenda.recordIntro", { count: days, first: date(first), last: date(last) })}</p>
      {correlation && (
        <p>
          <strong>{t(correlation.low > 0 ? "agenda.recordTells" : "agenda.recordSilent")}</strong>{" "}
          {t("agenda.correlation", { mid: number(correlation.mid, 2), low: number(correlation.low, 2), high: number(correlation.high, 2) })}
        </p>
      )}
      <table className={styles["table"]}>
        <caption className="visually-hidden">{t("agenda.record")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("agenda.noteHead")}</th><th scope="col">{t("agenda.daysHead")}</th><th scope="col">{t("agenda.factsHead")}</th>
            <th scope="col">{t("agenda.expectedHead")}</th><th scope="col">{t("agenda.ratioHead")}</th><th scope="col"><span className="visually-hidden">{t("agenda.plotHead")}</span></th>
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <tr key={one.note} className={one.days < FEW ? styles["few"] : ""}>
              <th scope="row">{one.note}{one.days < FEW && ` · ${t("agenda.few")}`}</th>
              <td>{countText(one.days, language)}</td>
              <td>{countText(one.facts, language)}</td>
              <td>{countText(Math.round(one.expected), language)}</td>
              <td>{number(one.ratio, 2)} ({number(one.low, 2)} – {number(one.high, 2)})</td>
              <td>
                <div className={styles["plot"]} aria-hidden="true">
                  <span className={styles["one"]} style={{ left: `${place(1)}%` }} />
                  <span className={styles["range"]} style={{ left: `${place(one.low)}%`, width: `${place(one.high) - place(one.low)}%` }} />
                  <span className={styles["mid"]} style={{ left: `${place(one.ratio)}%` }} />
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles["hint"]}>{words(limits)}</p>
    </section>
  );
}
