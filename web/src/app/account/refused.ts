// refused.ts - why signing in, or what is done with an account, was refused, in the reader's language.
import { Refusal } from "../call";
import { t, type Key } from "../words";

const TEXTS: Record<string, Key> = {
  locked: "frame.locked", wrong: "frame.wrong", wrong_code: "frame.wrongCode", code_needed: "frame.codeNote", expired: "frame.expired", too_many: "frame.tooMany",
};

export const refused = (error: unknown): string => t(TEXTS[error instanceof Refusal ? error.reason : ""] ?? "frame.failed");

// Does it; what is refused is told in those words.
export async function orRefused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refusal && error.reason in TEXTS) throw new Refusal(error.code, error.reason, refused(error));
    throw error;
  }
}
