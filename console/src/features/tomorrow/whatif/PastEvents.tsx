/** The past days that the figures rest on, each with a way to its own page. */
import { useTranslation } from "react-i18next";
import type { WhatIf } from "@/api/whatif";
import { dayText, parseInstant } from "@/lib/time";
import { useCityContext, useKindText, useLanguage } from "@/state/city";
import { openEvent } from "@/state/url";
import { Button } from "@/ui/Button";
import styles from "@/features/tomorrow/whatif/WhatIf.module.css";

export function PastEvents({ versions }: { versions: readonly WhatIf[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const { city } = useCityContext();
  const known = new Map(versions.flatMap((one) => one.past).map((one) => [one.plan_id, one]));
  const past = [...known.values()].sort((a, b) => b.starts_at.localeCompare(a.starts_at));
  if (past.length === 0) return null;
  return (
    <details className={styles["past"]}>
      <summary>{t("whatif.past", { count: past.length })}</summary>
      <ul>
        {past.map((one) => (
          <li key={one.plan_id}>
            <Button look="quiet" onPress={() => { openEvent(one.plan_id, "similar"); }}>{one.title || kind(one.kind)}</Button>
            <span className={styles["basis"]}>{dayText(parseInstant(one.starts_at) ?? 0, language, city.timezone)}{one.title && one.title !== kind(one.kind) ? ` · ${kind(one.kind)}` : ""}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
