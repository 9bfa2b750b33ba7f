/** The live room by keys alone. */
import { useEffect } from "react";
import { isKey } from "@/lib/keys";
import { command } from "@/state/mapStage";

export function useKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!isKey(event)) return;
      if (event.key === "m") command({ type: "ask" });
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => { window.removeEventListener("keydown", press); };
  }, []);
}
