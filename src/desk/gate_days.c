// gate_days.c - when business days of a zone begin, as minutes: with them a gate needs no zone.
//
// GLib's time zones are immutable and counted, so that threads may share them. The minute that a day's times are counted
// from is taken from its noon: clocks change at night, and what comes after the change is told right.
#include <glib.h>

#include "desk/pass.h"

// The second at which local clocks show `seconds` after midnight on this date.
static bool local_second(GTimeZone *zone, piste_date date, int32_t seconds, int64_t *unix_s) {
    int year, month, day;
    piste_date_split(date, &year, &month, &day);
    GDateTime *time = g_date_time_new(zone, year, month, day, seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (!time)
        return false;
    *unix_s = g_date_time_to_unix(time);
    g_date_time_unref(time);
    return true;
}

piste_status piste_business_days(const char *zone, int32_t begins_s, piste_date first, piste_date last, piste_errors *errors,
                                 piste_business_day *days) {
    if (begins_s < 0 || begins_s > 43200 || first > last || last - first >= PISTE_CALENDAR_MAX - 1)
        return piste_errors_add(errors, PISTE_INVALID, "calendar", 0, 0, "expected a first day before the last, at most %d days",
                                PISTE_CALENDAR_MAX - 1);
    if (first < piste_date_join(2000, 1, 2) || last > piste_date_join(2051, 1, 1))
        return piste_errors_add(errors, PISTE_INVALID, "calendar", 0, 0, "expected days from 2000-01-02 to 2051-01-01");
    GTimeZone *own = g_time_zone_new_identifier(zone);
    if (!own)
        return piste_errors_add(errors, PISTE_INVALID, "calendar", 0, 0, "zone: %s, expected an IANA time zone that this machine knows", zone);
    piste_status status = PISTE_OK;
    for (piste_date date = first; status == PISTE_OK && date <= last + 1; date++) {
        int64_t starts = 0, noon = 0;
        if (!local_second(own, date, begins_s, &starts) || !local_second(own, date, 43200, &noon))
            status = piste_errors_add(errors, PISTE_INVALID, "calendar", 0, 0, "zone: %s has no such day", zone);
        days[date - first] = (piste_business_day){piste_minute_of(starts), piste_minute_of(noon) - 720};
    }
    g_time_zone_unref(own);
    return status;
}

// ---- validity in words --------------------------------------------------------------------------------------------

piste_status piste_local_text(const char *zone, int64_t unix_s, char text[20]) {
    GTimeZone *own = g_time_zone_new_identifier(zone);
    GDateTime *utc = own ? g_date_time_new_from_unix_utc(unix_s) : NULL, *local = utc ? g_date_time_to_timezone(utc, own) : NULL;
    if (local) {
        char whole[80]; // any year
        snprintf(whole, sizeof whole, "%04d-%02d-%02d %02d:%02d:%02d", g_date_time_get_year(local), g_date_time_get_month(local),
                 g_date_time_get_day_of_month(local), g_date_time_get_hour(local), g_date_time_get_minute(local),
                 g_date_time_get_second(local));
        whole[19] = 0;
        memcpy(text, whole, 20);
        g_date_time_unref(local);
    }
    if (utc)
        g_date_time_unref(utc);
    if (own)
        g_time_zone_unref(own);
    return local ? PISTE_OK : PISTE_INVALID;
}

// The business date that begins with this minute, PISTE_DATE_NONE: none does.
static piste_date day_that_begins(const piste_table *table, int32_t minute) {
    for (int32_t i = 0; i < table->days.count; i++)
        if (table->days.list[i].starts_min == minute)
            return table->first_day + i;
    return PISTE_DATE_NONE;
}

piste_status piste_pass_valid_text(const piste_pass *pass, const piste_table *table, char text[PISTE_VALID_TEXT]) {
    piste_date first = day_that_begins(table, pass->from_min), after = day_that_begins(table, pass->until_min);
    char from[20], until[20];
    int length;
    if (first != PISTE_DATE_NONE && after != PISTE_DATE_NONE) {
        piste_date_format(first, from);
        piste_date_format(after - 1, until);
        length = first == after - 1 ? snprintf(text, PISTE_VALID_TEXT, "%s", from) : snprintf(text, PISTE_VALID_TEXT, "%s to %s", from, until);
    } else {
        if (piste_local_text(table->zone, piste_minute_second(pass->from_min), from) != PISTE_OK ||
            piste_local_text(table->zone, piste_minute_second(pass->until_min), until) != PISTE_OK)
            return PISTE_INVALID;
        bool one_day = memcmp(from, until, 10) == 0;
        length = snprintf(text, PISTE_VALID_TEXT, "%.16s to %.*s", from, one_day ? 5 : 16, until + (one_day ? 11 : 0));
    }
    if (pass->hours_until_min)
        snprintf(text + length, PISTE_VALID_TEXT - (size_t)length, ", %02d:%02d-%02d:%02d each day", pass->hours_from_min / 60,
                 pass->hours_from_min % 60, pass->hours_until_min / 60, pass->hours_until_min % 60);
    return PISTE_OK;
}
