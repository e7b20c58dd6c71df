// manual.c - the manual of resort.yaml, printed from the schema table so that it cannot drift from what is read.
#include <string.h>

#include "resort/check.h"
#include "resort/manual.h"
#include "resort/quantity.h"

enum { RECORDS_MAX = 64 };

static const char beginning[] =
    "# A resort folder\n"
    "\n"
    "This page is printed by `piste schema --markdown` from the table that the reader works by.\n"
    "\n"
    "A resort is a folder:\n"
    "\n"
    "| file | holds |\n"
    "| --- | --- |\n"
    "| `resort.yaml` | everything but geometry: places, lifts, runs, venues, guests, tariff |\n"
    "| `lifts.geojson` | lines of lifts, in OpenSkiMap's format; may be left out |\n"
    "| `runs.geojson` | lines of runs, likewise |\n"
    "\n"
    "`piste check RESORT` reads it, tells every mistake at once as `file:line:column: key: value, expected ...`, and then says\n"
    "what is well formed and yet cannot be right (below).\n"
    "\n"
    "```yaml\n"
    "piste: 1\n"
    "name: Little Hill\n"
    "zone: Europe/Vienna\n"
    "hours: 09:00-16:30\n"
    "places:\n"
    "  - {key: base, kind: base, height: 900 m, exit: yes}\n"
    "  - {key: top, kind: summit, height: 1100 m}\n"
    "lifts:\n"
    "  - {key: chair, type: chair-lift, from: base, to: top, seats: 4, interval: 7.2 s, speed: 2.3 m/s, length: 900 m}\n"
    "runs:\n"
    "  - {key: wide-run, from: top, to: base, difficulty: easy, length: 1400 m, width: 40 m}\n"
    "segments:\n"
    "  - key: day-guests\n"
    "    guests: 300\n"
    "    ability: {novice: 40 %, intermediate: 60 %}\n"
    "    arrive-at: base\n"
    "    arrival: {kind: normal, mean: 09:15, sd: 30 min, min: 08:00, max: 12:00}\n"
    "    leaving: {kind: normal, mean: 15:30, sd: 30 min, min: 13:00, max: 18:00}\n"
    "```\n"
    "\n"
    "## How values are written\n"
    "\n"
    "The file is UTF-8 and one YAML document without anchors, aliases and tags. A key is given once; a key that is not in the\n"
    "tables below is refused, and so is a value that is not understood whole: `2.3x m/s` is no speed.\n"
    "\n"
    "| kind of value | written |\n"
    "| --- | --- |\n"
    "| length | `1200 m`, `1.2 km`, `3940 ft` |\n"
    "| speed | `2.3 m/s`, `9 km/h`, `450 ft/min`, `5 mph` |\n"
    "| pace | `0.36 s/m`, `6 min/km` |\n"
    "| time | `90 s`, `1.5 min`, `2 h`, `1 d` |\n"
    "| rate | `2400 pph` (persons per hour) |\n"
    "| area | `4 ha`, `40000 m2` |\n"
    "| share, chance | `70 %` |\n"
    "| time of day | `09:30` or `09:30:15`, up to `48:00`: a business day may end after midnight |\n"
    "| span of the day | `09:00-16:30`; where spans are a list, they are in order and do not overlap |\n"
    "| date | `2019-02-02` |\n"
    "| money | `100 USD`, `99.50 EUR`: an amount and its ISO 4217 currency |\n"
    "| yes or no | `yes`, `no`, `true`, `false` |\n"
    "| key | small letters, digits and hyphens: `long-slope-2`; unique in its list on any date |\n"
    "| text | printable characters, quoted where YAML needs it |\n"
    "| language | as BCP 47 writes it: `ko`, with a script or region where it takes one: `zh-Hant`, `pt-BR` |\n"
    "\n"
    "A **distribution** is a single value (a constant) or a map:\n"
    "\n"
    "| `kind` | keys | drawn |\n"
    "| --- | --- | --- |\n"
    "| `constant` | `value` | always this |\n"
    "| `uniform` | `from`, `to` | evenly between the two |\n"
    "| `normal` | `mean`, `sd`; `fold: yes` | normal; folded: its absolute value |\n"
    "| `lognormal` | `mean`, `sd` | lognormal with that mean and standard deviation of the variable itself |\n"
    "| `exponential` | `mean` | exponential |\n"
    "| `empirical` | `values` or `edges`, and `weights` | the values, or evenly within the bins between the edges |\n"
    "\n"
    "`min` and `max` cut off what lies outside (not of constant, empirical and folded ones), and the bounds of the key do so in any\n"
    "case. Where a speed is asked for, a distribution of paces may be given instead; then 1 / x is used. The spread `sd` of a time\n"
    "of day is a time (`sd: 30 min`).\n"
    "\n"
    "Every entry of a list, and every map below, may carry three keys more:\n"
    "\n"
    "| key | meaning |\n"
    "| --- | --- |\n"
    "| `valid` | `{from: 2015-12-01, until: 2019-03-31}`: the dates on which the entry exists, both included, either may be left out; the same key may come again for other dates |\n"
    "| `basis` | `{speed: \"assumed: median of operating lifts\"}`: what a value rests on: `measured`, `published`, `chosen` or `assumed`, a colon, and the source |\n"
    "| `note` | a text for people; not read by the program |\n"
    "\n";

