/** The fields of a form that a schema describes. */
import { useTranslation } from "react-i18next";
import { useTaxonomyOptions, useZoneOptions, useZoningOptions } from "@/features/yesterday/options";
import { useChoiceText, useFieldTitle } from "@/features/yesterday/words";
import { bilingual } from "@/lib/bilingual";
import { fieldFault, type FormField } from "@/lib/schemaForm";
import { useLanguage } from "@/state/city";
import { Checkbox, Select, TextField } from "@/ui/Fields";

const NUMERIC = new Set(["integer", "number"]);
/** Fields that hold a kind of facts; a second kind may be one of places. */
const FACT_KINDS = new Set(["kind", "cases", "first"]);

export function SchemaFields({ fields, texts, onChange }: {
  fields: readonly FormField[];
  texts: Record<string, string>;
  onChange: (name: string, value: string) => void;
}) {
  const { t } = useTranslation();
  const title = useFieldTitle();
  const choice = useChoiceText();
  const language = useLanguage();
  const kinds = useTaxonomyOptions();
  const kindsAndPlaces = useTaxonomyOptions(true);
  const zonings = useZoningOptions();
  const zoningField = fields.find((field) => field.name === "zoning");
  const zones = useZoneOptions(zoningField ? (texts["zoning"] ?? zoningField.initial) : null);
  return (
    <>
      {fields.map((field) => {
        const value = texts[field.name] ?? field.initial;
        const fault = fieldFault(field, value);
        const set = (text: string): void => { onChange(field.name, text); };
        const description = bilingual(field.description, language) ?? undefined;
        const optional = { id: "", text: t("analyses.any") };
        if (field.control === "boolean") return <Checkbox key={field.name} isSelected={value === "true"} onChange={(on) => { set(String(on)); }}>{title(field)}</Checkbox>;
        const known = field.control === "choice" ? field.choices.map((id) => ({ id, text: choice(field, id) }))
          : field.control === "text" && FACT_KINDS.has(field.name) ? kinds
            : field.control === "text" && field.name === "second" ? kindsAndPlaces
              : field.control === "text" && field.name === "zoning" ? zonings
                : field.name === "treated" ? zones : null;
        if (known) {
          const options = field.required ? known : [optional, ...known];
          return <Select key={field.name} label={title(field)} description={description} options={options} value={value} onChange={set} />;
        }
        return (
          <TextField
            key={field.name}
            label={title(field)}
            description={fault && value !== "" ? t(`analyses.fault.${fault}`, { min: field.min, max: field.max }) : description}
            type={field.control === "date" ? "date" : "text"}
            inputMode={NUMERIC.has(field.control) ? "decimal" : "text"}
            value={value} onChange={set} isRequired={field.required} isInvalid={fault !== null && value !== ""}
          />
        );
      })}
    </>
  );
}
