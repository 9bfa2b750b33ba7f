/** A panel that slides over the map and never pushes it. */
import { useEffect, useId, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/ui/Button";
import styles from "@/ui/Panel.module.css";

interface Props {
  title: ReactNode;
  side?: "left" | "right";
  size?: "normal" | "wide" | "full";
  onClose?: (() => void) | undefined;
  onBack?: (() => void) | undefined;
  actions?: ReactNode;
  head?: ReactNode;
  /** Take the focus when it opens, because a person asked for it. */
  takeFocus?: boolean;
  children: ReactNode;
}

export function Panel({ title, side = "left", size = "normal", onClose, onBack, actions, head, takeFocus = false, children }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (takeFocus) heading.current?.focus({ preventScroll: true });
  }, [takeFocus]);
  return (
    <section
      className={[styles["panel"], styles[side], styles[size]].join(" ")}
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key === "Escape" && onClose && !event.defaultPrevented) {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <header className={styles["head"]}>
        <div className={styles["row"]}>
          {onBack && <IconButton icon="chevronLeft" label={t("panel.back")} onPress={onBack} />}
          <h2 id={id} ref={heading} tabIndex={-1} className={styles["title"]}>{title}</h2>
          {actions}
          {onClose && <IconButton icon="close" label={t("panel.close")} onPress={onClose} />}
        </div>
        {head}
      </header>
      <div className={styles["body"]} tabIndex={0} role="group" aria-labelledby={id}>{children}</div>
    </section>
  );
}
