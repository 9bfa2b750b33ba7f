/** The last resort: a screen that broke says so, keeps the data safe and offers a way back. */
import { Component, type ReactNode } from "react";
import { withTranslation, type WithTranslation } from "react-i18next";
import styles from "@/app/App.module.css";

class Boundary extends Component<WithTranslation & { children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    const { t, children } = this.props;
    if (!this.state.broken) return children;
    return (
      <main className={styles["broken"]} role="alert">
        <h1>{t("broken.title")}</h1>
        <p>{t("broken.data")}</p>
        <p><a href="/">{t("broken.back")}</a></p>
      </main>
    );
  }
}

export const ErrorBoundary = withTranslation()(Boundary);
