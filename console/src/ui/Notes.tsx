/** What to say when there is nothing, not yet, or not any more. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProblemError } from "@/lib/problem";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import styles from "@/ui/Notes.module.css";

export function Empty({ title, next, action }: { title: string; next: string; action?: ReactNode }) {
  return (
    <div className={styles["empty"]}>
      <p className={styles["strong"]}>{title}</p>
      <p>{next}</p>
      {action}
    </div>
  );
}

export function Loading({ rows = 5 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles["loading"]} role="status">
      <span className="visually-hidden">{t("loading")}</span>
      {Array.from({ length: rows }, (_, i) => <span key={i} className={styles["bone"]} aria-hidden="true" />)}
    </div>
  );
}

/** An error said in words: what happened, and what it means for the data. */
export function ErrorNote({ error, retry }: { error: Error; retry?: (() => void) | undefined }) {
  const { t, i18n } = useTranslation();
  const code = error instanceof ProblemError ? error.code : "error";
  const title = i18n.exists(`problem.${code}.title`) ? t(`problem.${code}.title`) : error.message || t("problem.error.title");
  const data = i18n.exists(`problem.${code}.data`) ? t(`problem.${code}.data`) : t("problem.error.data");
  const detail = error instanceof ProblemError ? error.detail : null;
  return (
    <div className={styles["error"]} role="alert">
      <Icon name="warning" />
      <div>
        <p className={styles["strong"]}>{title}</p>
        {detail && detail !== title && <p>{detail}</p>}
        <p>{data}</p>
        {retry && <Button onPress={retry}>{t("action.retry")}</Button>}
      </div>
    </div>
  );
}
