/** The fields that a rule's schema describes; kinds are chosen by their words. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { bilingual } from "@/lib/bilingual";
import { fieldFault, type FormField } from "@/lib/schemaForm";
import { useCityContext, useLanguage } from "@/state/city";
import { Checkbox, Select, TextField, type Option } from "@/ui/Fields";

const THEMES = ["offence", "space", "road", "rescue", "health", "environment"];
const NUMERIC = new Set(["integer", "number"]);

function useKinds(): Option[] {
  const { t } = useTranslation();
  const { taxonomy } = useCityContext();
  const language = useLanguage();
  return useMemo(() => {
    const walk = (code: string, depth: number): Option[] => [
      { id: code, text: `${"\u2003".repeat(depth)}${taxonomy.text(code, language)}` },
      ...taxonomy.children(code).flatMap((child) => walk(child.code, depth + 1)),
    ];
    return [{ id: "", text: t("alerting.anyKind") }, ...THEMES.filter((theme) => taxonomy.has(theme)).flatMap((theme) => walk(theme, 0))];
  }, [t, taxonomy, language]);
}

export function RuleFields({ fields, texts, onChange }: {
  fields: readonly FormField[];
  texts: Record<string, string>;
  onChange: (name: string, value: string) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kinds = useKinds();
  return (
    <>
      {fields.map((field) => {
        const value = texts[field.name] ?? field.initial;
        const fault = fieldFault(field, value);
        const title = bilingual(field.title, language) ?? field.title;
        const set = (text: string): void => { onChange(field.name, text); };
        if (field.control === "boolean") return <Checkbox key={field.name} isSelected={value === "true"} onChange={(on) => { set(String(on)); }}>{title}</Checkbox>;
        const options = field.control === "choice" ? field.choices.map((id) => ({ id, text: t(`alerting.choice.${id}`, { defaultValue: id }) }))
          : field.name === "kind" || field.name.endsWith("_kind") ? kinds : null;
        if (options) return <Select key={field.name} label={title} options={options} value={value} onChange={set} />;
        return (
          <TextField
            key={field.name} label={title} value={value} onChange={set} isRequired={field.required}
            inputMode={NUMERIC.has(field.control) ? "decimal" : "text"} isInvalid={fault !== null && value !== ""}
            description={fault && value !== "" ? t(`analyses.fault.${fault}`, { min: field.min, max: field.max }) : (bilingual(field.description, language) ?? undefined)}
          />
        );
      })}
    </>
  );
}
