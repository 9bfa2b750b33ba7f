/** One list of an event's file: its items in a line each, one of them open in a form. */
import { useTranslation } from "react-i18next";
import type { Content } from "@/api/dossier";
import { ItemForm } from "@/features/tomorrow/dossier/ItemForm";
import { freshId, itemsOf, titleOf, withItems, type Item, type ListSpec } from "@/features/tomorrow/dossier/parts";
import { hourText, localDay, parseInstant, dateFormat } from "@/lib/time";
import { useCityContext, useLanguage } from "@/state/city";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

/** What an item says beside its title: kind, hours, how many, who passes. */
function useMeta(day: string): (item: Item) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const hour = (value: unknown): string | null => {
    const ms = parseInstant(typeof value === "string" ? value : null);
    if (ms === null) return null;
    const told = hourText(ms, language, city.timezone);
    return localDay(ms, city.timezone) === day ? told : `${dateFormat(language, city.timezone, { day: "numeric", month: "short" }).format(ms)} ${told}`;
  };
  return (item) => {
    const said = (field: string, words: string): string | null => (typeof item[field] === "string" ? t(`dossier.${words}.${String(item[field])}`) : null);
    const span = [hour(item["from_at"] ?? item["at"]), hour(item["to_at"])].filter(Boolean).join(" – ");
    const many = (field: string): string[] => (Array.isArray(item[field]) ? (item[field] as string[]) : []);
    return [
      "mission" in item ? said("kind", "post") : "count" in item ? said("kind", "barrier") : null,
      said("audience", "whom"), said("channel", "channel"),
      span,
      typeof item["headcount"] === "number" ? t("dossier.people", { count: item["headcount"] }) : null,
      typeof item["count"] === "number" ? t("dossier.pieces", { count: item["count"] }) : null,
      many("exempt").length > 0 ? t("dossier.except", { whom: many("exempt").map((one) => t(`dossier.whom.${one}`)).join(", ") }) : null,
      many("whom").map((one) => t(`dossier.whom.${one}`)).join(", "),
      "telephone" in item ? [item["function"], item["telephone"]].filter(Boolean).join(" · ") : null,
      "trigger" in item ? String(item["trigger"]) : null,
      "done" in item ? t(item["done"] === true ? "dossier.done" : "dossier.toDo") : null,
      "sha256" in item ? t(item["sha256"] ? "dossier.held" : "dossier.awaited") : null,
    ].filter(Boolean).join(" · ");
  };
}

export function ListSection({ list, content, hours, day, open, onOpen, onChange }: {
  list: ListSpec;
  content: Content;
  hours: { from: string; to: string };
  day: string;
  /** `PART.ID` of the item that is open. */
  open: string | null;
  onOpen: (id: string | null) => void;
  /** Absent where the file may not be changed. */
  onChange?: ((content: Content) => void) | undefined;
}) {
  const { t } = useTranslation();
  const meta = useMeta(day);
  const items = itemsOf(content, list.name);
  const blank = list.blank(content, hours);
  const add = (): void => {
    if (!onChange || !blank) return;
    const made = { ...blank, id: freshId(list.name, items) } as Item;
    onChange(withItems(content, list.name, [...items, made]));
    onOpen(`${list.name}.${made.id}`);
  };
  return (
    <details className={styles["section"]} open={items.length > 0 || undefined}>
      <summary><h3>{t(`dossier.part.${list.name}`)}</h3><span className={styles["count"]}>{items.length}</span></summary>
      <ul className={styles["items"]}>
        {items.map((item, i) => {
          const id = `${list.name}.${item.id}`;
          const shown = open === id;
          const title = titleOf(item, content) || t("dossier.unnamed");
          return (
            <li key={item.id}>
              <div className={styles["line"]}>
                <button type="button" className={styles["item"]} aria-expanded={shown} onClick={() => { onOpen(shown ? null : id); }}>
                  {list.letter && <span className={styles["code"]}>{list.letter}{i + 1}</span>}
                  <span className={styles["what"]}><span>{title}</span><span className={styles["meta"]}>{meta(item)}</span></span>
                </button>
                {onChange && <IconButton icon="close" size={14} label={t("dossier.remove", { title })} onPress={() => { onChange(withItems(content, list.name, items.filter((one) => one.id !== item.id))); }} />}
              </div>
              {shown && onChange && <ItemForm list={list} item={item} content={content} onChange={(next) => { onChange(withItems(content, list.name, items.map((one) => (one.id === item.id ? next : one)))); }} />}
              {shown && !onChange && <p className={styles["told"]}>{[item["mission"], item["note"], item["fr"], item["en"]].filter(Boolean).map(String).join("\n")}</p>}
              {shown && Array.isArray(item["steps"]) && !onChange && (
                <ol className={styles["told"]}>{(item["steps"] as { action: string; function: string }[]).map((step, n) => <li key={n}>{step.action} <span className={styles["meta"]}>{step.function}</span></li>)}</ol>
              )}
            </li>
          );
        })}
      </ul>
      {items.length === 0 && <p className={styles["meta"]}>{t("dossier.none")}</p>}
      {onChange && <Button look="quiet" isDisabled={!blank} onPress={add}><Icon name="plus" size={14} />{t(`dossier.add.${list.name}`)}</Button>}
    </details>
  );
}
