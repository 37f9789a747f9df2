/** Why a text is no value of a flag's type; the message is the text that Go's own parser gives. */
export class FlagValueError extends Error {}