static const char names_and_maps[] =
    "## Names in other languages\n"
    "\n"
    "`name` is written in the resort's own language, which the key `language` of the resort tells. Whatever has a `name` may have\n"
    "`names` as well, `{ko: 대화봉, zh: 大和峰}`: pages, passes, calendars and trail signs show a reader the one in the language that\n"
    "was chosen, else one that is near to it (`zh-Hant` for `zh`), else `name`, marked as being in the resort's own. Where `language` is\n"
    "missing it is taken to be `en`: names are read out and set in type as English, so say `language: ja` where they are Japanese.\n"
    "`piste check` tells which entries lack a language that others have; a resort that is translated in part is as good as any.\n"
    "\n"
    "```yaml\n"
    "language: en\n"
    "lifts:\n"
    "  - {key: gondola, name: Gondola, names: {ko: 삭도, ru: Гондола}, from: base, to: top, seats: 4, interval: 12 s, speed: 4 m/s, length: 2100 m}\n"
    "```\n"
    "\n"
    "## The maps\n"
    "\n"
    "A feature of `lifts.geojson` or `runs.geojson` belongs to the lift or run whose key its property `key` holds. The line and its\n"
    "heights give length and vertical; `name`, `liftType`, `occupancy`, `capacity`, `duration` and `detachable` of a lift and `name`\n"
    "and `difficulty` of a run, and of both `name:ko`, `name:zh-Hant` and the like, are taken where `resort.yaml` is silent. Where both speak, `resort.yaml` is right. A place without\n"
    "`height` or `at` takes them from the first line that ends there.\n";

// ---- values -----------------------------------------------------------------------------------------------------------

static const char *const dimension_words[SCHEMA_DIMENSION_COUNT] = {
    [SCHEMA_PLAIN] = "numbers", [SCHEMA_LENGTH] = "lengths", [SCHEMA_SPEED] = "speeds or paces", [SCHEMA_DURATION] = "times",  [SCHEMA_RATE] = "rates",
    [SCHEMA_AREA] = "areas",    [SCHEMA_PACE] = "paces",     [SCHEMA_CLOCK] = "times of day",    [SCHEMA_PERSONS] = "persons"};
static const char *const quantity_words[SCHEMA_DIMENSION_COUNT] = {
    [SCHEMA_PLAIN] = "number", [SCHEMA_LENGTH] = "length", [SCHEMA_SPEED] = "speed", [SCHEMA_DURATION] = "time",        [SCHEMA_RATE] = "rate",
    [SCHEMA_AREA] = "area",    [SCHEMA_PACE] = "pace",     [SCHEMA_CLOCK] = "time of day", [SCHEMA_PERSONS] = "persons"};

