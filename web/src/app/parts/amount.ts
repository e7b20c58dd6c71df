// amount.ts - amounts as the server writes them, "35.00 USD", as people of the language do.
//
// The decimal places are the server's: Intl has fewer for some currencies (KPW) than ISO 4217, in which the desk counts.
import { keep, language } from "../words";

const digits = (text: string): number => (text.split(" ")[0].split(".")[1] ?? "").length;
export const currencyOf = (text: string): string => text.split(" ")[1] ?? "";
export const minorOf = (text: string): number => Math.round(Number(text.split(" ")[0]) * 10 ** digits(text));

export function amount(text: string): string {
  const places = digits(text), [value, currency] = text.split(" ");
  if (!currency) return text;
  return keep(`${currency} ${places}`, () => new Intl.NumberFormat(language.value, {
    style: "currency", currency, currencyDisplay: "code", minimumFractionDigits: places, maximumFractionDigits: places,
  })).format(Number(value));
}

// So many minor units of the currency that `like` is in.
export const withMinor = (minor: number, like: string): string => `${(minor / 10 ** digits(like)).toFixed(digits(like))} ${currencyOf(like)}`;

// A rate, told by the desk as "1/877", as one number with the digits that count.
export const rate = (numerator: number, denominator: number): string =>
  keep("rate", () => new Intl.NumberFormat(language.value, { maximumSignificantDigits: 5 })).format(numerator / denominator);
