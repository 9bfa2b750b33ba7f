/** The versions of a file: who, when, why, and what changed between two of them. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDifference, useFileVersions } from "@/api/dossier";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { Select } from "@/ui/Fields";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

const LONGEST = 60;

function Changes({ planId, before, after }: { planId: string; before: number; after: number }) {
  const { t, i18n } = useTranslation();
  const found = useDifference(planId, before, after);
  const word = (value: unknown): string => {
    if (value === null || value === undefined || value === "") return "–";
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  };
  const name = (prefix: string, key: string): string => (i18n.exists(`${prefix}.${key}`) ? t(`${prefix}.${key}`) : key);
  if (found.error) return <ErrorNote error={found.error} />;
  if (!found.data) return <Loading rows={3} />;
  if (found.data.changes.length === 0) return <p className={styles["meta"]}>{t("dossier.noChange")}</p>;
  return (
    <ul className={styles["changes"]}>
      {found.data.changes.map((change) => (
        <li key={`${change.part}.${change.item}`}>
          <strong>{name("dossier.part", change.part.replace("after.", ""))}{change.label && ` · ${change.label}`}</strong> <span className={styles["chip"]}>{t(`dossier.change.${change.what}`)}</span>
          {change.what === "changed" && (
            <dl>
              {change.fields.map((field) => (
                <div key={field.field}>
                  <dt>{name("dossier.field", field.field)}</dt>
                  <dd>{field.moved_m === null ? <>{word(field.before)} → {word(field.after)}</> : t("dossier.moved", { m: Math.round(field.moved_m) })}</dd>
                </div>
              ))}
            </dl>
          )}
        </li>
      ))}
    </ul>
  );
}

export function Versions({ planId, newest }: { planId: string; newest: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const [open, setOpen] = useState(false);
  const versions = useFileVersions(planId, open);
  const [chosen, setChosen] = useState<{ before: number; after: number } | null>(null);
  const { before, after } = chosen ?? { before: Math.max(0, newest - 1), after: newest };
  const options = [...Array.from({ length: newest }, (_, i) => newest - i), 0].map((n) => ({ id: String(n), text: n === 0 ? t("dossier.emptyFile") : t("dossier.versionN", { n }) }));
  return (
    <details className={styles["section"]} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary><h3>{t("dossier.versions")}</h3><span className={styles["count"]}>{newest}</span></summary>
      {versions.error && <ErrorNote error={versions.error} />}
      <ol className={styles["versions"]}>
        {(versions.data ?? []).map((one) => (
          <li key={one.version}>
            <strong>{t("dossier.versionN", { n: one.version })}</strong> · {t(`dossier.state.${one.state}`)} · {one.who} · {instantText(parseInstant(one.at) ?? 0, language, city.timezone, now)}
            {one.why && <span className={styles["meta"]}>{one.why}</span>}
          </li>
        ))}
      </ol>
      {open && newest > 0 && (
        <>
          <div className={styles["pair"]}>
            <Select label={t("dossier.compareFrom")} options={options} value={String(before)} onChange={(id) => { setChosen({ before: Number(id), after }); }} />
            <Select label={t("dossier.compareTo")} options={options} value={String(after)} onChange={(id) => { setChosen({ before, after: Number(id) }); }} />
          </div>
          <Changes planId={planId} before={before} after={after} />
        </>
      )}
    </details>
  );
}
