/** A few exclusive choices side by side. */
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import styles from "@/ui/Segmented.module.css";

export function Segmented<T extends string>({ label, options, value, onChange }: {
  label: string;
  options: readonly { id: T; text: string; title?: string }[];
  value: T | null;
  onChange: (value: T) => void;
}) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      className={styles["group"] ?? ""}
      selectionMode="single"
      disallowEmptySelection={value !== null}
      selectedKeys={value === null ? [] : [value]}
      onSelectionChange={(keys) => {
        const [key] = keys;
        if (key !== undefined) onChange(key as T);
      }}
    >
      {options.map((option) => (
        <ToggleButton key={option.id} id={option.id} className={styles["option"] ?? ""} {...(option.title ? { "aria-label": option.title } : {})}>
          {option.text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
