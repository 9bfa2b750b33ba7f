export const CHROMIUM: string;
export const FLAGS: string[];
export const CALM: string[];
