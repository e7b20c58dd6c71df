// amount.ts - amounts as the API has them, "35.00 USD", as people read them.
import { money } from "../words";

// Minor units and currency.
export function parse(amount: string): { minor: number; currency: string } {
  const [value, currency] = amount.split(" ");
  const [whole, fraction = ""] = value.replace("-", "").split(".");
  const minor = Number(whole + fraction);
  return { minor: value.startsWith("-") ? -minor : minor, currency };
}

export function show(amount: string): string {
  const { minor, currency } = parse(amount);
  return money(minor, currency, amount.split(" ")[0].split(".")[1]?.length ?? 0);
}