static void add_words(base_text *t, const char *before, const char *const *words) {
    base_text_add(t, before);
    for (int32_t i = 0; words[i]; i++)
        base_text_format(t, "%s`%s`", i ? ", " : " ", words[i]);
}

// "a [place](#place)"
static void add_link(base_text *t, const schema_record *record) {
    base_text_format(t, "[%s](#", record->name);
    for (const char *c = record->name; *c; c++)
        base_text_add_bytes(t, *c == ' ' ? "-" : c, 1);
    base_text_add(t, ")");
}

static void add_type(base_text *t, const schema_field *f) {
    switch (f->type) {
    case SCHEMA_TEXT: base_text_add(t, "text"); break;
    case SCHEMA_KEY: base_text_add(t, "key"); break;
    case SCHEMA_REF: base_text_format(t, "key among the %s", schema_target_name(f->target)); break;
    case SCHEMA_REFS: base_text_format(t, "list of keys among the %s", schema_target_name(f->target)); break;
    case SCHEMA_INT: base_text_add(t, "whole number"); break;
    case SCHEMA_NUMBER: base_text_add(t, "number"); break;
    case SCHEMA_SHARE: base_text_add(t, "share"); break;
    case SCHEMA_QUANTITY: base_text_add(t, quantity_words[f->dimension]); break;
    case SCHEMA_SECONDS: base_text_add(t, "time, whole seconds"); break;
    case SCHEMA_RATIO: base_text_add(t, "time, exact"); break;
    case SCHEMA_BOOL: base_text_add(t, "yes or no"); break;
    case SCHEMA_WORD: add_words(t, "one of", f->words); break;
    case SCHEMA_WORDS: add_words(t, "list of", f->words); break;
    case SCHEMA_DATE: base_text_add(t, "date"); break;
    case SCHEMA_TIME: base_text_add(t, "time of day"); break;
    case SCHEMA_SPAN: base_text_add(t, "span of the day"); break;
    case SCHEMA_HOURS: base_text_add(t, "span of the day, or a list of them"); break;
    case SCHEMA_TIMES: base_text_add(t, "list of times of day"); break;
    case SCHEMA_DIST: base_text_format(t, "distribution of %s", dimension_words[f->dimension]); break;
    case SCHEMA_SHARES: add_words(t, "map to shares, 100 % in all, of", f->words); break;
    case SCHEMA_CHANCES: add_words(t, "map to chances of", f->words); break;
    case SCHEMA_LANGUAGE: base_text_add(t, "language"); break;
    case SCHEMA_NAMES: base_text_add(t, "map of languages to texts"); break;
    case SCHEMA_CURRENCY: base_text_add(t, "currency"); break;
    case SCHEMA_CURRENCIES: base_text_add(t, "list of currencies"); break;
    case SCHEMA_MONEY: base_text_add(t, "money"); break;
    case SCHEMA_POINT: base_text_add(t, "`[longitude, latitude]`"); break;
    case SCHEMA_RECORD: add_link(t, f->record); break;
    case SCHEMA_LIST:
        base_text_add(t, "list of ");
        add_link(t, f->record);
        break;
    case SCHEMA_VALID:
    case SCHEMA_BASIS:
    case SCHEMA_MAP:
    case SCHEMA_TYPE_COUNT: break;
    }
}

static void add_bounds(base_text *t, const schema_field *f) {
    char low[48], high[48];
    schema_dimension dimension = f->type == SCHEMA_INT || f->type == SCHEMA_NUMBER ? SCHEMA_PLAIN : f->dimension;
    if (f->min == 0 && f->max == 0)
        return;
    if (f->type == SCHEMA_SHARE) {
        base_text_format(t, "%.10g %% to %.10g %%", f->min * 100, f->max * 100);
        return;
    }
    quantity_format(f->min, dimension, low, sizeof low);
    quantity_format(f->max, dimension, high, sizeof high);
    base_text_format(t, f->min == f->max ? "%s" : "%s to %s", low, high);
}

