// gate_days.c - when business days of a zone begin, as minutes: with them a gate needs no zone.
//
// GLib's time zones are immutable and counted, so that threads may share them. The minute that a day's times are counted
// from is taken from its noon: clocks change at night, and what comes after the change is told right.
#include <glib.h>

#include "desk/desk.h"

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
    if (first < piste_date_join(2020, 1, 2) || last > piste_date_join(2051, 1, 1))
        return piste_errors_add(errors, PISTE_INVALID, "calendar", 0, 0, "expected days from 2020-01-02 to 2051-01-01");
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
