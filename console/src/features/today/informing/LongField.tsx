/** A text of several lines, with what is wrong with it beside it. */
import { Label, Text, TextArea, TextField } from "react-aria-components";
import styles from "@/ui/Fields.module.css";

export function LongField({ label, value, onChange, description, fault, rows = 3, maxLength, lang, mono = false }: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  description?: string | undefined;
  fault?: string | undefined;
  rows?: number;
  maxLength?: number;
  /** Language of the text, for spelling and for readers aloud. */
  lang?: "fr" | "en";
  mono?: boolean;
}) {
  return (
    <TextField className={styles["field"] ?? ""} value={value} onChange={onChange} isInvalid={fault !== undefined} validationBehavior="aria" {...(maxLength ? { maxLength } : {})}>
      <Label className={styles["label"] ?? ""}>{label}</Label>
      <TextArea
        className={styles["input"] ?? ""} rows={rows} {...(lang ? { lang } : {})}
        style={{ height: "auto", paddingBlock: "var(--space-1)", resize: "vertical", ...(mono ? { fontFamily: "var(--mono)" } : {}) }}
      />
      {(fault ?? description) && <Text slot="description" className={fault ? (styles["fault"] ?? "") : (styles["description"] ?? "")}>{fault ?? description}</Text>}
    </TextField>
  );
}
