/** What each condition costs: facts that would find a free unit without it, and posts that would move. */
import { useTranslation } from "react-i18next";
import type { Allocation } from "@/api/allocation";
import { decimalText } from "@/lib/numbers";
import { useLanguage } from "@/state/city";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

export function CostTable({ prices }: { prices: Allocation["prices"] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (prices.length === 0) return null;
  return (
    <section className={styles["block"]}>
      <h3>{t("allocation.costs")}</h3>
      <div className={styles["holder"]}>
        <table className={styles["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("allocation.condition")}</th>
              <th scope="col" className={styles["figure"]}>{t("allocation.with")}</th>
              <th scope="col" className={styles["figure"]}>{t("allocation.without")}</th>
              <th scope="col" className={styles["figure"]}>{t("allocation.moved")}</th>
            </tr>
          </thead>
          <tbody>
            {prices.map((price) => (
              <tr key={price.condition}>
                <th scope="row">{t(`allocation.price.${price.condition}`)}{price.proved ? "" : ` · ${t("allocation.notProved")}`}</th>
                <td className={styles["figure"]}>{decimalText(price.kept, language)}</td>
                <td className={styles["figure"]}>{decimalText(price.without, language)}</td>
                <td className={styles["figure"]}>{price.moved}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles["note"]}>{t("allocation.costsNote")}</p>
    </section>
  );
}
