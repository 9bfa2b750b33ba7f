/** The model card: what it is made of, what is left out, how right it is group by group, its limits. */
import { useTranslation } from "react-i18next";
import { useForecastCard, type ForecastCard } from "@/api/forecasts";
import { countText, decimalText } from "@/lib/numbers";
import { dateFormat } from "@/lib/time";
import { useLanguage, useWords } from "@/state/city";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

function Groups({ card }: { card: ForecastCard }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const told = (value: number | null | undefined): string => (value === null || value === undefined ? t("forecast.withheld") : decimalText(value, language, 2));
  return (
    <div className={styles["holder"]}>
      <table className={styles["table"]}>
        <caption>{t("forecast.groups")}</caption>
        <thead><tr>{(["group", "places", "facts", "ratio", "pei"] as const).map((name) => <th key={name} scope="col">{t(`forecast.groupColumn.${name}`)}</th>)}</tr></thead>
        <tbody>
          {card.groups.map((one) => (
            <tr key={`${one.by} ${one.name}`}>
              <th scope="row">{one.by === "density" ? t("forecast.fifth", { n: one.name }) : one.name}</th>
              <td>{countText(one.cells, language)}</td>
              <td>{one.facts === null ? t("forecast.withheld") : countText(one.facts, language)}</td>
              <td>{told(one.ratio?.value)} {one.ratio && <span className={styles["meta"]}>({told(one.ratio.low)}–{told(one.ratio.high)})</span>} {!one.even && <strong>{t("forecast.uneven")}</strong>}</td>
              <td>{told(one.pei)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Kinds({ card }: { card: ForecastCard }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const told = (value: number | null | undefined, digits = 2): string => (value === null || value === undefined ? "–" : decimalText(value, language, digits));
  const percent = (value: number | null): string => (value === null ? "–" : `${decimalText(value * 100, language, 1)} %`);
  return (
    <div className={styles["holder"]}>
      <table className={styles["table"]}>
        <caption>{t("forecast.cardKinds")}</caption>
        <thead><tr>{(["kind", "model", "base", "deviance", "bias", "coverage", "printed"] as const).map((name) => <th key={name} scope="col">{t(`forecast.cardColumn.${name}`)}</th>)}</tr></thead>
        <tbody>
          {card.kinds.map((one) => (
            <tr key={one.kind}>
              <th scope="row">{words(one.label)}</th>
              <td>{t(`forecast.model.${one.model}`)}</td>
              <td>{countText(one.base, language)}</td>
              <td>{told(one.deviance?.value, 3)}</td>
              <td>{told(one.bias)}</td>
              <td>{percent(one.coverage)}</td>
              <td>{percent(one.printed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles["meta"]}>{t("forecast.cardKindsNote")}</p>
    </div>
  );
}

function Body({ card }: { card: ForecastCard }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const data = card.data;
  const first = dateFormat(language, "UTC", { dateStyle: "long" }).format(Date.parse(`${data.first_on}T12:00:00Z`));
  const role = (name: string): string => (i18n.exists(`role.${name}`) ? t(`role.${name}`) : name);
  return (
    <>
      <p className={styles["note"]}><strong>{t("forecast.purpose")}</strong> {words(card.purpose)}</p>
      <p className={styles["note"]}><strong>{t("forecast.notFor")}</strong> {words(card.not_for)}</p>
      <p className={styles["note"]}><strong>{t("forecast.data")}</strong> {t("forecast.dataNote", { facts: countText(data.facts, language), cells: countText(data.cells, language), first, discovered: countText(data.discovered, language), excluded: countText(data.excluded, language), uncertain: countText(data.uncertain, language), unknown: countText(data.unknown, language) })}</p>
      <p className={styles["note"]}><strong>{t("forecast.never")}</strong> {card.excluded.map((one) => words(one.label)).join(", ")}.</p>
      <Kinds card={card} />
      <Groups card={card} />
      <h3>{t("forecast.limits")}</h3>
      <ul className={styles["note"]}>{card.limits.map((one) => <li key={one.fr}>{words(one)}</li>)}</ul>
      <p className={styles["note"]}><strong>{t("forecast.readers")}</strong> {card.readers.map(role).join(", ")}.</p>
    </>
  );
}

export function Card({ run }: { run: string }) {
  const { t } = useTranslation();
  const card = useForecastCard(run);
  return (
    <section className={styles["section"]}>
      <h3>{t("forecast.card")}</h3>
      {card.isPending && <Loading rows={6} />}
      {card.error && <ErrorNote error={card.error} />}
      {card.data && <Body card={card.data} />}
    </section>
  );
}
