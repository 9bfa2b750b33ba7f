/** Buttons: plain, primary, quiet; and the icon-only one, which always has a name. */
import { Button as AriaButton, Tooltip, TooltipTrigger, type ButtonProps } from "react-aria-components";
import { Icon, type IconName } from "@/ui/Icon";
import styles from "@/ui/Button.module.css";

type Look = "plain" | "primary" | "quiet";

export function Button({ look = "plain", className, ...props }: ButtonProps & { look?: Look }) {
  return <AriaButton {...props} className={[styles["button"], styles[look], typeof className === "string" ? className : ""].join(" ")} />;
}

export function IconButton({ icon, label, pressed, size = 18, ...props }: Omit<ButtonProps, "children"> & { icon: IconName; label: string; pressed?: boolean; size?: number }) {
  return (
    <TooltipTrigger delay={400}>
      <AriaButton {...props} aria-label={label} {...(pressed === undefined ? {} : { "aria-pressed": pressed })} className={styles["icon"] ?? ""}>
        <Icon name={icon} size={size} />
      </AriaButton>
      <Tooltip className={styles["tooltip"] ?? ""} offset={6}>{label}</Tooltip>
    </TooltipTrigger>
  );
}
