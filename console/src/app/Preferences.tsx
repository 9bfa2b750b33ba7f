/** Language and theme. */
import { useTranslation } from "react-i18next";
import { setPreferences, usePreferences, type Theme } from "@/state/preferences";
import { Segmented } from "@/ui/Segmented";
import styles from "@/app/Frame.module.css";

export function Preferences() {
  const { t } = useTranslation();
  const { language, theme } = usePreferences();
  return (
    <div className={styles["preferences"]}>
      <Segmented
        label={t("preferences.language")}
        value={language}
        options={[{ id: "fr", text: "FR", title: "Français" }, { id: "en", text: "EN", title: "English" }]}
        onChange={(value) => { setPreferences({ language: value }); }}
      />
      <Segmented<Theme>
        label={t("preferences.theme")}
        value={theme}
        options={(["system", "light", "dark"] as const).map((id) => ({ id, text: t(`preferences.${id}`) }))}
        onChange={(value) => { setPreferences({ theme: value }); }}
      />
    </div>
  );
}
