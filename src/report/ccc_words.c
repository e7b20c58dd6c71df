// ccc_words.c - words and numbers of carrying-capacity sheets for people. See ccc.h.
#include <math.h>
#include <string.h>

#include "report/ccc.h"

static const double feet_per_m = 1 / 0.3048;

// None reads like the unit of the number before it: "s" behind a share or "m" behind a rise would.
const char *ccc_mark(const page *p, piste_ccc_basis basis) {
    static const char *const marks[PISTE_CCC_BASIS_COUNT] = {"*", "p", "g", "c", "†", "a"};
    return basis == PISTE_CCC_SIMULATED && p->look->ascii ? "#" : marks[basis];
}

const char *ccc_legend(page *p) {
    const char *text = "";
    for (int b = 0; b < PISTE_CCC_BASIS_COUNT; b++)
        text = page_format(p, "%s%s%s %s", text, b ? ", " : "", ccc_mark(p, (piste_ccc_basis)b),
                           piste_ccc_basis_word((piste_ccc_basis)b));
    return text;
}

typedef enum form { COUNT, ONE_DECIMAL, SHARE, HEIGHT, YES_NO, MIX } form;

static const struct {
    const char *what, *label;
    form form;
} words[] = {{"design_pph", "design capacity, pph", COUNT},
             {"access", "used for access", SHARE},
             {"loss", "lost to loading and stops", SHARE},
             {"hours", "hours", ONE_DECIMAL},
             {"rise_m", "rise", HEIGHT},
             {"serves", "abilities served", MIX},
             {"demand", "vertical demand a day", HEIGHT},
             {"there", "there at all", YES_NO},
             {"share", "share of the guests", SHARE},
             {"area_ha", "area, ha", ONE_DECIMAL},
             {"per_ha", "standard, people per ha", ONE_DECIMAL},
             {"seats", "seats", COUNT},
             {"turns", "turns", ONE_DECIMAL},
             {"servers", "counters", COUNT},
             {"per_hour", "people an hour at one", ONE_DECIMAL},
             {"sessions", "sessions", COUNT},
             {"cars", "places for cars", COUNT},
             {"coaches", "coaches a day", COUNT},
             {"people_each", "people of each", ONE_DECIMAL},
             {"beds", "beds", COUNT},
             {"visits", "visits", COUNT}};

static int find_word(const char *what) {
    for (int i = 0; i < (int)BASE_COUNT(words); i++)
        if (strcmp(words[i].what, what) == 0)
            return i;
    return -1;
}

const char *ccc_label(page *p, const char *what, bool feet) {
    int i = find_word(what);
    if (i < 0)
        return page_name(p, what, NULL);
    return words[i].form == HEIGHT ? page_format(p, "%s, %s", words[i].label, feet ? "ft" : "m") : words[i].label;
}

double ccc_height(double metres, bool feet) {
    return feet ? metres * feet_per_m : metres;
}

const char *ccc_value(page *p, const char *what, double value, bool feet) {
    int i = find_word(what);
    form f = i < 0 ? ONE_DECIMAL : words[i].form;
    if (f == MIX)
        return "mix";
    if (isnan(value))
        return "-";
    if (f == YES_NO)
        return value != 0 ? "yes" : "no";
    if (f == SHARE)
        return page_format(p, "%s %%", page_decimal(p, value * 100, 1));
    if (f == HEIGHT)
        return page_decimal(p, ccc_height(value, feet), 0);
    return page_decimal(p, value, f == COUNT ? 0 : 1);
}

const char *ccc_marked(page *p, const char *what, const piste_ccc_input *in, bool feet) {
    const char *text = ccc_value(p, what, in->value, feet);
    return isnan(in->value) ? text : page_format(p, "%s %s", text, ccc_mark(p, in->basis));
}

const char *ccc_guests(page *p, double guests) {
    return isnan(guests) ? "not known" : isinf(guests) ? "-" : page_count(p, (int64_t)base_round(guests, 0));
}

