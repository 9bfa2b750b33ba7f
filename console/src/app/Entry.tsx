/** The page before the city: the name, a card, language and theme. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Preferences } from "@/app/Preferences";
import styles from "@/app/Entry.module.css";

export function Entry({ city, title, children }: { city: string; title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <main className={styles["page"]}>
      <div className={styles["card"]}>
        <header className={styles["head"]}>
          <img src="/icon.svg" alt="" width={40} height={40} />
          <div>
            <p className={styles["name"]}>Vigie <span>{city}</span></p>
            <p className={styles["what"]}>{t("app.what")}</p>
          </div>
        </header>
        <h1 className={styles["title"]}>{title}</h1>
        {children}
      </div>
      <Preferences />
    </main>
  );
}
