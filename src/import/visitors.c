// visitors.c - who comes and what stands at each base: assumed throughout, in the size of the hill.
//
// The four segments together have the abilities 5/15/25/35/15/5 % [planning]; about 70 % come between 8 and 10 (NSAA
// Journal 2015), and one in ten rents (Mt Hood Meadows).
#include "import/import.h"

static int32_t at_least(int32_t least, double value) {
    int32_t whole = (int32_t)base_floor(value + 0.999);
    return whole < least ? least : whole;
}

// One base area: what is there carries its key behind its own, but for the first one.
typedef struct base_area {
    const char *place, *suffix, *name;
    int32_t guests;
} base_area;

static void begin_venue(const base_area *at, const char *key, const char *name, const char *kind, base_text *out) {
    base_text_format(out, "  - key: %s%s\n    name: ", key, at->suffix);
    if (*at->suffix) {
        base_text whole = {0};
        base_text_format(&whole, "%s, %s", name, at->name);
        import_yaml_text(out, whole.data ? whole.data : name);
        out->failed |= whole.failed;
        base_text_release(&whole);
    } else
        import_yaml_text(out, name);
    base_text_format(out, "\n    kind: %s\n", kind);
}

static void end_venue(const base_area *at, const char *bases, base_text *out) {
    base_text_format(out,
                     "    place: %s\n"
                     "    basis:\n"
                     "      kind: \"assumed: every base has one; where it is was not on the map\"\n%s",
                     at->place, bases);
}

static void write_counters(const base_area *at, base_text *out) {
    double guests = at->guests;
    begin_venue(at, "ticket-office", "Ticket office", "ticket-office", out);
    base_text_format(out,
                     "    servers: %d\n"
                     "    serves: party\n"
                     "    service-time: {kind: lognormal, mean: 60 s, sd: 30 s, max: 300 s}\n"
                     "    hours: 07:30-16:00\n",
                     at_least(1, guests / 150));
    end_venue(at,
              "      servers: \"assumed: one window for 150 guests [planning]\"\n"
              "      service-time: \"assumed: [planning]\"\n",
              out);
    begin_venue(at, "rental", "Rental", "rental", out);
    base_text_format(out,
                     "    servers: %d\n"
                     "    service-time: {kind: lognormal, mean: 4 min, sd: 2 min, max: 15 min}\n"
                     "    hours: 07:30-16:30\n",
                     at_least(2, guests / 100));
    end_venue(at,
              "      servers: \"assumed: one fitter for 100 guests, of whom one in ten rents [planning]\"\n"
              "      service-time: \"assumed: [planning]\"\n",
              out);
}

static void write_venues(const base_area *at, base_text *out) {
    double guests = at->guests;
    begin_venue(at, "parking", "Car park", "parking", out);
    end_venue(at, "", out);
    write_counters(at, out);
    begin_venue(at, "lodge", "Lodge", "restaurant", out);
    base_text_format(out,
                     "    servers: %d\n"
                     "    serves: party\n"
                     "    service-time: {kind: lognormal, mean: 90 s, sd: 45 s, max: 10 min}\n"
                     "    seats: %d\n"
                     "    stay: {kind: normal, mean: 35 min, sd: 10 min, min: 10 min, max: 90 min}\n"
                     "    hours: 08:00-16:30\n",
                     at_least(1, guests / 150), at_least(20, guests * 0.4));
    end_venue(at,
              "      servers: \"assumed: one till for 150 guests [planning]\"\n"
              "      seats: \"assumed: a seat for four guests in ten [planning]\"\n"
              "      service-time: \"assumed: [planning]\"\n"
              "      stay: \"assumed: [planning]\"\n",
              out);
    begin_venue(at, "ski-school", "Ski school", "school", out);
    base_text_format(out,
                     "    seats: %d\n"
                     "    stay: 55 min\n"
                     "    sessions: [09:30, 10:30, 11:30, 13:00, 14:00]\n",
                     at_least(12, guests / 20));
    end_venue(at,
              "      seats: \"assumed: one guest in twenty in one class [planning]\"\n"
              "      sessions: \"assumed: [planning]\"\n"
              "      stay: \"assumed: [planning]\"\n",
              out);
    begin_venue(at, "first-aid", "First aid", "first-aid", out);
    end_venue(at, "", out);
}

typedef struct people {
    const char *key, *name;
    double share; // of all guests; the first takes what is left
    const char *party_size, *ability, *arrival, *leaving, *visits;
} people;

#define MORNING "{kind: empirical, edges: [07:30, 08:00, 09:00, 10:00, 11:30], weights: [8, 32, 38, 22]}"
#define LUNCH "{kind: normal, mean: 12:15, sd: 30 min, min: 11:00, max: 14:00}"

