/** What every tab of an event's page is given: the id of the plan that the page is about. */
export interface EventTabProps { planId: string }
