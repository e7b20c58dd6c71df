// schema.c - every key of resort.yaml. See schema.h.
#include <stddef.h>

#include "resort/schema.h"

#define AT(type, member) .offset = offsetof(type, member)
#define RECORD(variable, text, type, is_keyed, sentence)                                                                \
    static const schema_record variable = {                                                                            \
        .name = text, .size = sizeof(type), .fields = variable##_fields,                                               \
        .count = (int32_t)(sizeof variable##_fields / sizeof variable##_fields[0]), .keyed = is_keyed,                 \
        .meaning = sentence}

// What every entry may carry.
#define NOTES                                                                                                          \
    {"valid", SCHEMA_VALID, .meaning = "dates from which and until which the entry exists, both included"},            \
    {"basis", SCHEMA_BASIS, .meaning = "what a value of this entry rests on: measured, published, chosen or assumed, " \
                                       "a colon, and the source"},                                                     \
    {"note", SCHEMA_TEXT, .offset = SIZE_MAX, .meaning = "for people; not read by the program"}
#define KEY(type) {"key", SCHEMA_KEY, AT(type, entry.key), .required = true, .meaning = "what other entries call it"}
// Whatever has a name has it in as many languages as its guests read.
#define NAMES {"names", SCHEMA_NAMES, AT(piste_entry, names), .meaning = "the same in other languages, such as {ko: ..., zh-Hant: ...}"}
#define NAME(type) {"name", SCHEMA_TEXT, AT(type, name), .meaning = "what people call it"}, NAMES

static const char *const place_words[] = {"station", "junction", "base", "summit", NULL};
static const char *const closing_words[] = {"serve", "turn-away", NULL};
static const char *const cause_words[] = {"loading", "mechanical", "electrical", "wind", "injury", NULL};
static const char *const serves_words[] = {"person", "party", NULL};
static const char *const model_words[] = {"logit", "fixed", "uniform", NULL};
static const char *const when_words[] = {"arriving", "during", "leaving", NULL};
static const char *const gun_words[] = {"lance", "fan", NULL};
static const char *const comes_words[] = {"car", "coach", "hotel", "other", NULL};
static const char *const fixture_words[] = {"trail-sign", "loudspeaker", "snowmobile", "groomer", "camera-point", NULL};

static const schema_field place_fields[] = {
    KEY(piste_place),
    NAME(piste_place),
    {"kind", SCHEMA_WORD, AT(piste_place, kind), .words = place_words, .fallback = "junction",
     .meaning = "what the place is"},
    {"height", SCHEMA_QUANTITY, AT(piste_place, height_m), .dimension = SCHEMA_LENGTH, .min = -500, .max = 9000,
     .meaning = "above sea level"},
    {"at", SCHEMA_POINT, AT(piste_place, lon_deg), .meaning = "[longitude, latitude] in degrees (WGS 84)"},
    {"exit", SCHEMA_BOOL, AT(piste_place, is_exit), .fallback = "no",
     .meaning = "whether guests come and leave here"},
    NOTES};
RECORD(place, "place", piste_place, true, "A point people meet at: a station, a junction, a base area, a summit.");

static const schema_field station_fields[] = {
    {"place", SCHEMA_REF, AT(piste_lift_station, place), .required = true, .target = SCHEMA_PLACES,
     .meaning = "where people get on and off"},
    {"at", SCHEMA_QUANTITY, AT(piste_lift_station, at_m), .required = true, .dimension = SCHEMA_LENGTH, .min = 1,
     .max = 20000, .meaning = "distance from the bottom along the line"},
    NOTES};
RECORD(station, "station", piste_lift_station, false, "A station between the two ends of a lift.");

static const schema_field stop_fields[] = {
    {"cause", SCHEMA_WORD, AT(piste_stop, cause), .required = true, .words = cause_words, .meaning = "why the lift stops"},
    {"every", SCHEMA_QUANTITY, AT(piste_stop, every_s), .required = true, .dimension = SCHEMA_DURATION, .min = 30,
     .max = 3.2e7, .meaning = "mean running time between such stops; the times are exponential"},
    {"duration", SCHEMA_DIST, AT(piste_stop, duration), .required = true, .dimension = SCHEMA_DURATION, .min = 0,
     .max = 172800, .meaning = "how long such a stop lasts"},
    NOTES};
RECORD(stop, "stop", piste_stop, false, "One way in which a lift stops.");

static const schema_field slow_fields[] = {
    {"cause", SCHEMA_WORD, AT(piste_slow, cause), .required = true, .words = cause_words, .meaning = "why the lift slows down"},
    {"every", SCHEMA_QUANTITY, AT(piste_slow, every_s), .required = true, .dimension = SCHEMA_DURATION, .min = 30,
     .max = 3.2e7, .meaning = "mean running time between such slow-downs; the times are exponential"},
    {"duration", SCHEMA_DIST, AT(piste_slow, duration), .required = true, .dimension = SCHEMA_DURATION, .min = 0,
     .max = 172800, .meaning = "how long it lasts"},
    {"speed", SCHEMA_SHARE, AT(piste_slow, speed), .required = true, .min = 0.1, .max = 0.99,
     .meaning = "of the full one, to a hundredth of a percent"},
    NOTES};
RECORD(slow, "slow-down", piste_slow, false, "One way in which a lift runs slower for a while.");

static const schema_field carriers_off_fields[] = {
    {"share", SCHEMA_SHARE, AT(piste_carriers_off, share), .required = true, .min = 0.0001, .max = 0.95,
     .meaning = "of the carriers, to a hundredth of a percent; shares of one time add up, to 95 % at most"},
    {"hours", SCHEMA_HOURS, AT(piste_carriers_off, hours), .meaning = "when; always where not given"},
    NOTES};
RECORD(carriers_off, "carriers off", piste_carriers_off, false, "Carriers that are off the rope for a time, evenly spread.");

static const schema_field outage_fields[] = {
    {"hours", SCHEMA_HOURS, AT(piste_outage, hours), .meaning = "time of day; the whole day where not given"},
    {"reason", SCHEMA_TEXT, AT(piste_outage, reason), .required = true, .meaning = "what is said to guests"},
    NOTES};
RECORD(outage, "outage", piste_outage, false, "A time in which the lift does not run: give its dates as `valid`.");

static const schema_field reserved_fields[] = {
    {"lane", SCHEMA_INT, AT(piste_reserved, lane), .required = true, .min = 1, .max = 8, .meaning = "counted from 1"},
    {"segment", SCHEMA_REF, AT(piste_reserved, segment), .required = true, .target = SCHEMA_SEGMENTS,
     .meaning = "who may use it"},
    {"hours", SCHEMA_HOURS, AT(piste_reserved, hours), .meaning = "when; always where not given"},
    NOTES};
RECORD(reserved, "reservation", piste_reserved, false, "A lane of the queue that is kept for one segment.");

static const schema_field lift_fields[] = {
    KEY(piste_lift),
    NAME(piste_lift),
    {"type", SCHEMA_WORD, AT(piste_lift, type), .words = schema_lift_type_words,
     .meaning = "kind of lift, in OpenSkiMap's words; from the map where not given"},
    {"from", SCHEMA_REF, AT(piste_lift, from), .required = true, .target = SCHEMA_PLACES, .meaning = "bottom station"},
    {"to", SCHEMA_REF, AT(piste_lift, to), .required = true, .target = SCHEMA_PLACES, .meaning = "top station"},
    {"stations", SCHEMA_LIST, AT(piste_lift, stations), .record = &station, .meaning = "stations in between, from the bottom"},
    {"seats", SCHEMA_INT, AT(piste_lift, seats), .min = 1, .max = 250,
     .meaning = "persons of one carrier (chair, cabin, bar, place on a carpet); the map's `occupancy` where not given"},
    {"interval", SCHEMA_RATIO, AT(piste_lift, interval_s), .dimension = SCHEMA_DURATION, .min = 0.5, .max = 7200,
     .meaning = "time between two carriers, exact"},
    {"capacity", SCHEMA_QUANTITY, AT(piste_lift, capacity_pph), .dimension = SCHEMA_RATE, .min = 1, .max = 20000,
     .meaning = "design capacity; give the interval or the capacity; the map's `capacity` where neither is given"},
    {"speed", SCHEMA_QUANTITY, AT(piste_lift, speed_mps), .dimension = SCHEMA_SPEED, .min = 0.1, .max = 20,
     .meaning = "of the line"},
    {"duration", SCHEMA_SECONDS, AT(piste_lift, ride_given_s), .dimension = SCHEMA_DURATION, .min = 1, .max = 7200,
     .meaning = "ride from bottom to top; give the speed or the duration; the map's `duration` where neither is given"},
    {"length", SCHEMA_QUANTITY, AT(piste_lift, length_m), .dimension = SCHEMA_LENGTH, .min = 1, .max = 20000,
     .meaning = "along the line; from the map's geometry where not given"},
    {"vertical", SCHEMA_QUANTITY, AT(piste_lift, vertical_m), .dimension = SCHEMA_LENGTH, .min = 0, .max = 4000,
     .meaning = "rise; from the heights of the two places or of the map where not given"},
    {"detachable", SCHEMA_BOOL, AT(piste_lift, detachable), .fallback = "no", .meaning = "carriers leave the rope in the stations"},
    {"bubble", SCHEMA_BOOL, AT(piste_lift, bubble), .fallback = "no", .meaning = "carriers have a hood"},
    {"up", SCHEMA_WORDS, AT(piste_lift, up), .words = schema_mode_words, .fallback = "ski snowboard",
     .meaning = "whom it carries up"},
    {"down", SCHEMA_WORDS, AT(piste_lift, down), .words = schema_mode_words, .meaning = "whom it carries down; nobody where not given"},
    {"lanes", SCHEMA_INT, AT(piste_lift, lanes), .fallback = "1", .min = 1, .max = 8,
     .meaning = "lanes of the queue, the singles line not counted; the loader takes the largest party that fits from their heads"},
    {"singles-line", SCHEMA_BOOL, AT(piste_lift, singles_line), .fallback = "no",
     .meaning = "a further lane for people alone, who fill what the others leave"},
    {"misload", SCHEMA_CHANCES, AT(piste_lift, misload), .words = schema_ability_words,
     .meaning = "chance that the boarding of one person of that ability stops the lift"},
    {"misload-stop", SCHEMA_DIST, AT(piste_lift, misload_stop), .dimension = SCHEMA_DURATION, .min = 0, .max = 3600,
     .fallback = "10 s", .meaning = "how long a misload stops the lift"},
    {"stops", SCHEMA_LIST, AT(piste_lift, stops), .record = &stop, .meaning = "its other stops"},
    {"slows", SCHEMA_LIST, AT(piste_lift, slows), .record = &slow, .meaning = "its slow-downs"},
    {"slow-loading", SCHEMA_CHANCES, AT(piste_lift, slow_loading), .words = schema_ability_words,
     .meaning = "chance that the attendant slows the lift for the boarding of one person of that ability"},
    {"slow-loading-on-foot", SCHEMA_SHARE, AT(piste_lift, slow_loading_on_foot), .fallback = "0 %",
     .meaning = "the same chance for one person on foot, whatever the ability"},
    {"slow-loading-children", SCHEMA_SHARE, AT(piste_lift, slow_loading_children),
     .meaning = "the same chance for one small child (see `children` of a segment); that of its ability where not given"},
    {"slow-loading-for", SCHEMA_DIST, AT(piste_lift, slow_loading_for), .dimension = SCHEMA_DURATION, .min = 0, .max = 3600,
     .fallback = "15 s", .meaning = "how long it then runs slower"},
    {"slow-loading-speed", SCHEMA_SHARE, AT(piste_lift, slow_loading_speed), .min = 0.1, .max = 0.99, .fallback = "60 %",
     .meaning = "of the full one, while someone boards slowly"},
    {"carriers-off", SCHEMA_LIST, AT(piste_lift, carriers_off), .record = &carriers_off, .meaning = "carriers taken off the rope"},
    {"outages", SCHEMA_LIST, AT(piste_lift, outages), .record = &outage, .meaning = "times in which it does not run"},
    {"reserved", SCHEMA_LIST, AT(piste_lift, reserved), .record = &reserved, .meaning = "lanes kept for some"},
    {"access", SCHEMA_SHARE, AT(piste_lift, access),
     .meaning = "of its rides up, that only bring people to where they ski (`piste ccc`); simulated where not given"},
    {"loss", SCHEMA_SHARE, AT(piste_lift, loss),
     .meaning = "of the design capacity, lost to empty seats, misloads and stops at a full queue (`piste ccc`); worked out where not given"},
    {"serves", SCHEMA_SHARES, AT(piste_lift, serves), .words = schema_ability_words,
     .meaning = "who skis from it, shares of guests by ability (`piste ccc`); follows from its runs where not given"},
    {"wind-limit", SCHEMA_QUANTITY, AT(piste_lift, wind_limit_mps), .dimension = SCHEMA_SPEED, .min = 3, .max = 60,
     .meaning = "wind above which it is held"},
    {"wind-check", SCHEMA_SECONDS, AT(piste_lift, wind_check_s), .dimension = SCHEMA_DURATION, .min = 60, .max = 14400, .fallback = "30 min",
     .meaning = "how often the wind is looked at while it is held"},
    {"line-check", SCHEMA_SECONDS, AT(piste_lift, line_check_s), .dimension = SCHEMA_DURATION, .min = 0, .max = 14400, .fallback = "15 min",
     .meaning = "from the look that finds the wind low enough until it opens again; the wind must stay so"},
    {"clearing-speed", SCHEMA_SHARE, AT(piste_lift, clearing_speed), .min = 0.1, .max = 1, .fallback = "50 %",
     .meaning = "of the full one, at which riders are brought off when it is held"},
    {"evacuate-after", SCHEMA_SECONDS, AT(piste_lift, evacuate_after_s), .dimension = SCHEMA_DURATION, .min = 60, .max = 86400,
     .meaning = "a stop that has lasted so long and goes on has its riders brought down by patrol; never where not given"},
    {"evacuate-each", SCHEMA_DIST, AT(piste_lift, evacuate_each), .dimension = SCHEMA_DURATION, .min = 10, .max = 7200, .fallback = "5 min",
     .meaning = "how long one team takes for one carrier"},
    {"evacuate-teams", SCHEMA_INT, AT(piste_lift, evacuate_teams), .min = 1, .max = 100, .fallback = "2", .meaning = "of patrol, at work at one time"},
    {"hours", SCHEMA_HOURS, AT(piste_lift, hours), .meaning = "first to last boarding; the resort's where not given"},
    {"at-closing", SCHEMA_WORD, AT(piste_lift, at_closing), .words = closing_words, .fallback = "serve",
     .meaning = "what happens to those in line at the last boarding"},
    {"weight", SCHEMA_NUMBER, AT(piste_lift, weight), .min = 0, .max = 1e9, .fallback = "1",
     .meaning = "share of those at its bottom who take it, in proportion, where the choice is `fixed`"},
    {"closed", SCHEMA_BOOL, AT(piste_lift, closed), .fallback = "no", .meaning = "out of use"},
    {"on-map", SCHEMA_BOOL, AT(piste_lift, on_map), .fallback = "yes",
     .meaning = "no: the map that the resort was read from lacks it; it is counted apart"},
    NOTES};
RECORD(lift, "lift", piste_lift, true, "A way up: carriers that leave one after the other.");

static const schema_field run_fields[] = {
    KEY(piste_run),
    NAME(piste_run),
    {"from", SCHEMA_REF, AT(piste_run, from), .required = true, .target = SCHEMA_PLACES, .meaning = "where it begins"},
    {"to", SCHEMA_REF, AT(piste_run, to), .required = true, .target = SCHEMA_PLACES, .meaning = "where it ends"},
    {"difficulty", SCHEMA_WORD, AT(piste_run, difficulty), .words = schema_difficulty_words,
     .meaning = "in OpenSkiMap's words; from the map where not given"},
    {"length", SCHEMA_QUANTITY, AT(piste_run, length_m), .dimension = SCHEMA_LENGTH, .min = 1, .max = 40000,
     .meaning = "on the slope; from the map's geometry where not given"},
    {"vertical", SCHEMA_QUANTITY, AT(piste_run, vertical_m), .dimension = SCHEMA_LENGTH, .min = -200, .max = 4000,
     .meaning = "drop, negative where it climbs; from the map or the heights of the two places where not given"},
    {"width", SCHEMA_QUANTITY, AT(piste_run, width_m), .dimension = SCHEMA_LENGTH, .min = 1, .max = 1000, .meaning = "mean width"},
    {"area", SCHEMA_QUANTITY, AT(piste_run, area_ha), .dimension = SCHEMA_AREA, .min = 0.001, .max = 2000,
     .meaning = "length times width where not given"},
    {"gladed", SCHEMA_BOOL, AT(piste_run, gladed), .fallback = "no", .meaning = "among trees"},
    {"lit", SCHEMA_BOOL, AT(piste_run, lit), .fallback = "no", .meaning = "lit at night"},
    {"hours", SCHEMA_HOURS, AT(piste_run, hours), .meaning = "when it may be entered; the resort's where not given"},
    {"weight", SCHEMA_NUMBER, AT(piste_run, weight), .min = 0, .max = 1e9, .fallback = "1",
     .meaning = "share of those at its top who take it, in proportion, where the choice is `fixed`"},
    {"closed", SCHEMA_BOOL, AT(piste_run, closed), .fallback = "no", .meaning = "out of use: nobody skis it, on the way home either"},
    {"on-map", SCHEMA_BOOL, AT(piste_run, on_map), .fallback = "yes",
     .meaning = "no: the map that the resort was read from lacks it; it is counted apart"},
    NOTES};
RECORD(run, "run", piste_run, true, "A section of slope between two places, skied downwards.");

static const schema_field walk_fields[] = {
    KEY(piste_walk),
    NAME(piste_walk),
    {"from", SCHEMA_REF, AT(piste_walk, from), .required = true, .target = SCHEMA_PLACES, .meaning = "one end"},
    {"to", SCHEMA_REF, AT(piste_walk, to), .required = true, .target = SCHEMA_PLACES, .meaning = "the other end"},
    {"length", SCHEMA_QUANTITY, AT(piste_walk, length_m), .dimension = SCHEMA_LENGTH, .min = 0, .max = 20000,
     .meaning = "give the length or the duration"},
    {"duration", SCHEMA_QUANTITY, AT(piste_walk, duration_s), .dimension = SCHEMA_DURATION, .min = 0, .max = 14400,
     .meaning = "length / walking speed where not given"},
    {"one-way", SCHEMA_BOOL, AT(piste_walk, one_way), .fallback = "no", .meaning = "cannot be walked back"},
    {"modes", SCHEMA_WORDS, AT(piste_walk, modes), .words = schema_mode_words, .fallback = "ski snowboard foot",
     .meaning = "who goes there"},
    {"weight", SCHEMA_NUMBER, AT(piste_walk, weight), .min = 0, .max = 1e9, .fallback = "1",
     .meaning = "share of those at its beginning who take it, in proportion, where the choice is `fixed`"},
    NOTES};
RECORD(walk, "walk", piste_walk, true, "A way between two places that is walked, poled or skated.");

static const schema_field slope_fields[] = {
    KEY(piste_slope),
    NAME(piste_slope),
    {"number", SCHEMA_INT, AT(piste_slope, number), .min = 1, .max = 9999, .meaning = "on the trail sign"},
    {"difficulty", SCHEMA_WORD, AT(piste_slope, difficulty), .words = schema_difficulty_words,
     .meaning = "of the whole; that of the hardest section where not given"},
    {"sections", SCHEMA_REFS, AT(piste_slope, sections), .required = true, .target = SCHEMA_RUNS,
     .meaning = "keys of its runs from the top down, each beginning where the one before ends; slopes may share them"},
    NOTES};
RECORD(slope, "slope", piste_slope, true, "What the trail sign names: an ordered list of runs.");

static const schema_field room_fields[] = {
    KEY(piste_room),
    NAME(piste_room),
    {"rooms", SCHEMA_INT, AT(piste_room, rooms), .required = true, .min = 1, .max = 10000, .meaning = "rooms of this class"},
    {"beds", SCHEMA_INT, AT(piste_room, beds), .required = true, .min = 1, .max = 20, .meaning = "beds of one room"},
    {"price", SCHEMA_MONEY, AT(piste_room, currency), .meaning = "for a night"},
    NOTES};
RECORD(room, "room class", piste_room, true, "A class of rooms of a hotel.");

static const schema_field stock_fields[] = {
    KEY(piste_stock),
    NAME(piste_stock),
    {"count", SCHEMA_INT, AT(piste_stock, count), .required = true, .min = 0, .max = 1000000, .meaning = "pieces"},
    NOTES};
RECORD(stock, "stock", piste_stock, true, "What a venue lends, sells or keeps.");

static const schema_field venue_fields[] = {
    KEY(piste_venue),
    NAME(piste_venue),
    {"kind", SCHEMA_WORD, AT(piste_venue, kind), .required = true, .words = schema_venue_kind_words, .meaning = "what it is"},
    {"place", SCHEMA_REF, AT(piste_venue, place), .required = true, .target = SCHEMA_PLACES, .meaning = "where it is"},
    {"servers", SCHEMA_INT, AT(piste_venue, servers), .min = 0, .max = 10000, .fallback = "0",
     .meaning = "counters, fitters, instructors who serve at one time; 0: nobody is waited for"},
    {"serves", SCHEMA_WORD, AT(piste_venue, serves_parties), .words = serves_words, .fallback = "person",
     .meaning = "whether a service is for one person or for a whole party"},
    {"service-time", SCHEMA_DIST, AT(piste_venue, service_time), .dimension = SCHEMA_DURATION, .min = 0, .max = 86400,
     .meaning = "how long one service takes"},
    {"seats", SCHEMA_INT, AT(piste_venue, seats), .min = 0, .max = 100000, .fallback = "0",
     .meaning = "persons inside at one time, or in one session; 0: no limit"},
    {"stay", SCHEMA_DIST, AT(piste_venue, stay), .dimension = SCHEMA_DURATION, .min = 0, .max = 172800,
     .meaning = "how long people stay after the service"},
    {"sessions", SCHEMA_TIMES, AT(piste_venue, sessions), .meaning = "when classes or sessions begin; people wait for the next one with room"},
    {"hours", SCHEMA_HOURS, AT(piste_venue, hours), .meaning = "when people are let in; always where not given"},
    {"standard", SCHEMA_TEXT, AT(piste_venue, standard), .fallback = "", .meaning = "for hotels of more than one standard"},
    {"rooms", SCHEMA_LIST, AT(piste_venue, rooms), .record = &room, .meaning = "classes of rooms"},
    {"stock", SCHEMA_LIST, AT(piste_venue, stock), .record = &stock, .meaning = "what it lends or keeps"},
    {"turns", SCHEMA_NUMBER, AT(piste_venue, turns), .min = 0.01, .max = 100,
     .meaning = "how often each seat is taken in the hours of meals (`piste ccc`); follows from the stay where not given"},
    {"places", SCHEMA_INT, AT(piste_venue, places), .min = 0, .max = 100000, .fallback = "0",
     .meaning = "for cars (parking), or coaches a day (bus-stop), for `piste ccc`; 0: not known"},
    {"per-place", SCHEMA_NUMBER, AT(piste_venue, per_place), .min = 0.1, .max = 500,
     .meaning = "people of one car or coach (`piste ccc`); 2.4 and 40 where not given"},
    NOTES};
RECORD(venue, "venue", piste_venue, true, "Where guests spend time off the snow or beside it.");

static const schema_field fixture_fields[] = {
    KEY(piste_fixture),
    NAME(piste_fixture),
    {"kind", SCHEMA_WORD, AT(piste_fixture, kind), .required = true, .words = fixture_words, .meaning = "what it is"},
    {"place", SCHEMA_REF, AT(piste_fixture, place), .required = true, .target = SCHEMA_PLACES, .meaning = "where it is"},
    {"count", SCHEMA_INT, AT(piste_fixture, count), .min = 1, .max = 10000, .fallback = "1", .meaning = "how many"},
    NOTES};
RECORD(fixture, "fixture", piste_fixture, true, "What stands or is kept at a place and is not visited.");

static const schema_field gun_fields[] = {
    KEY(piste_gun),
    {"kind", SCHEMA_WORD, AT(piste_gun, kind), .required = true, .words = gun_words, .meaning = "lance or fan gun"},
    {"run", SCHEMA_REF, AT(piste_gun, run), .required = true, .target = SCHEMA_RUNS, .meaning = "the run it serves"},
    {"count", SCHEMA_INT, AT(piste_gun, count), .min = 1, .max = 1000, .fallback = "1", .meaning = "how many"},
    NOTES};
RECORD(gun, "snow gun", piste_gun, true, "Snow guns of one run.");

static const schema_field traits_fields[] = {
    {"ability", SCHEMA_WORD, AT(piste_ability_traits, ability), .required = true, .words = schema_ability_words, .meaning = "of whom"},
    {"speed", SCHEMA_DIST, AT(piste_ability_traits, speed), .dimension = SCHEMA_SPEED, .min = 0.05, .max = 60,
     .meaning = "while moving, as a speed or a pace (s/m); one draw for a guest's day"},
    {"variation", SCHEMA_DIST, AT(piste_ability_traits, variation), .dimension = SCHEMA_PLAIN, .min = 0.05, .max = 20,
     .meaning = "by which the time of one descent is multiplied"},
    {"rest", SCHEMA_DIST, AT(piste_ability_traits, rest), .dimension = SCHEMA_DURATION, .min = 0, .max = 7200,
     .meaning = "standing still in a descent of 1 km; in a longer or shorter one in proportion"},
    {"stamina", SCHEMA_DIST, AT(piste_ability_traits, stamina), .dimension = SCHEMA_LENGTH, .min = 1, .max = 1e6,
     .meaning = "metres of descent after which a guest has had enough"},
    {"hardest", SCHEMA_WORD, AT(piste_ability_traits, hardest), .words = schema_difficulty_words, .meaning = "nothing above is skied"},
    {"liked", SCHEMA_WORD, AT(piste_ability_traits, liked), .words = schema_difficulty_words, .meaning = "what pleases most"},
    {"demand", SCHEMA_QUANTITY, AT(piste_ability_traits, demand_m), .dimension = SCHEMA_LENGTH, .min = 1, .max = 100000,
     .meaning = "vertical that one guest skis in a day, as is planned for (`piste ccc`); simulated where not given"},
    NOTES};
RECORD(traits, "ability", piste_ability_traits, false, "How people of one ability ski; what is left out is as in docs/models.md.");

static const schema_field choice_fields[] = {
    {"model", SCHEMA_WORD, AT(piste_choice, model), .words = model_words, .fallback = "logit",
     .meaning = "logit: looking ahead; fixed: by the weights of the ways; uniform: each way alike"},
    {"scale", SCHEMA_QUANTITY, AT(piste_choice, scale_s), .dimension = SCHEMA_DURATION, .min = 1, .max = 36000, .fallback = "4 min",
     .meaning = "of the logit: differences well above it decide, well below it hardly matter"},
    {"discount", SCHEMA_SHARE, AT(piste_choice, discount), .fallback = "70 %",
     .meaning = "how much of the worth of what lies behind the next boarding counts now"},
    {"pleasure", SCHEMA_QUANTITY, AT(piste_choice, pleasure_s_per_m), .dimension = SCHEMA_PACE, .min = 0, .max = 36, .fallback = "6 min/km",
     .meaning = "how long one would wait for a length of run of the liked difficulty"},
    {"aversion", SCHEMA_SHARE, AT(piste_choice, aversion), .fallback = "35 %",
     .meaning = "share of the pleasure lost, times the square of the steps of difficulty away from the liked one"},
    {"fatigue", SCHEMA_SHARE, AT(piste_choice, fatigue), .fallback = "10 %",
     .meaning = "of five hours on skis that a guest would not spend for a descent of the whole stamina; in proportion for less"},
    {"wait-weight", SCHEMA_NUMBER, AT(piste_choice, wait_weight), .min = 0, .max = 100, .fallback = "1", .meaning = "worth of a minute in line"},
    {"ride-weight", SCHEMA_NUMBER, AT(piste_choice, ride_weight), .min = 0, .max = 100, .fallback = "0.3", .meaning = "worth of a minute on a lift"},
    {"walk-weight", SCHEMA_NUMBER, AT(piste_choice, walk_weight), .min = 0, .max = 100, .fallback = "1.5", .meaning = "worth of a minute on a walk"},
    {"novelty", SCHEMA_QUANTITY, AT(piste_choice, novelty_s), .dimension = SCHEMA_DURATION, .min = 0, .max = 3600, .fallback = "2 min",
     .meaning = "lost for each time that the run was skied before that day, up to 4"},
    {"refresh", SCHEMA_QUANTITY, AT(piste_choice, refresh_s), .dimension = SCHEMA_DURATION, .min = 10, .max = 36000, .fallback = "5 min",
     .meaning = "how often guests think of the waits anew"},
    {"memory", SCHEMA_QUANTITY, AT(piste_choice, memory_s), .dimension = SCHEMA_DURATION, .min = 0, .max = 36000, .fallback = "20 min",
     .meaning = "how slowly what they think of a line that they do not see follows it; wait boards, where there are any, are believed instead"},
    {"crowding", SCHEMA_SHARE, AT(piste_choice, crowding), .fallback = "20 %",
     .meaning = "of the pleasure of a run lost where it is as crowded as its standard allows; in proportion for less and more"},
    NOTES};
RECORD(choice, "choice", piste_choice, false, "How guests choose their next way; the kind of figures is assumed throughout.");

static const schema_field visit_fields[] = {
    {"when", SCHEMA_WORD, AT(piste_visit, when), .words = when_words, .fallback = "arriving",
     .meaning = "before the first ride, during the day, or on leaving; an item with `at` is during the day"},
    {"venue", SCHEMA_REF, AT(piste_visit, venue), .target = SCHEMA_VENUES, .meaning = "this venue"},
    {"kind", SCHEMA_WORD, AT(piste_visit, kind), .words = schema_venue_kind_words, .meaning = "or the one of this kind that takes least time"},
    {"place", SCHEMA_REF, AT(piste_visit, place), .target = SCHEMA_PLACES, .meaning = "or this place, to stay there"},
    {"share", SCHEMA_SHARE, AT(piste_visit, share), .fallback = "100 %", .meaning = "of the parties who do it"},
    {"at", SCHEMA_DIST, AT(piste_visit, at), .dimension = SCHEMA_CLOCK, .min = 0, .max = 172800, .meaning = "time of day when it falls due"},
    {"stay", SCHEMA_DIST, AT(piste_visit, stay), .dimension = SCHEMA_DURATION, .min = 0, .max = 172800, .meaning = "instead of the venue's own"},
    {"who", SCHEMA_WORDS, AT(piste_visit, who), .words = schema_ability_words,
     .meaning = "those of the party who go, by ability, while the others do as they like; everyone where not given"},
    {"together", SCHEMA_BOOL, AT(piste_visit, together), .fallback = "no",
     .meaning = "a party that has parted meets here again: those who come first wait for the others, up to half an hour"},
    NOTES};
RECORD(visit, "visit", piste_visit, false, "One thing that a party does in a day; they are done in order.");

static const schema_field segment_fields[] = {
    KEY(piste_segment),
    NAME(piste_segment),
    {"guests", SCHEMA_INT, AT(piste_segment, guests), .required = true, .min = 0, .max = PISTE_GUESTS_MAX, .meaning = "people on the day described"},
    {"party-size", SCHEMA_DIST, AT(piste_segment, party_size), .dimension = SCHEMA_PERSONS, .min = 1, .max = PISTE_PARTY_MAX, .fallback = "1",
     .meaning = "people who stay together"},
    {"children", SCHEMA_SHARE, AT(piste_segment, children), .fallback = "0 %",
     .meaning = "of its people who are small children: they ride lifts with an adult; the first of a party is never one"},
    {"ability", SCHEMA_SHARES, AT(piste_segment, ability), .required = true, .words = schema_ability_words, .meaning = "shares of its people"},
    {"mode", SCHEMA_SHARES, AT(piste_segment, mode), .words = schema_mode_words, .meaning = "shares of its parties; all on skis where not given"},
    {"arrive-at", SCHEMA_REF, AT(piste_segment, arrive_at), .required = true, .target = SCHEMA_PLACES, .meaning = "where they come in"},
    {"arrival", SCHEMA_DIST, AT(piste_segment, arrival), .required = true, .dimension = SCHEMA_CLOCK, .min = 0, .max = 172800, .meaning = "time of day"},
    {"leave-at", SCHEMA_REF, AT(piste_segment, leave_at), .target = SCHEMA_PLACES, .meaning = "where they go out; `arrive-at` where not given"},
    {"leaving", SCHEMA_DIST, AT(piste_segment, leaving), .dimension = SCHEMA_CLOCK, .min = 0, .max = 172800,
     .meaning = "time of day when they set out for home; never (a closed population) where neither it nor `departs` is given"},
    {"departs", SCHEMA_TIMES, AT(piste_segment, departs),
     .meaning = "when its coaches leave from `leave-at`: it goes with the next one, and without `leaving` sets out 45 min before the last"},
    {"show-rate", SCHEMA_SHARE, AT(piste_segment, show_rate), .fallback = "100 %", .meaning = "of those who bought, who come"},
    {"comes", SCHEMA_SHARES, AT(piste_segment, comes), .words = comes_words,
     .meaning = "how its people come: by car, by coach, from a hotel of the resort, or otherwise (`piste ccc`)"},
    {"price-class", SCHEMA_TEXT, AT(piste_segment, price_class), .fallback = "", .meaning = "what they pay as"},
    {"buys", SCHEMA_TEXT, AT(piste_segment, buys), .fallback = "", .meaning = "the product of the tariff whose price they respond to"},
    {"elasticity", SCHEMA_NUMBER, AT(piste_segment, elasticity), .min = 0, .max = 10, .fallback = "0",
     .meaning = "in experiments that change that price: visits times (new price / old price) to the power of minus this"},
    {"visits", SCHEMA_LIST, AT(piste_segment, visits), .record = &visit, .meaning = "what a party does in the day besides skiing, in order"},
    {"choice", SCHEMA_RECORD, AT(piste_segment, choice), .record = &choice, .meaning = "how they choose; what is left out is as the resort's `choice` says"},
    NOTES};
RECORD(segment, "segment", piste_segment, true, "A share of the market with its own habits.");

static const schema_field rate_fields[] = {
    {"from", SCHEMA_CURRENCY, AT(piste_rate, from), .required = true, .meaning = "one unit of this"},
    {"to", SCHEMA_CURRENCY, AT(piste_rate, to), .required = true, .meaning = "is worth `rate` units of this"},
    {"rate", SCHEMA_NUMBER, AT(piste_rate, rate), .required = true, .min = 1e-9, .max = 1e9, .meaning = "a quote, never overwritten"},
    {"date", SCHEMA_DATE, AT(piste_rate, date), .required = true, .meaning = "of the quote"},
    {"source", SCHEMA_TEXT, AT(piste_rate, source), .required = true, .meaning = "of the quote"},
    NOTES};
RECORD(rate, "rate", piste_rate, false, "A dated quote between two currencies.");

static const schema_field price_class_fields[] = {
    KEY(piste_price_class),
    NAME(piste_price_class),
    {"age-from", SCHEMA_INT, AT(piste_price_class, age_from), .min = 0, .max = 130, .fallback = "0", .meaning = "years"},
    {"age-until", SCHEMA_INT, AT(piste_price_class, age_until), .min = 0, .max = 130, .fallback = "0", .meaning = "years, included; 0: any"},
    {"group-from", SCHEMA_INT, AT(piste_price_class, group_from), .min = 0, .max = 10000, .fallback = "0", .meaning = "persons; 0: any"},
    NOTES};
RECORD(price_class, "price class", piste_price_class, true, "Who pays alike.");

static const schema_field price_fields[] = {
    {"product", SCHEMA_TEXT, AT(piste_price, product), .required = true, .meaning = "what is sold"},
    {"names", SCHEMA_NAMES, AT(piste_entry, names),
     .meaning = "the product in other languages, such as {ko: ..., zh-Hant: ...}; at one of its prices is enough"},
    {"class", SCHEMA_REF, AT(piste_price, price_class), .required = true, .target = SCHEMA_CLASSES, .meaning = "to whom"},
    {"amount", SCHEMA_MONEY, AT(piste_price, currency), .required = true, .meaning = "with its currency"},
    NOTES};
RECORD(price, "price", piste_price, false, "A price of a product for a class, by date.");

static const schema_field tariff_fields[] = {
    {"currency", SCHEMA_CURRENCY, AT(piste_tariff, currency), .required = true, .meaning = "of the books"},
    {"currencies", SCHEMA_CURRENCIES, AT(piste_tariff, currencies), .required = true, .meaning = "taken in payment"},
    {"rates", SCHEMA_LIST, AT(piste_tariff, rates), .record = &rate, .meaning = "between currencies"},
    {"classes", SCHEMA_LIST, AT(piste_tariff, classes), .record = &price_class, .meaning = "price classes"},
    {"prices", SCHEMA_LIST, AT(piste_tariff, prices), .record = &price, .meaning = "of products"},
    NOTES};
RECORD(tariff, "tariff", piste_tariff, false, "What is sold, to whom, for how much.");

static const schema_field wind_fields[] = {
    {"hours", SCHEMA_HOURS, AT(piste_wind, hours), .meaning = "when; the whole day where not given"},
    {"speed", SCHEMA_QUANTITY, AT(piste_wind, speed_mps), .required = true, .dimension = SCHEMA_SPEED, .min = 0, .max = 100,
     .meaning = "at the lifts; where several hold the strongest counts"},
    NOTES};
RECORD(wind, "wind", piste_wind, false, "Wind of a part of the day, against the `wind-limit` of each lift; calm at other times.");

static const schema_field mix_fields[] = {
    {"segment", SCHEMA_REF, AT(piste_mix, segment), .required = true, .target = SCHEMA_SEGMENTS, .meaning = "of whom"},
    {"times", SCHEMA_DIST, AT(piste_mix, times), .required = true, .dimension = SCHEMA_PLAIN, .min = 0, .max = 100,
     .meaning = "by which the segment's share of the visits is multiplied; one draw for a day"},
    NOTES};
RECORD(mix, "mix", piste_mix, false, "How much more or less of a segment comes on such a day.");

static const schema_field day_type_fields[] = {
    KEY(piste_day_type),
    NAME(piste_day_type),
    {"share", SCHEMA_SHARE, AT(piste_day_type, share), .required = true, .meaning = "of the season's days; the shares sum to 100 %"},
    {"closed", SCHEMA_BOOL, AT(piste_day_type, closed), .fallback = "no", .meaning = "the resort does not open: such days are counted apart"},
    {"mix", SCHEMA_LIST, AT(piste_day_type, mix), .record = &mix, .meaning = "of segments, against the usual one"},
    {"show", SCHEMA_DIST, AT(piste_day_type, show), .dimension = SCHEMA_PLAIN, .min = 0, .max = 10, .fallback = "1",
     .meaning = "by which all show rates are multiplied, up to 100 %; one draw for a day"},
    {"stops", SCHEMA_DIST, AT(piste_day_type, stops), .dimension = SCHEMA_PLAIN, .min = 0.01, .max = 100, .fallback = "1",
     .meaning = "how many times as often lifts stop and slow down, misloads too; one draw for a day"},
    {"wind", SCHEMA_DIST, AT(piste_day_type, wind), .dimension = SCHEMA_SPEED, .min = 0, .max = 100,
     .meaning = "the strongest of the day: the resort's `wind` is scaled to it; blowing all day where the resort has none; one draw for a day"},
    {"closed-runs", SCHEMA_REFS, AT(piste_day_type, closed_runs), .target = SCHEMA_RUNS, .meaning = "out of use on such a day"},
    {"closed-lifts", SCHEMA_REFS, AT(piste_day_type, closed_lifts), .target = SCHEMA_LIFTS, .meaning = "out of use on such a day"},
    NOTES};
RECORD(day_type, "day type", piste_day_type, true,
       "A kind of day of the season. `piste day` rehearses the day as written; many days are drawn from the types by their shares.");

static const schema_field patrol_fields[] = {
    {"opening", SCHEMA_SECONDS, AT(piste_patrol, opening_s), .dimension = SCHEMA_DURATION, .min = 0, .max = 14400, .fallback = "15 min",
     .meaning = "from coming to the top of a run, with the first carrier, until the run is open"},
    {"sweep", SCHEMA_SECONDS, AT(piste_patrol, sweep_s), .dimension = SCHEMA_DURATION, .min = 0, .max = 14400, .fallback = "20 min",
     .meaning = "from the last rider who can have come to the top of a run until the run is closed"},
    NOTES};
RECORD(patrol, "patrol", piste_patrol, false,
       "Opens and closes the runs that have no hours of their own. Where it is given, closed runs are not skied home on either.");

static const schema_field planning_fields[] = {
    {"on-slopes", SCHEMA_SHARE, AT(piste_planning, on_slopes), .min = 0.001, .max = 1,
     .meaning = "of the day's guests, who are on runs at one time when most are; simulated where not given"},
    {"meals", SCHEMA_SPAN, AT(piste_planning, meals), .fallback = "11:00-14:00", .meaning = "when seats of restaurants are needed"},
    {"rental-until", SCHEMA_TIME, AT(piste_planning, rental_until_s), .fallback = "11:00", .meaning = "when the last have their equipment"},
    NOTES};
RECORD(planning, "planning", piste_planning, false, "What `piste ccc` takes from the resort as a whole.");

static const schema_field resort_fields[] = {
    {"piste", SCHEMA_INT, AT(piste_resort, format), .required = true, .min = 1, .max = 1, .meaning = "format of this file: 1"},
    {"name", SCHEMA_TEXT, AT(piste_resort, name), .required = true, .meaning = "of the resort"},
    NAMES,
    {"language", SCHEMA_LANGUAGE, AT(piste_resort, language), .fallback = "en",
     .meaning = "in which every `name` is written; where it is not so and this key is missing, pages say that names are English"},
    {"zone", SCHEMA_TEXT, AT(piste_resort, zone), .required = true, .meaning = "IANA time zone, such as Asia/Pyongyang"},
    {"attribution", SCHEMA_TEXT, AT(piste_resort, attribution), .fallback = "", .meaning = "to whom map data is owed"},
    {"as-of", SCHEMA_DATE, AT(piste_resort, as_of), .meaning = "the date that is meant where none is asked for"},
    {"season-from", SCHEMA_DATE, AT(piste_resort, season_from), .meaning = "first day"},
    {"season-until", SCHEMA_DATE, AT(piste_resort, season_until), .meaning = "last day"},
    {"day", SCHEMA_SPAN, AT(piste_resort, day), .fallback = "06:00-23:00",
     .meaning = "what is rehearsed of a business day; it may end after midnight (26:00)"},
    {"hours", SCHEMA_HOURS, AT(piste_resort, hours), .meaning = "of lifts and runs that have none of their own"},
    {"walking-speed", SCHEMA_QUANTITY, AT(piste_resort, walking_speed_mps), .dimension = SCHEMA_SPEED, .min = 0.2, .max = 5, .fallback = "1 m/s",
     .meaning = "in ski boots or on snow"},
    {"wait-boards", SCHEMA_QUANTITY, AT(piste_resort, board_delay_s), .dimension = SCHEMA_DURATION, .min = 0, .max = 7200,
     .meaning = "boards show everyone the waits of all lifts as they were so long ago; no boards where not given"},
    {"crowding-slows", SCHEMA_SHARE, AT(piste_resort, crowding_slows), .fallback = "20 %",
     .meaning = "how much longer a run takes where it is as crowded as its standard allows; 0 %: not at all"},
    {"cap", SCHEMA_INT, AT(piste_resort, cap), .min = 0, .max = PISTE_GUESTS_MAX, .fallback = "0", .meaning = "visits on sale for one day; 0: none stated"},
    {"patrol", SCHEMA_RECORD, AT(piste_resort, patrol), .record = &patrol, .meaning = "who opens runs and sweeps them; runs open with their hours where not given"},
    {"planning", SCHEMA_RECORD, AT(piste_resort, planning), .record = &planning, .meaning = "for the sheet of its carrying capacity"},
    {"wind", SCHEMA_LIST, AT(piste_resort, wind), .record = &wind, .meaning = "by hours"},
    {"places", SCHEMA_LIST, AT(piste_resort, places), .required = true, .record = &place, .meaning = "where ways meet"},
    {"lifts", SCHEMA_LIST, AT(piste_resort, lifts), .record = &lift, .meaning = "ways up"},
    {"runs", SCHEMA_LIST, AT(piste_resort, runs), .record = &run, .meaning = "ways down"},
    {"walks", SCHEMA_LIST, AT(piste_resort, walks), .record = &walk, .meaning = "ways between"},
    {"slopes", SCHEMA_LIST, AT(piste_resort, slopes), .record = &slope, .meaning = "what the trail sign names"},
    {"venues", SCHEMA_LIST, AT(piste_resort, venues), .record = &venue, .meaning = "where guests spend time"},
    {"fixtures", SCHEMA_LIST, AT(piste_resort, fixtures), .record = &fixture, .meaning = "what else is there"},
    {"snow-guns", SCHEMA_LIST, AT(piste_resort, guns), .record = &gun, .meaning = "by run"},
    {"segments", SCHEMA_LIST, AT(piste_resort, segments), .record = &segment, .meaning = "who comes"},
    {"abilities", SCHEMA_LIST, AT(piste_resort, abilities), .record = &traits, .meaning = "how they ski"},
    {"choice", SCHEMA_RECORD, AT(piste_resort, choice), .record = &choice, .meaning = "how they choose"},
    {"day-types", SCHEMA_LIST, AT(piste_resort, day_types), .record = &day_type, .meaning = "how the season's days differ"},
    {"tariff", SCHEMA_RECORD, AT(piste_resort, tariff), .record = &tariff, .meaning = "what they pay"},
    NOTES};
const schema_record schema_resort = {.name = "resort",
                                     .size = sizeof(piste_resort),
                                     .fields = resort_fields,
                                     .count = (int32_t)(sizeof resort_fields / sizeof resort_fields[0]),
                                     .meaning = "One resort."};
