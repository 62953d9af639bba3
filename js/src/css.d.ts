// What build.js makes of a style sheet that a script imports: its text, and that of what it imports.
declare module "*.css" {
  const text: string;
  export default text;
}
