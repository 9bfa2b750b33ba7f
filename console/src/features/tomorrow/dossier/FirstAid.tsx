/** The first-aid cover foreseen: class, first-aiders, ratio and provider. */
import { useTranslation } from "react-i18next";
import type { Content } from "@/api/dossier";
import { LongField } from "@/features/tomorrow/dossier/LongField";
import { countText } from "@/lib/numbers";
import { Details } from "@/parts/Details";
import { useLanguage } from "@/state/city";
import { Select, TextField } from "@/ui/Fields";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

const LEVELS = ["none", "paps", "pe", "me", "ge"] as const;
type Aid = NonNullable<Content["first_aid"]>;

export function FirstAid({ content, onChange }: { content: Content; onChange?: ((content: Content) => void) | undefined }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const aid: Partial<Aid> = content.first_aid ?? {};
  const set = (part: Partial<Aid>): void => { onChange?.({ ...content, first_aid: { ...aid, ...part } as Aid }); };
  if (!onChange) {
    return (
      <Details
        title={t("dossier.part.first_aid")}
        items={[
          { term: t("dossier.field.level"), value: aid.level ? t(`dossier.level.${aid.level}`) : null },
          { term: t("dossier.field.responders"), value: aid.responders ? countText(aid.responders, language) : null },
          { term: t("dossier.field.risk"), value: aid.risk === null || aid.risk === undefined ? null : aid.risk.toLocaleString(language) },
          { term: t("dossier.field.provider"), value: aid.provider },
          { term: t("dossier.field.note"), value: aid.note },
        ]}
      />
    );
  }
  return (
    <details className={styles["section"]} open>
      <summary><h3>{t("dossier.part.first_aid")}</h3></summary>
      <p className={styles["meta"]}>{t("dossier.firstAidHint")}</p>
      <div className={styles["form"]}>
        <Select label={t("dossier.field.level")} value={aid.level ?? ""} options={[{ id: "", text: "–" }, ...LEVELS.map((id) => ({ id, text: t(`dossier.level.${id}`) }))]} onChange={(id) => { set({ level: (id === "" ? null : id) as NonNullable<Aid["level"]> | null }); }} />
        <TextField label={t("dossier.field.responders")} type="number" min={0} value={String(aid.responders ?? 0)} onChange={(text) => { set({ responders: Math.max(0, Math.round(Number(text) || 0)) }); }} />
        <TextField label={t("dossier.field.risk")} type="number" min={0} step="0.01" value={String(aid.risk ?? "")} onChange={(text) => { set({ risk: text === "" ? null : Math.max(0, Number(text) || 0) }); }} />
        <TextField label={t("dossier.field.provider")} value={aid.provider ?? ""} onChange={(provider) => { set({ provider }); }} />
        <div className={styles["whole"]}><LongField label={t("dossier.field.note")} value={aid.note ?? ""} onChange={(note) => { set({ note }); }} /></div>
      </div>
    </details>
  );
}
