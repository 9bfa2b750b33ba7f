/** Saved questions: one's own and those shared with one's role, their reports, and answers as files. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { RunRequest } from "@/api/analyses";
import { answer, api } from "@/api/client";
import type { Answer } from "@/api/queries";
import type { components } from "@/api/schema";
import { downloadBlob } from "@/lib/download";
import type { ProblemError } from "@/lib/problem";

type Schemas = components["schemas"];
export type Questions = Schemas["QuestionList"];
export type Question = Schemas["QuestionAnswer"];
export type QuestionReport = Schemas["QuestionReportAnswer"];
export type QuestionSpec = Schemas["QuestionSpec"];
export const FORMS = ["parquet", "csv", "geojson", "png", "pdf", "html"] as const;
export type Form = (typeof FORMS)[number];

const KEY = ["questions"];
const UNDER_WAY_MS = 2_000;
const EVERY_MS = 60_000;

function underWay(found: Questions | undefined): boolean {
  return found?.items.some((one) => one.reports.some((report) => report.state === "waiting" || report.state === "running")) ?? false;
}

export function useQuestions(): Answer<Questions> {
  return useQuery<Questions, ProblemError>({
    queryKey: KEY, placeholderData: keepPreviousData, staleTime: 10_000,
    refetchInterval: (query) => (underWay(query.state.data) ? UNDER_WAY_MS : EVERY_MS),
    queryFn: async ({ signal }) => await answer(api.GET("/api/questions", { signal })),
  });
}

function useRenewing<Told, Given>(mutationFn: (given: Given) => Promise<Told>) {
  const client = useQueryClient();
  return useMutation<Told, ProblemError, Given>({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: KEY }) });
}

/** Keep a new question, or a new version of one's own. */
export function useSaveQuestion() {
  return useRenewing(async ({ spec, over }: { spec: QuestionSpec; over: Question | null }): Promise<Question> => (over
    ? await answer(api.PUT("/api/questions/{question_id}", { params: { path: { question_id: over.question_id } }, body: { ...spec, after: over.number } }))
    : await answer(api.POST("/api/questions", { body: spec }))));
}

export function useEndQuestion() {
  return useRenewing(async (one: Question): Promise<unknown> => await answer(api.POST("/api/questions/{question_id}/end", {
    params: { path: { question_id: one.question_id } }, body: { after: one.number },
  })));
}

export function useAskReport() {
  return useRenewing(async (one: Question): Promise<unknown> => await answer(api.POST("/api/questions/{question_id}/reports", { params: { path: { question_id: one.question_id } } })));
}

/** Take what a call answers, under the name that the server gives it. */
async function keep(call: Promise<{ data?: unknown; response: Response }>, otherwise: string): Promise<void> {
  const { data, response } = await call;
  const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? otherwise;
  downloadBlob(name, data as Blob);
}

export function useTakeReport() {
  return useMutation<undefined, ProblemError, { question: string; report: string }>({
    mutationFn: async ({ question, report }) => {
      await keep(api.GET("/api/questions/{question_id}/reports/{report_id}", { params: { path: { question_id: question, report_id: report } }, parseAs: "blob" }), "report.pdf");
      return undefined;
    },
  });
}

export function useTakeAnswer() {
  return useMutation<undefined, ProblemError, { asked: RunRequest; form: Form }>({
    mutationFn: async ({ asked, form }) => {
      await keep(api.POST("/api/analyses/{name}/file", { params: { path: { name: asked.name }, query: { ...asked.query, form } }, body: { params: asked.params }, parseAs: "blob" }), `${asked.name}.${form}`);
      return undefined;
    },
  });
}