const char *ccc_signed(page *p, double change, int decimals) {
    if (isnan(change))
        return "-";
    double rounded = base_round(change, decimals);
    return page_format(p, "%s%s", rounded > 0 ? "+" : "", page_decimal(p, rounded == 0 ? 0 : change, decimals));
}

const char *ccc_date(page *p, piste_date date) {
    char text[16] = "";
    if (date == PISTE_DATE_NONE)
        return "";
    piste_date_format(date, text);
    return page_format(p, ", %s", text);
}

const char *ccc_name(page *p, const char *name, const char *key) {
    return page_name(p, name, key);
}

const char *ccc_limit_name(const piste_ccc_difference *d, const char *key) {
    const piste_ccc *both[] = {d->a, d->b};
    for (int s = 0; s < 2; s++)
        for (int32_t i = 0; i < both[s]->limits.count; i++)
            if (strcmp(both[s]->limits.list[i].key, key) == 0)
                return both[s]->limits.list[i].name;
    return key;
}

// ---- sentences -----------------------------------------------------------------------------------------------------

// By how much the luck of simulated days may have moved a figure: its standard error.
static const char *off(page *p, double error) {
    return error > 0 ? page_format(p, " (%s %s by what is simulated)", p->look->ascii ? "+-" : "±", ccc_guests(p, error))
                     : "";
}

const char *ccc_two(page *p, const piste_ccc_difference *d) {
    return page_format(p, "A is %s%s: %s skiers a day. B is %s%s: %s. From A to B: %s%s.",
                       page_name(p, d->a->resort, NULL), ccc_date(p, d->a->date), ccc_guests(p, d->a->ccc),
                       page_name(p, d->b->resort, NULL), ccc_date(p, d->b->date), ccc_guests(p, d->b->ccc),
                       ccc_signed(p, d->b->ccc - d->a->ccc, 1), off(p, d->error));
}

const char *ccc_summary(page *p, const piste_ccc *s, bool feet) {
    const piste_ccc_limit *lifts = &s->limits.list[0];
    const char *unit = feet ? "ft" : "m";
    const char *guests = lifts->share.value > 0 && lifts->share.value < 1
                             ? page_format(p, ", or %s guests, of whom %s %% ski", ccc_guests(p, lifts->guests),
                                           page_percent(p, lifts->share.value))
                             : "";
    const char *range = s->error_inputs > 0 ? page_format(p, ", %s to %s by all its inputs (95 %%)",
                                                          ccc_guests(p, s->low), ccc_guests(p, s->high))
                                            : "";
    return page_format(
        p,
        "Comfortable carrying capacity of the lifts: %s skiers a day%s%s%s. %s %s of vertical supplied, %s "
        "%s wanted by one skier.",
        ccc_guests(p, s->ccc), off(p, s->error), range, guests, page_decimal(p, ccc_height(s->supply_m, feet), 0), unit,
        page_decimal(p, ccc_height(s->demand_m, feet), 0), unit);
}

const char *ccc_binding(page *p, const piste_ccc *s) {
    int32_t unknown = 0, second = -1;
    for (int32_t i = 0; i < s->limits.count; i++) {
        const piste_ccc_limit *l = &s->limits.list[i];
        unknown += isnan(l->guests);
        if (i != s->binding && l->kind != PISTE_CCC_LIMIT_CAP && l->guests < HUGE_VAL &&
            (second < 0 || l->guests < s->limits.list[second].guests))
            second = i;
    }
    if (s->binding < 0)
        return "Nothing is known that binds.";
    const piste_ccc_limit *l = &s->limits.list[s->binding];
    const char *next = second < 0 ? ""
                                  : page_format(p, "; next: %s at %s", s->limits.list[second].name,
                                                ccc_guests(p, s->limits.list[second].guests));
    const char *rest = unknown ? page_format(p, " %d of %d limits %s not known.", unknown, s->limits.count,
                                             unknown == 1 ? "is" : "are")
                               : "";
    const char *what = unknown ? page_format(p, "Of what is known %s", l->name) : l->name;
    return page_format(p, "%s binds first, at %s guests a day%s.%s", what, ccc_guests(p, l->guests), next, rest);
}