static void add_default(base_text *t, const schema_field *f) {
    if (f->required)
        base_text_add(t, "**needed**");
    else if (f->fallback && f->type == SCHEMA_WORDS) { // the table has them with blanks
        base_text_add(t, "`[");
        for (const char *c = f->fallback; *c; c++)
            base_text_add_bytes(t, *c == ' ' ? ", " : c, *c == ' ' ? 2 : 1);
        base_text_add(t, "]`");
    } else if (f->fallback && *f->fallback)
        base_text_format(t, "`%s`", f->fallback);
}

// ---- records ----------------------------------------------------------------------------------------------------------

// What every entry may carry is told once, above.
static bool is_note(const schema_field *f) {
    return f->type == SCHEMA_VALID || f->type == SCHEMA_BASIS || f->offset == SIZE_MAX;
}

// Each record once, in the order in which they are met.
static int32_t list_records(const schema_record *list[RECORDS_MAX]) {
    int32_t count = 1;
    list[0] = &schema_resort;
    for (int32_t at = 0; at < count; at++)
        for (int32_t i = 0; i < list[at]->count; i++) {
            const schema_record *below = list[at]->fields[i].record;
            bool known = !below;
            for (int32_t k = 0; k < count && !known; k++)
                known = list[k] == below;
            if (!known && count < RECORDS_MAX)
                list[count++] = below;
        }
    return count;
}

static void add_record(base_text *t, const schema_record *record) {
    base_text_format(t, "\n### %s\n\n%s\n\n| key | value | bounds | default | meaning |\n| --- | --- | --- | --- | --- |\n", record->name, record->meaning);
    for (int32_t i = 0; i < record->count; i++) {
        const schema_field *f = &record->fields[i];
        if (is_note(f))
            continue;
        base_text_format(t, "| `%s` | ", f->key);
        add_type(t, f);
        base_text_add(t, " | ");
        add_bounds(t, f);
        base_text_add(t, " | ");
        add_default(t, f);
        base_text_format(t, " | %s |\n", f->meaning);
    }
}

static void add_limits(base_text *t) {
    base_text_format(t,
                     "\n## Limits\n\n| what | at most |\n| --- | --- |\n| `resort.yaml` | %d MiB, nested %d deep |\n| a map | %d MiB, %d points |\n"
                     "| entries of one list | %d |\n| a name or key | %d bytes |\n| another text | %d bytes |\n| guests of a day | %d |\n| a party | %d persons |\n| mistakes told of one folder | %d |\n",
                     PISTE_YAML_BYTES_MAX >> 20, PISTE_DEPTH_MAX, PISTE_GEOJSON_BYTES_MAX >> 20, PISTE_POINTS_MAX, PISTE_ENTRIES_MAX, PISTE_NAME_BYTES_MAX,
                     PISTE_TEXT_BYTES_MAX, PISTE_GUESTS_MAX, PISTE_PARTY_MAX, PISTE_ERRORS_MAX);
}

static void add_rules(base_text *t) {
    base_text_add(t, "\n## What `piste check` looks for\n\n"
                     "Errors make its exit code 1; warnings do so with `--strict`; notes never do.\n\n| rule | | found where |\n| --- | --- | --- |\n");
    for (int rule = 0; rule < CHECK_RULE_COUNT; rule++)
        base_text_format(t, "| `%s` | %s | %s |\n", check_rule_word((check_rule)rule), check_severity_word(check_rule_severity((check_rule)rule)), check_rule_meaning((check_rule)rule));
}

void manual_markdown(base_text *t) {
    const schema_record *records[RECORDS_MAX];
    int32_t count = list_records(records);
    base_text_add(t, beginning);
    base_text_add(t, names_and_maps);
    base_text_add(t, "\n## The keys\n");
    for (int32_t i = 0; i < count; i++)
        add_record(t, records[i]);
    add_rules(t);
    add_limits(t);
}
