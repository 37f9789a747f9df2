/** What an operation answers with: in JSON as it stands, in XML each member an element, a list one for each item. */
export interface Answer {
  readonly [name: string]: AnswerValue;
}

/** Undefined members are left out. */
export type AnswerValue = string | number | boolean | undefined | Answer | readonly Answer[];