const char *ccc_uncrowded_text(page *p, const piste_ccc *s) {
    if (s->days == 0)
        return "No day was simulated.";
    return page_format(p, "Simulated: %d days of %s guests with seeds from %llu on, who waited %s for a ride.", s->days,
                       page_count(p, s->day_guests), (unsigned long long)s->seed, page_duration(p, s->day_wait_s));
}

void ccc_rehearsal_texts(page *p, const piste_ccc *s, bool feet, const char *texts[CCC_TEXTS]) {
    const piste_ccc_rehearsal *r = &s->rehearsal;
    int at = 0;
    const char *unit = feet ? "ft" : "m";
    texts[at++] = page_format(
        p, "Sold %s visits on each of %d days (seeds from %llu on): %s came, at most %s were there at one time.",
        page_count(p, r->guests), r->days, (unsigned long long)r->seed, page_decimal(p, r->came, 0),
        page_decimal(p, r->present_max, 0));
    texts[at++] =
        page_format(p, "A ride was waited for %s on average; half of the rides within %s, nine in ten within %s.",
                    page_duration(p, r->wait_mean_s), page_duration(p, r->wait_p50_s), page_duration(p, r->wait_p90_s));
    if (*r->worst_lift_key)
        texts[at++] = page_format(p,
                                  "Worst lift: %s, %s on average, nine in ten within %s (%s on the worst day). Lifts "
                                  "where nine in ten take more than 10 minutes: %s.",
                                  ccc_name(p, r->worst_lift, r->worst_lift_key), page_duration(p, r->worst_mean_s),
                                  page_duration(p, r->worst_p90_s), page_duration(p, r->worst_p90_max_s),
                                  page_decimal(p, r->above_10_min, 0));
    if (*r->worst_run_key)
        texts[at++] = page_format(
            p, "Fullest run: %s, %s people per hectare at its peak, the standard is %s. Runs above their standard: %s.",
            ccc_name(p, r->worst_run, r->worst_run_key), page_decimal(p, r->worst_density_per_ha, 1),
            page_decimal(p, r->worst_standard_per_ha, 0), page_decimal(p, r->runs_above, 0));
    else
        texts[at++] = "How full the runs were is not known: none has a width or an area.";
    texts[at++] =
        page_format(p, "A skier rode %s times and skied %s %s; the sheet plans for %s %s.",
                    page_decimal(p, r->rides_each, 1), page_decimal(p, ccc_height(r->descent_each_m, feet), 0), unit,
                    page_decimal(p, ccc_height(s->demand_m, feet), 0), unit);
    double short_of = r->entry_wished > 0 ? r->entry_missed / r->entry_wished : 0;
    if (short_of >= 0.01)
        texts[at++] = page_format(p,
                                  "So many cannot be let in: %s of %s wishes for a ticket or equipment on arriving (%s "
                                  "%%) were not met. flow's guests "
                                  "ski all the same, so that a real day would come to less.",
                                  page_decimal(p, r->entry_missed, 0), page_decimal(p, r->entry_wished, 0),
                                  page_decimal(p, short_of * 100, 0));
    double never = r->skiers > 0 ? r->unridden / r->skiers : 0;
    texts[at++] =
        never >= 0.01
            ? page_format(p, "So many cannot ski: %s of %s who came to ski (%s %%) never rode a lift.",
                          page_decimal(p, r->unridden, 0), page_decimal(p, r->skiers, 0),
                          page_decimal(p, never * 100, 1))
            : page_format(p, "All but %s of those who came to ski rode a lift.", page_decimal(p, r->unridden, 0));
    texts[at++] = page_format(p,
                              "On an average day %s visits to venues were missed, %s people were sent out of a line, "
                              "%s brought down, %s still in line at the end.",
                              page_decimal(p, r->missed, 0), page_decimal(p, r->turned_away, 0),
                              page_decimal(p, r->assisted, 0), page_decimal(p, r->left_in_line, 0));
    texts[at] = NULL;
}
