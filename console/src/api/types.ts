/** Names for the server's answers; the shapes themselves are generated from its OpenAPI document. */
import type { Feature, FeatureCollection, Geometry } from "geojson";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type Language = "fr" | "en";
export type Words = Schemas["Texts"];
export type Account = Schemas["AccountAnswer"];
export type DemoAccount = Schemas["DemoAccount"];
export type Session = Schemas["SessionAnswer"];
export type OwnSession = Schemas["OwnSession"];
export type Enrolment = Schemas["EnrolmentAnswer"];
export type Enrolled = Schemas["EnrolledAnswer"];
export type RecoveryCodes = Schemas["RecoveryCodes"];
export type City = Omit<Schemas["CityAnswer"], "bbox"> & { bbox: [number, number, number, number] };
export type Kind = Schemas["KindAnswer"];
export type ZoningInfo = Schemas["ZoningAnswer"];
export type ZoneRef = Schemas["ZoneAnswer"];

export type MapAnswer = Schemas["MapAnswer"];
export type MapCell = Schemas["MapCell"];
export type MapCluster = Schemas["MapCluster"];
export type MapPoint = Schemas["MapPoint"];
export type HistogramAnswer = Schemas["HistogramAnswer"];
export type Summary = Schemas["SummaryAnswer"];
export type SummaryLine = Schemas["SummaryLine"];

export type FactRow = Schemas["FactAnswer"];
export type FactPage = Schemas["FactPage"];
export type FactDetail = Schemas["FactDetail"];
export type MeansRow = Schemas["MeansAnswer"];
export type PlaceRow = Schemas["NearPlace"];
export type MeasureRow = Schemas["NearMeasure"];
export type Near = Schemas["NearAnswer"];

/** Plans carry their footprint as GeoJSON. */
export type PlanRow = Omit<Schemas["PlanAnswer"], "geometry"> & { geometry: Geometry | null };
export type PlanDetail = Omit<Schemas["PlanDetail"], "geometry"> & { geometry: Geometry | null };
export type Clash = Schemas["ClashAnswer"];
export type Alert = Schemas["AlertAnswer"];

export type AnalysisInfo = Schemas["AnalysisEntry"];
export type AnalysisResult = Schemas["AnalysisAnswer"];

export type SourceHealth = Schemas["SourceAnswer"];
export type SourceState = SourceHealth["state"];
export type SourceContract = Schemas["ContractAnswer"];
export type QuarantineRow = Schemas["QuarantineAnswer"];
export type QuarantineDetail = Schemas["QuarantineDetail"];
export type QuarantinePage = Schemas["QuarantinePage"];
export type RetryAnswer = Schemas["RetryAnswer"];

export type AuditLine = Schemas["AuditLine"];
export type AuditPage = Schemas["AuditPage"];
export type AuditProof = Schemas["AuditProof"];
export type VerbName = Schemas["Verb"];
export type Budget = Schemas["BudgetAnswer"];
export type BudgetLine = Schemas["BalanceAnswer"];
export type Retention = Schemas["RetentionAnswer"];
export type RetentionRule = Schemas["RetentionRule"];
export type StoredField = Schemas["StoredField"];
export type RightsAnswer = Schemas["RightsAnswer"];
export type RightsKind = Schemas["GivenIdentifier"]["kind"];
export type Register = Schemas["RegisterAnswer"];
export type Delegate = Schemas["Delegate"];
export type DelegateList = Schemas["DelegateList"];
export type DelegateRequest = Schemas["DelegateRequest"];
export type NewDelegate = Schemas["NewDelegate"];
export type BrokenGlass = Schemas["BrokenGlass"];
export type GlassRequest = Schemas["GlassRequest"];

export interface CloudEvent { id: string; type: string; source: string; time: string; data: Record<string, unknown> }
export type { Feature, FeatureCollection, Geometry };
