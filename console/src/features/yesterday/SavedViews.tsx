/** The views a person kept in this browser, to open again or forget. */
import { useTranslation } from "react-i18next";
import { forgetView, useSavedViews } from "@/state/savedViews";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import styles from "@/features/yesterday/Yesterday.module.css";

export function SavedViews() {
  const { t } = useTranslation();
  const views = useSavedViews();
  if (views.length === 0) return null;
  return (
    <section className={styles["section"]}>
      <h3>{t("workbench.saved")}</h3>
      <ul className={styles["views"]}>
        {views.map((view) => (
          <li key={view.address}>
            <a href={view.address}>{view.title}</a>
            <Button look="quiet" aria-label={t("workbench.forget", { title: view.title })} onPress={() => { forgetView(view.address); }}><Icon name="close" size={14} /></Button>
          </li>
        ))}
      </ul>
      <p className={styles["base"]}>{t("workbench.savedLimits")}</p>
    </section>
  );
}
