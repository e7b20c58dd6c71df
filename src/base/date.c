// date.c - civil dates, by the day count of Fliegel and Van Flandern in the form with years that begin in March.
#include <string.h>

#include "piste/date.h"

piste_date piste_date_join(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void piste_date_split(piste_date date, int *year, int *month, int *day) {
    int z = date + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = z - era * 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = year_of_era + era * 400 + (*month <= 2);
}

piste_status piste_date_parse(const char *text, piste_date *date) {
    if (strlen(text) != 10)
        return PISTE_SYNTAX;
    for (int i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9')
            return PISTE_SYNTAX;
    int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
    int month = (text[5] - '0') * 10 + text[6] - '0', day = (text[8] - '0') * 10 + text[9] - '0';
    if (year < 1600 || month < 1 || month > 12 || day < 1)
        return PISTE_SYNTAX;
    piste_date joined = piste_date_join(year, month, day);
    int y, m, d;
    piste_date_split(joined, &y, &m, &d); // the 30th of February comes back as another day
    if (y != year || m != month || d != day)
        return PISTE_SYNTAX;
    *date = joined;
    return PISTE_OK;
}

void piste_date_format(piste_date date, char out[11]) {
    int year, month, day;
    piste_date_split(date, &year, &month, &day);
    year = year < 0 ? 0 : year > 9999 ? 9999 : year;
    for (int i = 3; i >= 0; i--, year /= 10)
        out[i] = (char)('0' + year % 10);
    out[4] = out[7] = '-';
    out[5] = (char)('0' + month / 10);
    out[6] = (char)('0' + month % 10);
    out[8] = (char)('0' + day / 10);
    out[9] = (char)('0' + day % 10);
    out[10] = 0;
}
