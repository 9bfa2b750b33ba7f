/** The file on paper: PDF and map, in either language, told to the audit with who gets it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFilePaper } from "@/api/dossier";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

type Lang = "fr" | "en";
type Size = "A4" | "A3";

export function Papers({ planId, unsaved }: { planId: string; unsaved: boolean }) {
  const { t, i18n } = useTranslation();
  const paper = useFilePaper(planId);
  const [lang, setLang] = useState<Lang>(i18n.language.startsWith("en") ? "en" : "fr");
  const [size, setSize] = useState<Size>("A4");
  const [recipient, setRecipient] = useState("");
  const get = (what: "report.pdf" | "map.svg"): void => { paper.mutate({ what, lang, size, recipient }); };
  return (
    <details className={styles["section"]}>
      <summary><h3>{t("dossier.papers")}</h3></summary>
      <p className={styles["meta"]}>{t(unsaved ? "dossier.papersUnsaved" : "dossier.papersHint")}</p>
      <div className={styles["form"]}>
        <Select label={t("dossier.paperLanguage")} options={[{ id: "fr", text: t("dossier.french") }, { id: "en", text: t("dossier.english") }]} value={lang} onChange={(id) => { setLang(id as Lang); }} />
        <Select label={t("dossier.paperSize")} options={[{ id: "A4", text: "A4" }, { id: "A3", text: "A3" }]} value={size} onChange={(id) => { setSize(id as Size); }} />
        <div className={styles["whole"]}><TextField label={t("dossier.recipient")} description={t("dossier.recipientHint")} value={recipient} onChange={setRecipient} maxLength={120} /></div>
      </div>
      {paper.error && <ErrorNote error={paper.error} />}
      <p className={styles["tools"]}>
        <Button isDisabled={paper.isPending} onPress={() => { get("report.pdf"); }}><Icon name="download" size={16} />{t("dossier.pdf")}</Button>
        <Button isDisabled={paper.isPending} onPress={() => { get("map.svg"); }}><Icon name="download" size={16} />{t("dossier.map")}</Button>
      </p>
    </details>
  );
}
