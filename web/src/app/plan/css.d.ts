declare module "*?inside=.report" {
  const text: string;
  export default text;
}
