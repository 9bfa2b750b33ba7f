/** The steps of a reflex card, in order, each with the function in charge. */
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

interface Step { action: string; function: string }

export function StepsField({ value, onChange }: { value: readonly Step[]; onChange: (value: Step[]) => void }) {
  const { t } = useTranslation();
  const change = (at: number, part: Partial<Step>): void => { onChange(value.map((step, i) => (i === at ? { ...step, ...part } : step))); };
  return (
    <fieldset className={styles["choices"]}>
      <legend>{t("dossier.field.steps")}</legend>
      <ol className={styles["steps"]}>
        {value.map((step, i) => (
          <li key={i}>
            <TextField label={t("dossier.field.action")} value={step.action} onChange={(action) => { change(i, { action }); }} />
            <TextField label={t("dossier.field.function")} value={step.function} onChange={(text) => { change(i, { function: text }); }} />
            <IconButton icon="close" label={t("dossier.removeStep", { n: i + 1 })} onPress={() => { onChange(value.filter((_, at) => at !== i)); }} />
          </li>
        ))}
      </ol>
      <Button look="quiet" onPress={() => { onChange([...value, { action: "", function: "" }]); }}><Icon name="plus" size={14} />{t("dossier.addStep")}</Button>
    </fieldset>
  );
}
