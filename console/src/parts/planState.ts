/** The state of a plan as people say it; one that nobody declared is wild, whatever else it is. */
import type { PlanRow } from "@/api/types";

export type PlanState = "draft" | "declared" | "authorised" | "cancelled" | "wild";

const STATES: readonly string[] = ["draft", "declared", "authorised", "cancelled"];

export function planState(plan: Pick<PlanRow, "state" | "declared">): PlanState {
  if (!plan.declared && plan.state !== "cancelled") return "wild";
  return (STATES.includes(plan.state) ? plan.state : "draft") as PlanState;
}
