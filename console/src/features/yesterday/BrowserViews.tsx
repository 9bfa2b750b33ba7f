/** Views that an earlier version kept in this browser alone, to be saved as questions. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSaveQuestion } from "@/api/questions";
import { specOfAddress } from "@/lib/savedQuestions";
import { useLanguage } from "@/state/city";
import { forgetView, useSavedViews } from "@/state/savedViews";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/yesterday/Yesterday.module.css";

export function BrowserViews() {
  const { t } = useTranslation();
  const language = useLanguage();
  const views = useSavedViews();
  const save = useSaveQuestion();
  const [told, setTold] = useState<{ saved: number; left: number } | null>(null);
  const bring = async (): Promise<void> => {
    let [saved, left] = [0, 0];
    for (const view of views) {
      const spec = specOfAddress(view.title, view.address, language);
      if (!spec) { left += 1; continue; }
      await save.mutateAsync({ spec, over: null });
      forgetView(view.address);
      saved += 1;
    }
    setTold({ saved, left });
  };
  return (
    <>
      <div role="status">{told && <p className={styles["note"]}>{t("questions.imported", { count: told.saved })}{told.left > 0 ? ` ${t("questions.notImported", { count: told.left })}` : ""}</p>}</div>
      {views.length > 0 && !told && (
        <p className={styles["links"]}>
          <span className={styles["base"]}>{t("questions.browser", { count: views.length })}</span>
          <Button isDisabled={save.isPending} onPress={() => { bring().catch(() => undefined); }}>{t("questions.import")}</Button>
        </p>
      )}
      {save.error && <ErrorNote error={save.error} />}
    </>
  );
}
