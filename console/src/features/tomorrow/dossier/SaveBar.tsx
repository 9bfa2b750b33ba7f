/** Where a file stands, and what may be done with it: keep a version, send it on, take it back. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EventFile, FileState } from "@/api/dossier";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { Icon, type IconName } from "@/ui/Icon";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

const MARKS: Record<FileState, IconName> = { draft: "minus", under_review: "eye", validated: "check", closed: "database" };

export function SaveBar({ file, dirty, pending, onSave, onUndo }: {
  file: EventFile;
  dirty: boolean;
  pending: boolean;
  onSave: (state: FileState, why: string) => void;
  onUndo: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const [why, setWhy] = useState("");
  const made = parseInstant(file.at);
  const others = file.next_states.filter((state) => state !== file.state);
  return (
    <section className={styles["bar"]} aria-label={t("dossier.standing")}>
      <p className={styles["standing"]}>
        <span className={[styles["state"], styles[file.state]].join(" ")}><Icon name={MARKS[file.state]} size={14} />{t(`dossier.state.${file.state}`)}</span>
        <span>{file.version === 0 ? t("dossier.proposal") : t("dossier.versionN", { n: file.version })}</span>
        {made !== null && <span className={styles["meta"]}>{file.who} · {instantText(made, language, city.timezone, now)}</span>}
        {dirty && <span className={styles["chip"]}>{t("dossier.unsaved")}</span>}
      </p>
      {file.why && <p className={styles["meta"]}>{file.why}</p>}
      {file.may_alter && (
        <>
          <TextField label={t("dossier.why")} description={t("dossier.whyHint")} value={why} onChange={setWhy} maxLength={500} />
          <p className={styles["tools"]}>
            {(dirty || file.version === 0) && <Button look="primary" isDisabled={pending} onPress={() => { onSave(file.state, why); }}>{t("dossier.save")}</Button>}
            {dirty && <Button look="quiet" onPress={onUndo}>{t("dossier.undo")}</Button>}
            {file.version > 0 && others.map((state) => <Button key={state} isDisabled={pending} onPress={() => { onSave(state, why); }}>{t(`dossier.to.${state}`)}</Button>)}
          </p>
        </>
      )}
    </section>
  );
}
