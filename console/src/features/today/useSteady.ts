/** A list that stands still while somebody aims at a line of it: what has arrived comes in when the pointer rests or goes. */
import { useEffect, useState, type PointerEvent } from "react";

/** How long after its last movement a mouse still aims. */
const AIMS_MS = 2_000;

interface Steady<Row> {
  rows: readonly Row[];
  /** For the list itself. */
  aim: { onPointerMove: (event: PointerEvent) => void; onPointerLeave: () => void };
}

export function useSteady<Row>(rows: readonly Row[]): Steady<Row> {
  const [held, setHeld] = useState<{ rows: readonly Row[]; at: number } | null>(null);
  const at = held?.at;
  useEffect(() => {
    if (at === undefined) return undefined;
    const timer = setTimeout(() => { setHeld(null); }, AIMS_MS);
    return () => { clearTimeout(timer); };
  }, [at]);
  return {
    rows: held?.rows ?? rows,
    aim: {
      // A finger does not hover on its way, and a mouse at rest is told of too when lines move beneath it.
      onPointerMove: (event) => {
        if (event.pointerType !== "mouse" || (event.movementX === 0 && event.movementY === 0)) return;
        setHeld((before) => ({ rows: before?.rows ?? rows, at: event.timeStamp }));
      },
      onPointerLeave: () => { setHeld(null); },
    },
  };
}
