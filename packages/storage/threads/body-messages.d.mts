export const ORDER: {
  readonly begin: 0;
  readonly digest: 1;
  readonly seal: 2;
  readonly open: 3;
  readonly finish: 4;
  readonly abandon: 5;
};
export const ANSWER: { readonly taken: 0; readonly done: 1 };
