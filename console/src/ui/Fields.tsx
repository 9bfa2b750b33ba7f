/** Form fields with labels, descriptions and errors where assistive technology finds them. */
import type { ReactNode } from "react";
import {
  Button, Checkbox as AriaCheckbox, FieldError, Input, Label, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue,
  Text, TextField as AriaTextField, type CheckboxProps, type TextFieldProps,
} from "react-aria-components";
import { Icon } from "@/ui/Icon";
import styles from "@/ui/Fields.module.css";

export function TextField({ label, description, type, min, max, step, inputMode, placeholder, ...props }: TextFieldProps & {
  label: string;
  description?: string | undefined;
  min?: number | string | undefined;
  max?: number | string | undefined;
  step?: number | string | undefined;
  placeholder?: string | undefined;
}) {
  return (
    // What the server refused is told, and may be sent again: only the browser's own checks hold a form back.
    <AriaTextField {...props} {...(props.isInvalid === undefined ? {} : { validationBehavior: "aria" as const })} {...(type ? { type } : {})} className={styles["field"] ?? ""}>
      <Label className={styles["label"] ?? ""}>{label}</Label>
      <Input className={styles["input"] ?? ""} min={min} max={max} step={step} inputMode={inputMode} {...(placeholder ? { placeholder } : {})} />
      {description && <Text slot="description" className={styles["description"] ?? ""}>{description}</Text>}
      <FieldError className={styles["fault"] ?? ""} />
    </AriaTextField>
  );
}

export interface Option { id: string; text: string; note?: string }

export function Select({ label, hideLabel = false, options, value, onChange, description, isDisabled = false }: {
  label: string;
  hideLabel?: boolean;
  options: readonly Option[];
  value: string;
  onChange: (value: string) => void;
  description?: string | undefined;
  isDisabled?: boolean;
}) {
  return (
    <AriaSelect
      className={styles["field"] ?? ""}
      isDisabled={isDisabled}
      value={value}
      onChange={(key) => { onChange(String(key)); }}
      {...(hideLabel ? { "aria-label": label } : {})}
    >
      {!hideLabel && <Label className={styles["label"] ?? ""}>{label}</Label>}
      <Button className={styles["select"] ?? ""}>
        <SelectValue className={styles["value"] ?? ""} />
        <Icon name="chevronDown" size={14} />
      </Button>
      {description && <Text slot="description" className={styles["description"] ?? ""}>{description}</Text>}
      <Popover className={styles["popover"] ?? ""} offset={4}>
        <ListBox className={styles["list"] ?? ""} items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.text} className={styles["option"] ?? ""}>
              <Text slot="label">{option.text}</Text>
              {option.note && <Text slot="description" className={styles["description"] ?? ""}>{option.note}</Text>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export function Checkbox({ children, ...props }: Omit<CheckboxProps, "children"> & { children: ReactNode }) {
  return (
    <AriaCheckbox {...props} className={styles["checkbox"] ?? ""}>
      {({ isSelected, isIndeterminate }) => (
        <>
          <span className={styles["box"]} aria-hidden="true">
            {isIndeterminate ? <Icon name="minus" size={12} /> : isSelected ? <Icon name="check" size={12} /> : null}
          </span>
          <span className={styles["checkText"]}>{children}</span>
        </>
      )}
    </AriaCheckbox>
  );
}
