// money.c - ISO 4217's codes with their number of decimal places (list one, active codes).
#include <string.h>

#include "base/base.h"

static const char two_places[] =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC "
    "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD "
    "KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWL";
static const char no_places[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
static const char three_places[] = "BHD IQD JOD KWD LYD OMR TND";

static bool holds(const char *list, const char *code) {
    for (const char *at = list; *at; at += at[3] ? 4 : 3)
        if (memcmp(at, code, 3) == 0)
            return true;
    return false;
}

int base_currency_digits(const char *code) {
    if (strlen(code) != 3)
        return -1;
    return holds(two_places, code) ? 2 : holds(no_places, code) ? 0 : holds(three_places, code) ? 3 : -1;
}
