// osm_tags.c - what the tags of OpenStreetMap say of a lift, a run or a ski area, in OpenSkiData's words.
//
// Source of the keys: https://wiki.openstreetmap.org/wiki/Key:aerialway, .../Piste_Maps, .../Lifecycle_prefix.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import/osm.h"

static bool is_one_of(const char *word, const char *const *list) {
    for (; word && *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static const char *const lift_words[] = {"cable_car", "gondola", "chair_lift",   "mixed_lift", "drag_lift", "t-bar",
                                         "j-bar",     "platter", "magic_carpet", "rope_tow",   NULL};
// Points on the way of a lift, and states of one.
static const char *const no_lift_words[] = {"station", "pylon", "yes", "no", NULL};
static const char *const states[] = {"proposed",   "planned", "construction", "disused",    "abandoned",
                                     "demolished", "razed",   "removed",      "dismantled", NULL};

// "disused:aerialway" gives "disused" for the key "aerialway"; NULL: none of that kind.
static const char *prefixed(osm_tags tags, const char *key, const char **value) {
    for (int32_t i = 0; i < tags.count; i++)
        for (const char *const *state = states; *state; state++) {
            size_t length = strlen(*state);
            if (strncmp(tags.list[i].key, *state, length) == 0 && tags.list[i].key[length] == ':' &&
                strcmp(tags.list[i].key + length + 1, key) == 0) {
                *value = tags.list[i].value;
                return *state;
            }
        }
    return NULL;
}

// Why a lift or a run is not in use; NULL: it is.
static const char *state_of(osm_tags tags, const char **aerialway, const char **piste) {
    const char *state = NULL, *value = NULL, *railway = NULL;
    if (!*aerialway && !*piste && !osm_is(tags, "railway", "funicular")) {
        state = prefixed(tags, "aerialway", aerialway);
        if (!state && (state = prefixed(tags, "railway", &railway)) && strcmp(railway, "funicular") == 0)
            *aerialway = railway;
        if (!*aerialway)
            state = prefixed(tags, "piste:type", piste);
    } else if (*aerialway && is_one_of(*aerialway, states)) { // aerialway=construction, construction=gondola
        state = *aerialway;
        value = osm_value(tags, state);
        *aerialway = value ? value : "";
    }
    for (const char *const *s = states; !state && *s; s++)
        if (osm_is(tags, *s, "yes") || (strcmp(*s, "abandoned") == 0 && osm_is(tags, "piste:abandoned", "yes")))
            state = *s;
    return state;
}

static bool is_ski_area(osm_tags tags) {
    return osm_is(tags, "landuse", "winter_sports") || osm_is(tags, "leisure", "ski_resort") ||
           (osm_is(tags, "type", "site") && osm_is(tags, "site", "piste"));
}

osm_kind osm_kind_of(osm_tags tags) {
    const char *aerialway = osm_value(tags, "aerialway"), *piste = osm_value(tags, "piste:type");
    if (is_ski_area(tags))
        return OSM_AREA;
    (void)state_of(tags, &aerialway, &piste);
    if (aerialway)
        return is_one_of(aerialway, no_lift_words) ? OSM_NOTHING : OSM_LIFT;
    if (osm_is(tags, "railway", "funicular"))
        return OSM_LIFT;
    return piste ? OSM_RUN : OSM_NOTHING;
}

// A ring is an area unless it says no: nobody skis downhill back to where they began.
bool osm_is_closed_area(osm_tags tags, bool closed) {
    return closed && !osm_is(tags, "area", "no");
}

// ---- values ---------------------------------------------------------------------------------------------------------

bool osm_is_station(osm_tags tags) {
    static const char *const access[] = {"aerialway:access", "aerialway:winter:access", "aerialway:access:winter"};
    for (size_t i = 0; i < BASE_COUNT(access); i++)
        if (osm_is(tags, access[i], "no"))
            return false;
    return osm_is(tags, "aerialway", "station");
}

double osm_height(const char *ele) {
    char *end;
    if (!ele || strlen(ele) > 20)
        return NAN;
    double height = strtod(ele, &end);
    if (end == ele || !(height >= -500 && height <= 9000))
        return NAN;
    while (*end == ' ')
        end++;
    if (strcmp(end, "ft") == 0)
        return height * 0.3048;
    return *end == 0 || strcmp(end, "m") == 0 ? base_round(height, 2) : NAN;
}

// "7" and "4.5" are minutes, "4:30" minutes and seconds (or hours and minutes), "0:04:30" has all three.
double osm_duration(const char *text, bool clock_has_hours) {
    double part[3];
    int count = 0;
    while (count < 3) {
        char *end;
        if (!text || !((*text >= '0' && *text <= '9') || *text == '.'))
            return 0;
        part[count] = strtod(text, &end);
        if (!(part[count] >= 0 && part[count] < 10000))
            return 0;
        count++;
        text = end;
        if (*text != ':')
            break;
        text++;
    }
    while (*text == ' ')
        text++;
    if (*text && strcmp(text, "min") != 0 && strcmp(text, "minutes") != 0)
        return 0;
    double seconds = count == 1        ? part[0] * 60
                     : count == 3      ? part[0] * 3600 + part[1] * 60 + part[2]
                     : clock_has_hours ? part[0] * 3600 + part[1] * 60
                                       : part[0] * 60 + part[1];
    return base_round(seconds, 0);
}

// The first number of "4", "2400/h", "4;6".
static void set_number(json_t *out, const char *name, const char *text, double max) {
    char *end;
    double value = text && *text >= '0' && *text <= '9' ? strtod(text, &end) : 0;
    if (value >= 1 && value <= max)
        json_object_set_new(out, name, json_integer((json_int_t)value));
}

static void set_text(json_t *out, const char *name, const char *text) {
    if (text && *text)
        json_object_set_new(out, name, json_string(text));
}

static const char *either(osm_tags tags, osm_tags also, const char *key) {
    const char *value = osm_value(tags, key);
    return value ? value : osm_value(also, key);
}

static const char *first_of(const char *a, const char *b) {
    return a && *a ? a : b;
}

static void set_yes(json_t *out, const char *name, const char *value) {
    if (value && (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0))
        json_object_set_new(out, name, json_boolean(*value == 'y'));
}

// One word up to a ';', without blanks around it. False: no more.
static bool next_word(const char **list, char word[64]) {
    while (**list == ' ' || **list == ';')
        (*list)++;
    size_t length = strcspn(*list, ";"), kept = length < 63 ? length : 63;
    memcpy(word, *list, kept);
    *list += length;
    while (kept && word[kept - 1] == ' ')
        kept--;
    word[kept] = 0;
    return kept > 0;
}

// ---- lifts and runs -------------------------------------------------------------------------------------------------

static void set_lift(json_t *out, osm_tags tags, const char *aerialway) {
    const char *duration = osm_value(tags, "aerialway:duration"), *clock = osm_value(tags, "duration");
    bool is_funicular = !aerialway || strcmp(aerialway, "funicular") == 0;
    if (is_funicular || is_one_of(aerialway, lift_words))
        set_text(out, "liftType", is_funicular ? "funicular" : aerialway);
    else if (strcmp(aerialway, "zip_line") == 0 || strcmp(aerialway, "goods") == 0)
        json_object_set_new(out, "notSkied",
                            json_string(*aerialway == 'z' ? "a zip line, not a lift" : "a lift for goods"));
    else
        set_text(out, "liftType", *aerialway ? aerialway : "drag_lift");
    if (json_object_get(out, "notSkied"))
        set_text(out, "liftType", aerialway);
    set_number(out, "occupancy", first_of(osm_value(tags, "aerialway:occupancy"), osm_value(tags, "occupancy")), 250);
    set_number(out, "capacity", first_of(osm_value(tags, "aerialway:capacity"), osm_value(tags, "capacity")), 20000);
    double seconds = duration ? osm_duration(duration, false) : osm_duration(clock, true);
    if (seconds >= 1 && seconds <= 7200)
        json_object_set_new(out, "duration", json_integer((json_int_t)seconds));
    set_yes(out, "detachable", osm_value(tags, "aerialway:detachable"));
    set_yes(out, "bubble", osm_value(tags, "aerialway:bubble"));
    set_yes(out, "heating", osm_value(tags, "aerialway:heating"));
    set_yes(out, "oneway", osm_value(tags, "oneway"));
}

static void set_run(json_t *out, osm_tags tags, osm_tags also, const char *piste) {
    json_t *uses = json_array();
    char word[64];
    while (next_word(&piste, word))
        json_array_append_new(uses, json_string(word));
    if (json_array_size(uses) == 0)
        json_array_append_new(uses, json_string("unknown"));
    json_object_set_new(out, "uses", uses);
    const char *difficulty = either(tags, also, "piste:difficulty");
    if (difficulty && next_word(&difficulty, word))
        set_text(out, "difficulty", word);
    const char *grooming = either(tags, also, "piste:grooming");
    if (grooming && next_word(&grooming, word))
        set_text(out, "grooming", word);
    const char *gladed = first_of(osm_value(tags, "gladed"), osm_value(tags, "piste:gladed"));
    set_yes(out, "gladed", gladed);
    set_yes(out, "lit", first_of(osm_value(tags, "piste:lit"), osm_value(tags, "lit")));
    set_yes(out, "snowmaking", first_of(osm_value(tags, "piste:snowmaking"), osm_value(tags, "snowmaking")));
    const char *one_way = first_of(osm_value(tags, "piste:oneway"), osm_value(tags, "oneway"));
    // Downhill means one way; "-1" is turned round where the points are.
    bool downhill = false;
    for (size_t i = 0; i < json_array_size(uses); i++)
        downhill |= strcmp(json_string_value(json_array_get(uses, i)), "downhill") == 0;
    if (one_way && strcmp(one_way, "no") == 0 && !downhill)
        json_object_set_new(out, "oneway", json_false());
    else if (one_way && (strcmp(one_way, "yes") == 0 || strcmp(one_way, "-1") == 0))
        json_object_set_new(out, "oneway", json_true());
}

json_t *osm_properties(osm_kind kind, osm_tags tags, osm_tags also, const char *id) {
    const char *aerialway = osm_value(tags, "aerialway"), *piste = osm_value(tags, "piste:type");
    const char *state = state_of(tags, &aerialway, &piste);
    json_t *out = json_object(), *source = json_object(), *sources = json_array();
    set_text(out, "type", kind == OSM_LIFT ? "lift" : kind == OSM_RUN ? "run" : "skiArea");
    set_text(out, "id", id);
    set_text(out, "status", state ? state : "operating");
    const char *name = first_of(osm_value(tags, "piste:name"), osm_value(tags, "name"));
    if (!name && kind == OSM_RUN)
        name = first_of(osm_value(also, "piste:name"), osm_value(also, "name"));
    if (!name)
        name = first_of(osm_value(tags, "piste:ref"), kind == OSM_LIFT ? osm_value(tags, "ref") : NULL);
    set_text(out, "name", name);
    if (name && name == osm_value(tags, "name"))
        osm_set_names(out, tags);
    else if (name && name == osm_value(also, "name"))
        osm_set_names(out, also);
    set_text(source, "type", "openstreetmap");
    set_text(source, "id", id);
    json_array_append_new(sources, source);
    json_object_set_new(out, "sources", sources);
    set_text(out, "access", first_of(osm_value(tags, "ski"), osm_value(tags, "access")));
    if (kind == OSM_LIFT)
        set_lift(out, tags, aerialway);
    if (kind == OSM_RUN)
        set_run(out, tags, also, piste ? piste : osm_value(also, "piste:type") ? osm_value(also, "piste:type") : "");
    return out;
}
