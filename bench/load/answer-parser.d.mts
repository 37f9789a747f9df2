export class AnswerError extends Error {}

export class AnswerParser {
  status: number;
  bodyBytes: number;
  closes: boolean;
  get midway(): boolean;
  push(bytes: Buffer): boolean;
  reset(): void;
}
