/** A text that explains itself when hovered or focused: where a figure comes from, what a word means. */
import type { ReactNode } from "react";
import { Button, Tooltip, TooltipTrigger } from "react-aria-components";
import buttons from "@/ui/Button.module.css";
import styles from "@/ui/Hint.module.css";

export function Hint({ text, label, children }: { text: string; label?: string; children: ReactNode }) {
  return (
    <TooltipTrigger delay={200} closeDelay={50}>
      <Button className={styles["hint"] ?? ""} {...(label ? { "aria-label": label } : {})}>{children}</Button>
      <Tooltip className={buttons["tooltip"] ?? ""} offset={6}>{text}</Tooltip>
    </TooltipTrigger>
  );
}
