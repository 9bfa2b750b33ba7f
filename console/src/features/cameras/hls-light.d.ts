/** The player without subtitles, alternate sound and encryption: recordings have none of them. */
declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
