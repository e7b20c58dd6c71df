// check_day.c - what the day allows: hours, arrivals, visits, the size of parties.
#include <math.h>

#include "resort/check.h"

// Hardly anyone comes before the one or after the other.
static double early(const piste_dist *d) {
    return piste_dist_draw(d, 0.01);
}
static double late(const piste_dist *d) {
    return piste_dist_draw(d, 0.99);
}

static bool open_between(const piste_hours *hours, double from_s, double to_s) {
    for (int32_t i = 0; i < hours->count; i++)
        if (hours->spans[i].from_s < to_s && hours->spans[i].to_s > from_s)
            return true;
    return hours->count == 0;
}

static const char *span_text(check *c, int32_t from_s, int32_t to_s) {
    return check_text(c, "%s-%s", check_clock(c, from_s), check_clock(c, to_s));
}

static const char *hours_text(check *c, const piste_hours *hours) {
    const char *text = "";
    for (int32_t i = 0; i < hours->count && i < 4; i++)
        text = check_text(c, "%s%s%s", text, i ? ", " : "", span_text(c, hours->spans[i].from_s, hours->spans[i].to_s));
    return hours->count > 4 ? check_text(c, "%s, ...", text) : text;
}

// ---- hours ----------------------------------------------------------------------------------------------------------

// Lifts and runs must lie within the day; a hotel's bar may well be open longer than what is rehearsed.
static void hours_of(check *c, const piste_entry *entry, const piste_hours *hours, bool within, const char *subject) {
    piste_span day = c->resort->day;
    int32_t line = piste_entry_field_line(entry, "hours");
    if (!line)
        return;
    const char *text = hours_text(c, hours), *whole = span_text(c, day.from_s, day.to_s);
    bool outside = hours->spans[0].from_s < day.from_s || hours->spans[hours->count - 1].to_s > day.to_s;
    if (!open_between(hours, day.from_s, day.to_s))
        check_tell(c, CHECK_NEVER_OPEN, line, subject, check_text(c, "open %s, which is never within the day of %s", text, whole),
                   check_text(c, "correct the hours, or widen `day` (line %d)", check_line(&c->resort->entry, "day")));
    else if (within && outside)
        check_tell(c, CHECK_OUTSIDE_DAY, line, subject, check_text(c, "open %s, while the day that is rehearsed is %s", text, whole),
                   check_text(c, "widen `day` to %s", span_text(c, hours->spans[0].from_s < day.from_s ? hours->spans[0].from_s : day.from_s,
                                                                 hours->spans[hours->count - 1].to_s > day.to_s ? hours->spans[hours->count - 1].to_s : day.to_s)));
}

// A run is skied by those whom a lift has brought up.
static void run_hours(check *c, const piste_run *run) {
    const piste_resort *r = c->resort;
    int32_t line = piste_entry_field_line(&run->entry, "hours"), first = INT32_MAX, last = 0;
    bool open = !line || r->lifts.count == 0 || !open_between(&run->hours, r->day.from_s, r->day.to_s); // the last is told already
    for (int32_t i = 0; i < r->lifts.count && !open; i++) {
        const piste_hours *lift = &r->lifts.list[i].hours;
        open = lift->count == 0;
        for (int32_t k = 0; k < lift->count && !open; k++) {
            open = open_between(&run->hours, lift->spans[k].from_s, lift->spans[k].to_s);
            first = lift->spans[k].from_s < first ? lift->spans[k].from_s : first;
            last = lift->spans[k].to_s > last ? lift->spans[k].to_s : last;
        }
    }
    if (!open)
        check_tell(c, CHECK_NEVER_OPEN, line, check_subject(c, &run->entry), check_text(c, "open %s, when no lift runs (%s)", hours_text(c, &run->hours), span_text(c, first, last)),
                   "correct the hours, or those of a lift that leads to it");
}

