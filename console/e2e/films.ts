/** Tiles of film: which second a picture shows, and whether it is the clock's. */
import type { Locator, Page } from "@playwright/test";
import { expect } from "./console";

/** A picture of the clip stands for a tenth of a second. */
const CLOSE_MS = 150;

export const tile = (page: Page, camera: string): Locator => page.locator(`figure[data-camera="${camera}"]`);

/** The second of the minute that the decoded picture shows: six fields, black or white (film.py). */
export async function secondShown(page: Page, camera: string): Promise<number> {
  return await tile(page, camera).locator("video").evaluate((film: HTMLVideoElement) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [film.videoWidth, film.videoHeight];
    const pen = canvas.getContext("2d");
    pen?.drawImage(film, 0, 0);
    const light = (bit: number): boolean => (pen?.getImageData(Math.floor(canvas.width * (bit + 0.5) / 6), canvas.height >> 2, 1, 1).data[0] ?? 0) > 128;
    return [0, 1, 2, 3, 4, 5].reduce((sum, bit) => sum + (light(bit) ? 1 << bit : 0), 0);
  });
}

export const clockAt = async (page: Page): Promise<number> => Number(await page.getByTestId("film-clock").getAttribute("data-instant"));

/** The clock's second and the picture's are the same one, for every camera that has film. */
export async function showsItsSecond(page: Page, cameras: readonly string[]): Promise<void> {
  for (const camera of cameras) {
    await expect(tile(page, camera)).toHaveAttribute("data-state", "showing");
    await expect(async () => {
      const at = await clockAt(page);
      const shown = await secondShown(page, camera);
      expect([at - CLOSE_MS, at, at + CLOSE_MS].map((ms) => Math.floor(ms / 1000) % 60)).toContain(shown);
    }).toPass({ timeout: 60_000 });
  }
}
