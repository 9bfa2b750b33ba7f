/** One item of a list of an event's file: a form of the fields that its list says. */
import type { Geometry } from "geojson";
import { useTranslation } from "react-i18next";
import type { Content } from "@/api/dossier";
import { LongField } from "@/features/tomorrow/dossier/LongField";
import { StepsField } from "@/features/tomorrow/dossier/StepsField";
import type { FieldSpec, Item, ListSpec } from "@/features/tomorrow/dossier/parts";
import { fromLocalInput, toLocalInput } from "@/lib/localInput";
import { parseInstant, rfc3339 } from "@/lib/time";
import { DrawingField } from "@/map/DrawingField";
import { useCityContext } from "@/state/city";
import { Checkbox, Select, TextField } from "@/ui/Fields";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

interface Props { field: FieldSpec; item: Item; content: Content; onChange: (value: unknown) => void }

function InstantField({ field, item, onChange }: Props) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const ms = parseInstant(item[field.name] as string | null);
  return (
    <TextField
      label={t(`dossier.field.${field.name}`)}
      type="datetime-local"
      value={ms === null ? "" : toLocalInput(ms, city.timezone)}
      onChange={(text) => {
        const at = fromLocalInput(text, city.timezone);
        if (at !== null) onChange(rfc3339(at));
      }}
    />
  );
}

function ChoicesField({ field, item, onChange }: Props) {
  const { t } = useTranslation();
  const chosen = (item[field.name] ?? []) as string[];
  return (
    <fieldset className={styles["choices"]}>
      <legend>{t(`dossier.field.${field.name}`)}</legend>
      {(field.options ?? []).map((option) => (
        <Checkbox
          key={option}
          isSelected={chosen.includes(option)}
          onChange={(on) => { onChange((field.options ?? []).filter((one) => (one === option ? on : chosen.includes(one)))); }}
        >
          {t(`dossier.${field.words ?? "whom"}.${option}`)}
        </Checkbox>
      ))}
    </fieldset>
  );
}

function Field(props: Props) {
  const { t } = useTranslation();
  const { field, item, content, onChange } = props;
  const label = t(`dossier.field.${field.name}`);
  const value = item[field.name];
  switch (field.kind) {
    case "instant": return <InstantField {...props} />;
    case "choices": return <ChoicesField {...props} />;
    case "steps": return <StepsField value={(value ?? []) as { action: string; function: string }[]} onChange={onChange} />;
    case "check": return <Checkbox isSelected={value === true} onChange={onChange}>{label}</Checkbox>;
    case "choice": return (
      <Select label={label} value={String(value)} onChange={onChange} options={(field.options ?? []).map((id) => ({ id, text: t(`dossier.${field.words ?? "whom"}.${id}`) }))} />
    );
    case "post": return <Select label={label} value={String(value)} onChange={onChange} options={(content.posts ?? []).map((one) => ({ id: one.id, text: one.name }))} />;
    case "count": return (
      <TextField label={label} type="number" inputMode="numeric" min={0} value={String(value ?? 0)} onChange={(text) => { onChange(Math.max(0, Math.round(Number(text) || 0))); }} />
    );
    case "point":
    case "line": return (
      <DrawingField key={item.id} label={label} shapes={[field.kind]} value={(value ?? null) as Geometry | null} onChange={onChange} />
    );
    case "long": return <LongField label={label} value={String(value ?? "")} onChange={onChange} />;
    default: return (
      <TextField label={label} value={String(value ?? "")} onChange={onChange} {...(field.name === "telephone" ? { description: t("dossier.telephoneHint") } : {})} />
    );
  }
}

export function ItemForm({ list, item, content, onChange }: { list: ListSpec; item: Item; content: Content; onChange: (item: Item) => void }) {
  return (
    <div className={styles["form"]}>
      {list.fields.map((field) => (
        <div key={field.name} className={["long", "point", "line", "choices", "steps"].includes(field.kind) ? styles["whole"] : undefined}>
          <Field field={field} item={item} content={content} onChange={(value) => { onChange({ ...item, [field.name]: value }); }} />
        </div>
      ))}
    </div>
  );
}