static void all_hours(check *c) {
    const piste_resort *r = c->resort;
    hours_of(c, &r->entry, &r->hours, true, "resort");
    for (int32_t i = 0; i < r->lifts.count; i++)
        hours_of(c, &r->lifts.list[i].entry, &r->lifts.list[i].hours, true, check_subject(c, &r->lifts.list[i].entry));
    for (int32_t i = 0; i < r->runs.count; i++) {
        hours_of(c, &r->runs.list[i].entry, &r->runs.list[i].hours, false, check_subject(c, &r->runs.list[i].entry));
        run_hours(c, &r->runs.list[i]);
    }
    for (int32_t i = 0; i < r->venues.count; i++) {
        const piste_venue *v = &r->venues.list[i];
        hours_of(c, &v->entry, &v->hours, false, check_subject(c, &v->entry));
        bool always = v->kind == PISTE_VENUE_HOTEL || v->kind == PISTE_VENUE_FIRST_AID || v->kind == PISTE_VENUE_BUS_STOP || v->kind == PISTE_VENUE_PARKING;
        if (v->servers > 0 && v->hours.count == 0 && v->sessions.count == 0 && !always)
            check_tell(c, CHECK_VENUE_HOURS, v->entry.line, check_subject(c, &v->entry),
                       check_text(c, "%d serve there, and it has no hours: it is open day and night", v->servers),
                       r->hours.count ? check_text(c, "give it hours, such as %s", span_text(c, r->hours.spans[0].from_s, r->hours.spans[r->hours.count - 1].to_s))
                                      : "give it hours");
    }
}

// ---- those who come ---------------------------------------------------------------------------------------------------

// When the last lift boards; the end of the day where one has no hours.
static int32_t last_boarding(const piste_resort *r) {
    int32_t last = -1;
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const piste_hours *h = &r->lifts.list[i].hours;
        int32_t end = h->count ? h->spans[h->count - 1].to_s : r->day.to_s;
        last = end > last ? end : last;
    }
    return last;
}

static void presence(check *c, const piste_segment *s) {
    const piste_resort *r = c->resort;
    const char *subject = check_subject(c, &s->entry);
    bool leaves = s->leaving.kind != PISTE_DIST_NONE;
    if (early(&s->arrival) < r->day.from_s || late(&s->arrival) > r->day.to_s)
        check_tell(c, CHECK_OUTSIDE_DAY, check_line(&s->entry, "arrival"), subject,
                   check_text(c, "it comes between %s and %s, while the day is %s", check_clock(c, early(&s->arrival)), check_clock(c, late(&s->arrival)), span_text(c, r->day.from_s, r->day.to_s)),
                   "widen `day`, or give the arrival a min and a max within it");
    if (leaves && (early(&s->leaving) < r->day.from_s || late(&s->leaving) > r->day.to_s))
        check_tell(c, CHECK_OUTSIDE_DAY, check_line(&s->entry, "leaving"), subject,
                   check_text(c, "it leaves between %s and %s, while the day is %s", check_clock(c, early(&s->leaving)), check_clock(c, late(&s->leaving)), span_text(c, r->day.from_s, r->day.to_s)),
                   "widen `day`, or give the leaving a min and a max within it");
    double comes = piste_dist_mean(&s->arrival), goes = leaves ? piste_dist_mean(&s->leaving) : INFINITY;
    if (goes <= comes)
        check_tell(c, CHECK_LEAVES_BEFORE_ARRIVING, check_line(&s->entry, "leaving"), subject,
                   check_text(c, "on average it comes at %s and leaves at %s", check_clock(c, comes), check_clock(c, goes)), "correct arrival or leaving");
    int32_t last = last_boarding(r);
    if (last >= 0 && s->mode[PISTE_ON_FOOT] < 1 && piste_dist_draw(&s->arrival, 0.05) >= last)
        check_tell(c, CHECK_ARRIVES_TOO_LATE, check_line(&s->entry, "arrival"), subject,
                   check_text(c, "its skiers come from %s on, when the last lift has closed at %s", check_clock(c, early(&s->arrival)), check_clock(c, last)),
                   "let them come earlier, lengthen the hours of a lift, or give them mode: {foot: 100 %}");
}

// ---- visits ---------------------------------------------------------------------------------------------------------

