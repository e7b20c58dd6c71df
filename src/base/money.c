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

// The codes of a list stand in order, four bytes apart.
static bool holds(const char *list, size_t size, const char *code) {
    size_t low = 0, high = size / 4;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = memcmp(list + 4 * middle, code, 3);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

int base_currency_digits(const char *code) {
    if (strlen(code) != 3)
        return -1;
    return holds(two_places, sizeof two_places, code)       ? 2
           : holds(no_places, sizeof no_places, code)       ? 0
           : holds(three_places, sizeof three_places, code) ? 3
                                                            : -1;
}
