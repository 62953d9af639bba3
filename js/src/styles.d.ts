// What build.js makes of a folder of style sheets: one string.
declare module "agui:*" {
  const text: string;
  export default text;
}