static bool can_visit(const piste_venue *v, double from_s, double to_s) {
    for (int32_t i = 0; i < v->sessions.count; i++)
        if (v->sessions.list[i] >= from_s && v->sessions.list[i] <= to_s && piste_hours_hold(&v->hours, v->sessions.list[i]))
            return true;
    return v->sessions.count == 0 && open_between(&v->hours, from_s, to_s);
}

static const char *times_text(check *c, const piste_venue *v) {
    if (!v->sessions.count)
        return hours_text(c, &v->hours);
    const char *text = "sessions at ";
    for (int32_t i = 0; i < v->sessions.count && i < 4; i++)
        text = check_text(c, "%s%s%s", text, i ? ", " : "", check_clock(c, v->sessions.list[i]));
    return text;
}

static void visit_hours(check *c, const piste_segment *s, const piste_visit *visit) {
    const piste_resort *r = c->resort;
    bool due = visit->at.kind != PISTE_DIST_NONE;
    bool leaves = s->leaving.kind != PISTE_DIST_NONE, last = visit->when == PISTE_VISIT_LEAVING;
    double from = due ? early(&visit->at) : last && leaves ? early(&s->leaving) : early(&s->arrival);
    double end = leaves && !last ? late(&s->leaving) : r->day.to_s;
    double to = due ? fmax(late(&visit->at), from + 1) : end;
    const piste_venue *one = NULL;
    for (int32_t i = 0; i < r->venues.count; i++) {
        const piste_venue *v = &r->venues.list[i];
        if (visit->venue.index == i || (visit->kind >= 0 && v->kind == visit->kind)) {
            one = v;
            if (can_visit(v, from, due && v->sessions.count ? fmax(end, to) : to))
                return;
        }
    }
    if (!one)
        return;
    const char *what = visit->kind >= 0 ? check_text(c, "every %s", piste_venue_kind_word((piste_venue_kind)visit->kind)) : check_text(c, "%s", one->entry.key);
    check_tell(c, CHECK_VISIT_NEVER_OPEN, check_line(&visit->entry, "at venue kind"), check_subject(c, &s->entry),
               check_text(c, "%s is closed whenever its guests could go there, %s to %s (%s: %s)", what, check_clock(c, from), check_clock(c, to), one->entry.key, times_text(c, one)),
               "correct the hours or sessions, or let the visit fall due while it is open");
}

static int32_t largest_party(const piste_segment *s) {
    piste_dist_kind kind = s->party_size.kind;
    bool tailed = kind == PISTE_DIST_NORMAL || kind == PISTE_DIST_LOGNORMAL || kind == PISTE_DIST_EXPONENTIAL;
    return (int32_t)base_floor(piste_dist_draw(&s->party_size, tailed ? 0.999 : 1 - 1e-9) + 0.5);
}

static void party_in_venues(check *c, const piste_segment *s) {
    const piste_resort *r = c->resort;
    int32_t most = largest_party(s);
    for (int32_t k = 0; k < s->visits.count; k++) {
        const piste_visit *visit = &s->visits.list[k];
        const piste_venue *largest = NULL;
        for (int32_t i = 0; i < r->venues.count; i++) {
            const piste_venue *v = &r->venues.list[i];
            if (visit->venue.index != i && (visit->kind < 0 || v->kind != visit->kind))
                continue;
            if (!largest || v->seats == 0 || (largest->seats != 0 && v->seats > largest->seats)) // 0: no limit
                largest = v;
        }
        if (largest && largest->seats && largest->seats < most)
            check_tell(c, CHECK_PARTY_TOO_LARGE, check_line(&visit->entry, "venue kind"), check_subject(c, &s->entry),
                       check_text(c, "parties of up to %d, yet %s has %d seats", most, largest->entry.key, largest->seats),
                       check_text(c, "give the party-size a max of %d, or %s more seats", largest->seats, largest->entry.key));
    }
}

