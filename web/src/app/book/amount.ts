// amount.ts - amounts as the server writes them ("35.00 USD"), as people of the language do; and days within sentences.
//
// The decimal places are the server's: Intl has fewer for some currencies (KPW) than ISO 4217, in which the desk counts.
import { language } from "../words";

const digits = (text: string): number => (text.split(" ")[0].split(".")[1] ?? "").length;
export const currencyOf = (text: string): string => text.split(" ")[1] ?? "";
export const minorOf = (text: string): number => Math.round(Number(text.split(" ")[0]) * 10 ** digits(text));

export function amount(text: string): string {
  const places = digits(text), [value, currency] = text.split(" ");
  if (!currency) return text;
  return new Intl.NumberFormat(language.value, { style: "currency", currency, currencyDisplay: "code", minimumFractionDigits: places, maximumFractionDigits: places })
    .format(Number(value));
}

// So many minor units of the currency that `like` is in.
export const withMinor = (minor: number, like: string): string => `${(minor / 10 ** digits(like)).toFixed(digits(like))} ${currencyOf(like)}`;

// "1/0.0011": a rate as one number with four digits that count.
export const rate = (numerator: number, denominator: number): string =>
  new Intl.NumberFormat(language.value, { maximumSignificantDigits: 5 }).format(numerator / denominator);

// A day without its weekday, as it stands within a sentence ("с 5 декабря 2026 г.").
export const day = (text: string): string => new Intl.DateTimeFormat(language.value, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${text}T00:00:00Z`));
