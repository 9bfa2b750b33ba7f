/** Tabs of a panel. */
import { useEffect, useRef, type ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";
import styles from "@/ui/Tabs.module.css";

export function Tabs({ label, tabs, selected, onSelect }: {
  label: string;
  tabs: readonly { id: string; title: string; content: ReactNode }[];
  selected: string;
  onSelect: (id: string) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[role="tab"][data-selected]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [selected]);
  return (
    <AriaTabs className={styles["tabs"] ?? ""} selectedKey={selected} onSelectionChange={(key) => { onSelect(String(key)); }}>
      <TabList ref={list} aria-label={label} className={styles["list"] ?? ""}>
        {tabs.map((tab) => <Tab key={tab.id} id={tab.id} className={styles["tab"] ?? ""}>{tab.title}</Tab>)}
      </TabList>
      {tabs.map((tab) => <TabPanel key={tab.id} id={tab.id} className={styles["panel"] ?? ""}>{tab.content}</TabPanel>)}
    </AriaTabs>
  );
}
