// code.tsx - the code of the second step of signing in: six digits of an app, or a recovery code.
import { useEffect, useRef } from "preact/hooks";
import { t } from "../words";

export function CodeField({ isFocused, isDigits }: { isFocused?: boolean; isDigits?: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => void (isFocused && input.current?.focus()), []);
  return (
    <label>
      {t("frame.code")}
      <input ref={input} name="code" required autocomplete="one-time-code" autocapitalize="characters" spellcheck={false} maxLength={40} inputMode={isDigits ? "numeric" : undefined} />
      <span class="note">{t(isDigits ? "frame.codeDigits" : "frame.codeNote")}</span>
    </label>
  );
}
