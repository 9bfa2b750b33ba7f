/** Terms and values; what is unknown is left out, what needs a word of care has it on hover. */
import type { ReactNode } from "react";
import { Hint } from "@/ui/Hint";
import styles from "@/parts/Details.module.css";

export interface Detail { term: string; value: string | null | undefined; note?: string | null }

export function Details({ title, items, action, mono = false }: { title: string; items: readonly Detail[]; action?: ReactNode; mono?: boolean }) {
  const known = items.filter((item) => item.value !== null && item.value !== undefined && item.value !== "");
  if (known.length === 0) return null;
  return (
    <section className={styles["section"]}>
      <div className={styles["head"]}>
        <h3>{title}</h3>
        {action}
      </div>
      <dl className={[styles["list"], mono ? styles["mono"] : ""].join(" ")}>
        {known.map((item, i) => (
          <div key={`${item.term}${i}`}>
            <dt>{item.term}</dt>
            <dd>{item.note ? <Hint text={item.note}>{item.value}</Hint> : item.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
