/** The rules behind: what each finds, why it matters, what it does not know. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClashRules } from "@/api/clashes";
import { useWords } from "@/state/city";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/clashes/Clashes.module.css";

export function Rules({ counts }: { counts: Readonly<Record<string, number>> }) {
  const { t } = useTranslation();
  const words = useWords();
  const [open, setOpen] = useState(false);
  const rules = useClashRules(open);
  return (
    <details className={styles["rules"]} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>{t("clashes.rules")}</summary>
      {open && rules.isPending && <Loading rows={4} />}
      {rules.error && <ErrorNote error={rules.error} />}
      <ul>
        {rules.data?.map((rule) => (
          <li key={rule.name}>
            <p className={styles["name"]}>{words(rule.title)}{counts[rule.name] ? <span className={styles["count"]}>{counts[rule.name]}</span> : null}</p>
            <p>{words(rule.why)}</p>
            {rule.reference && <p className={styles["meta"]}>{rule.reference}</p>}
          </li>
        ))}
      </ul>
    </details>
  );
}
