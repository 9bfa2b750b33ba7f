/** A text of several lines. */
import { Label, Text, TextArea, TextField } from "react-aria-components";
import styles from "@/ui/Fields.module.css";

const ROWS = 3;

export function LongField({ label, value, onChange, description, rows = ROWS }: { label: string; value: string; onChange: (value: string) => void; description?: string; rows?: number }) {
  return (
    <TextField className={styles["field"] ?? ""} value={value} onChange={onChange}>
      <Label className={styles["label"] ?? ""}>{label}</Label>
      <TextArea className={styles["input"] ?? ""} rows={rows} style={{ height: "auto", resize: "vertical" }} />
      {description && <Text slot="description" className={styles["description"] ?? ""}>{description}</Text>}
    </TextField>
  );
}
