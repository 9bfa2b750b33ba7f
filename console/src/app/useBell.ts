/** A sound for each new grave alert, on every screen, where this machine wants it. */
import { useEffect, useRef } from "react";
import { useAlerts } from "@/api/queries";
import { hear } from "@/lib/bell";
import { sound, useSound, useSoundGesture } from "@/state/sound";

export function useBell(mayHear: boolean): void {
  const wanted = useSound() !== "off" && mayHear;
  const { data } = useAlerts(wanted);
  const known = useRef<ReadonlySet<string> | null>(null);
  useSoundGesture();
  useEffect(() => {
    // Without an answer (before the first, and when another role's is asked) nothing is known: the next is the first.
    if (!wanted || !data) {
      known.current = null;
      return;
    }
    const heard = hear(known.current, data);
    known.current = heard.known;
    if (heard.sounds) sound();
  }, [wanted, data]);
}
