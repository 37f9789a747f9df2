export const ORDER: {
  readonly begin: 0;
  readonly update: 1;
  readonly finish: 2;
  readonly abandon: 3;
};
export const ANSWER: { readonly taken: 0; readonly done: 1 };
