/** What was entered on this phone, each with where it stands in sign and word. */
import { useTranslation } from "react-i18next";
import type { FieldForm, Kept } from "@/features/field/entries";
import styles from "@/features/field/Field.module.css";

const SIGNS = { waiting: "◌", sent: "✓", refused: "✕" } as const;

export function Entries({ entries, form, login, onDrop }: { entries: readonly Kept[]; form: FieldForm | null; login: string | null; onDrop: (id: string) => void }) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === "en" ? "en" : "fr";
  const hour = new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "en-GB", { hour: "2-digit", minute: "2-digit" });
  if (entries.length === 0) return null;
  return (
    <section aria-label={t("field.entries")}>
      <h2>{t("field.entries")}</h2>
      <ul className={styles["entries"]}>
        {entries.map((one) => (
          <li key={one.client_id} data-state={one.state}>
            <span className={styles["sign"]} aria-hidden="true">{SIGNS[one.state]}</span>
            <span className={styles["what"]}>
              <strong>{form?.categories.find((category) => category.kind === one.kind)?.title[language] ?? one.kind}</strong>
              <span>{t(`field.state.${one.state}`)} · {hour.format(one.at)}{one.place ? ` · ${one.place}` : ""}</span>
              {one.state === "waiting" && one.by !== login && login !== null && <span>{t("field.ofAnother", { login: one.by })}</span>}
              {one.why && <span className={styles["why"]}>{one.why[language]}</span>}
            </span>
            {one.state === "refused" && <button type="button" className={styles["quiet"]} onClick={() => { onDrop(one.client_id); }}>{t("field.drop")}</button>}
          </li>
        ))}
      </ul>
    </section>
  );
}
