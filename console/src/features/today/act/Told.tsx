/** The line that says what was written down; it lies over the screen, so nothing moves. */
import { useTold } from "@/features/today/act/said";
import { Icon } from "@/ui/Icon";
import styles from "@/features/today/act/Act.module.css";

export function Told() {
  const text = useTold();
  return <div role="status" className={styles["told"]} data-shown={text !== ""}>{text !== "" && <><Icon name="check" size={16} /> {text}</>}</div>;
}
