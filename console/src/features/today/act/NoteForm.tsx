/** A line of text to be written down. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import styles from "@/features/today/act/Act.module.css";

const LEAST = 3;

export function NoteForm({ label, action, pending, onSend, onCancel, least = LEAST }: {
  label: string;
  action: string;
  pending: boolean;
  onSend: (text: string, clear: () => void) => void;
  onCancel?: () => void;
  least?: number;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const ready = text.trim().length >= least;
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSend(text, () => { setText(""); });
      }}
    >
      <TextField label={label} description={t("act.noNames")} value={text} onChange={setText} maxLength={800} />
      <p className={styles["buttons"]}>
        <Button type="submit" isDisabled={!ready || pending}>{action}</Button>
        {onCancel && <Button look="quiet" onPress={onCancel}>{t("act.cancel")}</Button>}
      </p>
    </form>
  );
}
