/** The keys cannot be used as they are set up. The message says what to do. */
export class KmsSetupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KmsSetupError';
  }
}
