/** How far to believe it: placebo dates, what it rests on, and the raw-count method beside with what misleads in it. */
import { useTranslation } from "react-i18next";
import type { EffectAbout, EffectFigures } from "@/api/effects";
import { useFigures } from "@/features/tomorrow/effects/figures";
import { decimalText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useKindText, useLanguage, useNow, useWords } from "@/state/city";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/effects/Effects.module.css";

const MINUTE_MS = 60_000;
const FEW_EVENTS = 5;

export function Placebo({ figures }: { figures: EffectFigures }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { signed, count } = useFigures();
  const found = figures.placebo;
  const quiet = found !== null && found.low95 <= 0 && found.high95 >= 0;
  return (
    <section className={styles["block"]}>
      <h3>{t("effects.placebo")}</h3>
      {found === null ? <p className={styles["note"]}>{t("effects.placeboNone")}</p> : (
        <>
          <p className={quiet ? styles["good"] : styles["care"]}>
            <Icon name={quiet ? "check" : "warning"} />
            {t(quiet ? "effects.placeboQuiet" : "effects.placeboLoud", { dates: count(found.dates), mean: signed(found.mean), low: signed(found.low95), high: signed(found.high95) })}
          </p>
          <p className={styles["note"]}>
            {t("effects.placeboInside", { share: `${decimalText(found.inside80 * 100, language, 0)} %` })}{" "}
            {found.p !== null && t("effects.placeboP", { p: decimalText(found.p, language, 3) })}
          </p>
        </>
      )}
    </section>
  );
}

export function Raw({ figures }: { figures: EffectFigures }) {
  const { t } = useTranslation();
  const { number, signed, count } = useFigures();
  const { raw } = figures;
  if (raw === null) return null;
  return (
    <section className={styles["block"]}>
      <h3>{t("effects.raw")}</h3>
      <p className={styles["care"]}>
        <Icon name="warning" />
        {t("effects.rawClaims", { events: count(raw.events), claimed: number(raw.claimed), effect: signed(raw.effect), bias: signed(raw.bias) })}
      </p>
      <p className={styles["note"]}>{t("effects.rawWhy")}</p>
    </section>
  );
}

export function Basis({ figures }: { figures: EffectFigures }) {
  const { t } = useTranslation();
  const kind = useKindText();
  const { count, span, number } = useFigures();
  const { basis } = figures;
  const doubts = [
    basis.events < FEW_EVENTS ? t("effects.few") : null,
    basis.beyond ? t("effects.beyond", { low: count(basis.people_low), high: count(basis.people_high) }) : null,
    basis.supposed ? t("effects.supposed", { people: count(figures.people) }) : null,
    basis.relaxed ? t("effects.relaxed") : null,
  ].filter((one): one is string => one !== null);
  return (
    <section className={styles["block"]}>
      <h3>{t("effects.basis")}</h3>
      <p className={styles["note"]}>
        {t("effects.rests", { events: count(basis.events), kind: basis.kind ? kind(basis.kind) : t("effects.everyKind"), controls: number(basis.controls) })}{" "}
        {t("effects.per10k", { value: span(figures.per_10k), hourly: span(figures.per_10k_hours) })}
      </p>
      {doubts.map((one) => <p key={one} className={styles["care"]}><Icon name="warning" />{one}</p>)}
    </section>
  );
}

export function About({ about }: { about: EffectAbout }) {
  const { t } = useTranslation();
  const words = useWords();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(MINUTE_MS);
  const { count } = useFigures();
  const instant = (text: string): string => instantText(parseInstant(text) ?? 0, language, city.timezone, now);
  return (
    <p className={styles["note"]}>
      {t("effects.about", { facts: count(about.facts), events: count(about.events), from: instant(about.known_from), until: instant(about.known_until), fitted: instant(about.fitted_at), left: count(about.left_out) })}{" "}
      {words(about.limits)}
    </p>
  );
}