static const people segments[] = {
    {.key = "day-visitors",
     .name = "Local day visitors",
     .share = 0.45,
     .party_size = "{kind: empirical, values: [1, 2, 3, 4, 5], weights: [20, 40, 20, 15, 5]}",
     .ability =
         "{beginner: 2 %, novice: 10 %, low-intermediate: 24 %, intermediate: 42 %, advanced-intermediate: 18 %, "
         "expert: 4 %}",
     .arrival = MORNING,
     .leaving = "{kind: normal, mean: 14:50, sd: 50 min, min: 12:30, max: 16:00}",
     .visits = "      - {when: arriving, kind: ticket-office}\n"
               "      - {when: arriving, kind: rental, share: 5 %}\n"
               "      - {kind: restaurant, share: 60 %, at: " LUNCH "}\n"},
    {.key = "families",
     .name = "Families and beginners",
     .share = 0.20,
     .party_size = "{kind: empirical, values: [2, 3, 4, 5], weights: [25, 30, 35, 10]}",
     .ability =
         "{beginner: 10 %, novice: 25 %, low-intermediate: 35 %, intermediate: 25 %, advanced-intermediate: 5 %, "
         "expert: 0 %}",
     .arrival = MORNING,
     .leaving = "{kind: normal, mean: 14:20, sd: 45 min, min: 12:30, max: 16:00}",
     .visits = "      - {when: arriving, kind: ticket-office}\n"
               "      - {when: arriving, kind: rental, share: 30 %}\n"
               "      - {kind: school, share: 15 %, at: {kind: empirical, values: [09:15, 10:15], weights: [60, 40]}}\n"
               "      - {kind: restaurant, share: 80 %, at: " LUNCH "}\n"},
    {.key = "school-class",
     .name = "School classes",
     .share = 0.15,
     .ability =
         "{beginner: 15 %, novice: 35 %, low-intermediate: 35 %, intermediate: 15 %, advanced-intermediate: 0 %, "
         "expert: 0 %}",
     .arrival = "{kind: uniform, from: 08:30, to: 09:30}",
     .leaving = "{kind: uniform, from: 14:00, to: 14:45}",
     .visits = "      - {when: arriving, kind: rental, share: 15 %}\n"
               "      - {kind: restaurant, at: {kind: uniform, from: 11:30, to: 12:30}}\n"},
    {.key = "season-pass",
     .name = "Season-pass skiers",
     .share = 0.20,
     .party_size = "{kind: empirical, values: [1, 2, 3], weights: [50, 40, 10]}",
     .ability = "{beginner: 0 %, novice: 0 %, low-intermediate: 10 %, intermediate: 45 %, advanced-intermediate: 30 %, "
                "expert: 15 %}",
     .arrival = MORNING,
     .leaving = "{kind: normal, mean: 14:00, sd: 75 min, min: 12:00, max: 16:00}",
     .visits = "      - {kind: restaurant, share: 40 %, at: " LUNCH "}\n"},
};

static void write_segment(const base_area *at, bool several, const people *p, int32_t guests, base_text *out) {
    base_text_format(out, "  - key: %s%s\n    name: ", p->key, at->suffix);
    if (*at->suffix) {
        base_text whole = {0};
        base_text_format(&whole, "%s, %s", p->name, at->name);
        import_yaml_text(out, whole.data ? whole.data : p->name);
        out->failed |= whole.failed;
        base_text_release(&whole);
    } else
        import_yaml_text(out, p->name);
    base_text_format(out, "\n    guests: %d\n", guests);
    if (p->party_size)
        base_text_format(out, "    party-size: %s\n", p->party_size);
    else // one teacher's group
        base_text_format(out, "    party-size: %d\n", guests < 8 ? at_least(1, guests) : 8);
    base_text_format(out,
                     "    ability: %s\n"
                     "    arrive-at: %s\n"
                     "    arrival: %s\n"
                     "    leaving: %s\n"
                     "    visits:\n%s"
                     "    basis:\n",
                     p->ability, at->place, p->arrival, p->leaving, p->visits);
    base_text_format(out, "      guests: \"assumed: %.0f %% of what the lifts carry%s; report.txt has the rule\"\n",
                     p->share * 100, several ? ", as far as they come in here" : "");
    if (several)
        base_text_add(out,
                      "      arrive-at: \"assumed: a base area in the valley; its lifts' capacity is its share\"\n");
    base_text_add(out,
                  "      party-size: \"assumed: [planning]\"\n"
                  "      ability: \"assumed: all segments together 5/15/25/35/15/5 % [planning]\"\n"
                  "      arrival: \"assumed: about 70 % come between 8 and 10 (NSAA Journal 2015)\"\n"
                  "      leaving: \"assumed: [planning]\"\n"
                  "      visits: \"assumed: about one guest in ten rents (Mt Hood Meadows); the rest [planning]\"\n");
}

static void write_segments(const base_area *at, bool several, base_text *out) {
    int32_t count[BASE_COUNT(segments)], left = at->guests;
    for (size_t i = 1; i < BASE_COUNT(segments); i++) {
        count[i] = (int32_t)base_round(at->guests * segments[i].share, 0);
        left -= count[i];
    }
    count[0] = left;
    for (size_t i = 0; i < BASE_COUNT(segments); i++)
        write_segment(at, several, &segments[i], count[i], out);
}

void import_yaml_visitors(importer *im, base_text *out) {
    for (int pass = 0; pass < 2; pass++) {
        base_text_add(out, pass ? "\nsegments:\n" : "\nvenues:\n");
        for (int32_t i = 0; i < im->arrival_count; i++) {
            const import_place *place = &im->places[im->place_of[im->arrivals[i].node]];
            const base_area at = {.place = place->key,
                                  .suffix = i ? import_format(im, "-%s", place->key) : "",
                                  .name = place->name,
                                  .guests = im->arrivals[i].guests};
            if (pass)
                write_segments(&at, im->arrival_count > 1, out);
            else
                write_venues(&at, out);
        }
    }
}
