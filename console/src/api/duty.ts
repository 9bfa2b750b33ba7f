/** Who is on duty, by role and hour: asked, entered, withdrawn. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import type { components } from "@/api/schema";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type DutyTurn = Schemas["DutyTurnAnswer"];
export type DutyTurnWritten = Schemas["DutyTurnWritten"];

export { useDuty, type Duty } from "@/api/alerts";

/** Who is asked about alerts follows from the duty: both are asked again. */
function useChange<Body>(send: (body: Body) => Promise<DutyTurn>) {
  const client = useQueryClient();
  return useMutation<DutyTurn, ProblemError, Body>({ mutationFn: send, onSettled: () => client.invalidateQueries({ queryKey: ["alerts"] }) });
}

export const useEnterTurn = () => useChange<DutyTurnWritten>((body) => answer(api.POST("/api/alert-duty/turns", { body })));

export const useWithdrawTurn = () => useChange<string>((id) => answer(api.POST("/api/alert-duty/turns/{turn_id}/withdraw", { params: { path: { turn_id: id } } })));
