/** Too much arrives: what is refused at the door, by priority, for as long as that lasts. */
import { useTranslation } from "react-i18next";
import { usePressure } from "@/api/pressure";
import { countText } from "@/lib/numbers";
import { useLanguage, useMay } from "@/state/city";
import { Icon } from "@/ui/Icon";
import styles from "@/app/Frame.module.css";

const PRIORITIES = ["1", "2", "3"] as const;

export function PressureBanner() {
  const { t } = useTranslation();
  const language = useLanguage();
  const pressure = usePressure(useMay("read_sources")).data;
  if (!pressure || pressure.refusing.length === 0) return null;
  const refused = PRIORITIES.filter((one) => (pressure.refused[one] ?? 0) > 0)
    .map((one) => t(`pressure.refused.${one}`, { count: pressure.refused[one] ?? 0, n: countText(pressure.refused[one] ?? 0, language) }));
  return (
    <div className={styles["banner"]} role="status">
      <Icon name="warning" />
      <p>
        <strong>{t("pressure.title")}</strong>{" "}
        {refused.join(" · ")}. {t("pressure.waiting", { count: pressure.waiting, n: countText(pressure.waiting, language) })} {t("pressure.note")}
      </p>
    </div>
  );
}