static void children(check *c, const piste_segment *s) {
    double people = piste_dist_mean(&s->party_size), most = people > 1 ? 1 - 1 / people : 0;
    if (s->children > most + 1e-6)
        check_tell(c, CHECK_CHILDREN_SHARE, check_line(&s->entry, "children"), check_subject(c, &s->entry),
                   check_text(c, "%.3g %% children, yet one of each party (%.3g people on average) is none: at most %.3g %%", s->children * 100, people, most * 100),
                   check_text(c, "set children: %.3g %% or less, or give it larger parties", base_floor(most * 1000) / 10));
}

// One note for the whole resort, of its largest parties: that a party of three shares two chairs is no mistake.
static void party_on_lifts(check *c) {
    const piste_resort *r = c->resort;
    const piste_segment *who = NULL;
    int32_t most = 0, small = 0;
    for (int32_t i = 0; i < r->segments.count; i++)
        if (largest_party(&r->segments.list[i]) > most) {
            who = &r->segments.list[i];
            most = largest_party(who);
        }
    const char *text = "";
    for (int32_t i = 0; i < r->lifts.count; i++) {
        const piste_lift *lift = &r->lifts.list[i];
        if (2 * lift->seats >= most || lift->seats == 1) // two carriers one behind the other are nothing to speak of
            continue;
        if (small++ < 3)
            text = check_text(c, "%s%s%s (%d)", text, *text ? ", " : "", lift->entry.key, lift->seats);
    }
    if (small && who)
        check_tell(c, CHECK_PARTY_TOO_LARGE, check_line(&who->entry, "party-size"), check_subject(c, &who->entry),
                   check_text(c, "parties of up to %d need more than two carriers of %s%s", most, text, small > 3 ? check_text(c, " and %d more", small - 3) : ""),
                   "they meet again at the top; give the party-size a max where that is not meant");
}

// ---- the resort as a whole --------------------------------------------------------------------------------------------

static void season(check *c) {
    const piste_resort *r = c->resort;
    char from[11] = "", until[11] = "", date[11] = "";
    bool both = r->season_from != PISTE_DATE_NONE && r->season_until != PISTE_DATE_NONE;
    if (r->season_from != PISTE_DATE_NONE)
        piste_date_format(r->season_from, from);
    if (r->season_until != PISTE_DATE_NONE)
        piste_date_format(r->season_until, until);
    if (both && r->season_from > r->season_until) {
        check_tell(c, CHECK_SEASON, check_line(&r->entry, "season-until"), "resort", check_text(c, "the season ends on %s, before it begins on %s", until, from),
                   "correct one of the two; a winter's last day is in the year after its first");
        return;
    }
    if (r->as_of == PISTE_DATE_NONE)
        return;
    piste_date_format(r->as_of, date);
    if ((*from && r->as_of < r->season_from) || (*until && r->as_of > r->season_until))
        check_tell(c, CHECK_OUT_OF_SEASON, check_line(&r->entry, "as-of season-from season-until"), "resort",
                   check_text(c, "%s lies outside the season of %s to %s", date, *from ? from : "...", *until ? until : "..."), "ask for another --date, or correct the season");
}

static void guests(check *c) {
    const piste_resort *r = c->resort;
    double come = 0;
    for (int32_t i = 0; i < r->segments.count; i++)
        come += r->segments.list[i].guests * r->segments.list[i].show_rate;
    if (r->segments.count == 0)
        check_tell(c, CHECK_NO_SEGMENTS, r->entry.line, "resort", "nobody comes: it has no segments", "add segments, so that a day can be rehearsed");
    else if (r->cap > 0 && come > r->cap)
        check_tell(c, CHECK_OVER_CAP, check_line(&r->entry, "cap"), "resort", check_text(c, "%.0f guests come, yet %d visits are on sale", come, r->cap),
                   check_text(c, "raise the cap, or lower the guests of the segments to %d in all", r->cap));
}

void check_day(check *c) {
    all_hours(c);
    for (int32_t i = 0; i < c->resort->segments.count; i++) {
        const piste_segment *s = &c->resort->segments.list[i];
        presence(c, s);
        for (int32_t k = 0; k < s->visits.count; k++)
            visit_hours(c, s, &s->visits.list[k]);
        party_in_venues(c, s);
        children(c, s);
    }
    party_on_lifts(c);
    season(c);
    guests(c);
}
