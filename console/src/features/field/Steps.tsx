/** Three taps: what, where, send. */
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { snapped, streetsLike, type FieldForm } from "@/features/field/entries";
import styles from "@/features/field/Field.module.css";

const STREETS_SHOWN = 8;
const WAIT_MS = 15_000;
/** A position vaguer than this is no better than the name of a street. */
const VAGUE_M = 300;

export interface Written { kind: string; cell: string; place: string; text: string }

interface Spot { cell: string; place: string }

function Kinds({ form, onPick }: { form: FieldForm; onPick: (kind: string) => void }) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === "en" ? "en" : "fr";
  return (
    <section aria-label={t("field.what")}>
      <h2>{t("field.what")}</h2>
      <ul className={styles["grid"]}>
        {form.categories.map((one) => (
          <li key={one.kind}><button type="button" className={styles["tile"]} onClick={() => { onPick(one.kind); }}>{one.title[language]}</button></li>
        ))}
      </ul>
    </section>
  );
}

function Where({ form, onPick, onBack }: { form: FieldForm; onPick: (spot: Spot) => void; onBack: () => void }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const [fault, setFault] = useState<"denied" | "vague" | null>(null);
  const [asking, setAsking] = useState(false);
  const here = (): void => {
    setAsking(true);
    setFault(null);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setAsking(false);
        if (coords.accuracy > VAGUE_M) setFault("vague");
        else onPick({ cell: snapped(coords.longitude, coords.latitude, form.resolution), place: t("field.around") });
      },
      () => { setAsking(false); setFault("denied"); },
      { enableHighAccuracy: false, maximumAge: 60_000, timeout: WAIT_MS },
    );
  };
  const found = streetsLike(form.streets, search, STREETS_SHOWN);
  return (
    <section aria-label={t("field.where")}>
      <h2>{t("field.where")}</h2>
      <button type="button" className={styles["main"]} disabled={asking} onClick={here}>{t(asking ? "field.finding" : "field.here")}</button>
      <p className={styles["hint"]}>{t("field.coarse")}</p>
      {fault && <p className={styles["fault"]} role="alert">{t(`field.position.${fault}`)}</p>}
      {form.streets.length > 0 && (
        <label className={styles["label"]}>
          {t("field.street")}
          <input className={styles["input"]} type="search" value={search} autoComplete="off" onChange={(event) => { setSearch(event.target.value); }} />
        </label>
      )}
      <ul className={styles["streets"]}>
        {found.map((one) => <li key={one.name}><button type="button" className={styles["tile"]} onClick={() => { onPick({ cell: one.cell, place: one.name }); }}>{one.name}</button></li>)}
      </ul>
      {search.trim() && found.length === 0 && <p className={styles["hint"]}>{t("field.noStreet")}</p>}
      <button type="button" className={styles["quiet"]} onClick={onBack}>{t("field.back")}</button>
    </section>
  );
}

export function Steps({ form, onSend }: { form: FieldForm; onSend: (written: Written) => void }) {
  const { t, i18n } = useTranslation();
  const id = useId();
  const language = i18n.language === "en" ? "en" : "fr";
  const [kind, setKind] = useState<string | null>(null);
  const [spot, setSpot] = useState<Spot | null>(null);
  const [text, setText] = useState("");
  const anew = (): void => {
    setKind(null);
    setSpot(null);
    setText("");
  };
  if (kind === null) return <Kinds form={form} onPick={setKind} />;
  if (spot === null) return <Where form={form} onPick={setSpot} onBack={anew} />;
  return (
    <form aria-label={t("field.check")} onSubmit={(event) => { event.preventDefault(); onSend({ kind, ...spot, text }); anew(); }}>
      <h2>{form.categories.find((one) => one.kind === kind)?.title[language] ?? kind}</h2>
      <p>{spot.place}</p>
      <button type="submit" className={styles["main"]}>{t("field.send")}</button>
      <label className={styles["label"]} htmlFor={id}>{t("field.text")}</label>
      <textarea id={id} className={styles["input"]} lang="fr" rows={4} maxLength={form.longest_text} value={text} aria-describedby={`${id}-note`} onChange={(event) => { setText(event.target.value); }} />
      <p id={`${id}-note`} className={styles["hint"]}>{t("field.textNote")}</p>
      <button type="button" className={styles["quiet"]} onClick={anew}>{t("field.back")}</button>
    </form>
  );
}
