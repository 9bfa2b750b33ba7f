/** The written act by its file: name and SHA-256, made in this browser; the paper is not sent and stays with the custodian. */
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { hashFile, type Hashed } from "@/lib/fileHash";
import styles from "@/features/inquiry/Inquiry.module.css";

export function DocumentField({ value, onChange }: { value: Hashed | null; onChange: (value: Hashed | null) => void }) {
  const { t } = useTranslation();
  const id = useId();
  const [failed, setFailed] = useState(false);
  const read = async (file: File | undefined): Promise<void> => {
    setFailed(false);
    onChange(null);
    if (!file) return;
    try {
      onChange(await hashFile(file));
    } catch {
      // No hashing outside a secure context (https or this machine), or the file is gone.
      setFailed(true);
    }
  };
  return (
    <div className={styles["file"]}>
      <label htmlFor={id}>{t("inquiry.document")}</label>
      <input id={id} type="file" aria-describedby={`${id}-note`} onChange={(event) => { void read(event.target.files?.[0]); }} />
      <span id={`${id}-note`} className={styles["meta"]}>{t("inquiry.documentNote")}</span>
      {value && <span className={styles["hash"]} role="status">{t("inquiry.sha256")} {value.sha256}</span>}
      {failed && <span className={styles["said"]} data-tone="bad" role="alert">{t("inquiry.documentFailed")}</span>}
    </div>
  );
}
