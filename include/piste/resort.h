// piste/resort.h - the resort itself: places, lifts, runs, walks, venues, guests, tariff; read from a folder.
//
//     piste_resort *resort;
//     if (piste_resort_load("resorts/masikryong", PISTE_DATE_NONE, errors, &resort) == PISTE_OK) {
//         printf("%s has %d lifts\n", resort->name, resort->lifts.count);
//         piste_resort_destroy(resort);
//     }
//
// A resort is a folder: resort.yaml, and lifts.geojson and runs.geojson where geometry is known (docs/guide/resort.md).
// It is loaded as of a date: whatever is not valid on that date is not there. A loaded resort is never changed, so any
// number of threads may read it; everything in it lives until piste_resort_destroy.
//
// Units are SI throughout and stand in the names. Numbers from a file are finite and within the bounds of the schema.
// A double that was not given is NaN before loading has derived it, and never NaN afterwards unless its comment says so.
#ifndef PISTE_RESORT_H
#define PISTE_RESORT_H

#include "piste/date.h"
#include "piste/dist.h"
#include "piste/status.h"

#ifdef __cplusplus
extern "C" {
#endif

// Limits, checked while loading.
enum {
    PISTE_YAML_BYTES_MAX = 16 << 20,
    PISTE_GEOJSON_BYTES_MAX = 256 << 20,
    PISTE_DEPTH_MAX = 32,         // nesting of YAML
    PISTE_ENTRIES_MAX = 20000,    // of one list
    PISTE_POINTS_MAX = 1000000,   // of all geometry of one file
    PISTE_NAME_BYTES_MAX = 200,
    PISTE_LANGUAGES_MAX = 40,     // that a name is given in
    PISTE_TEXT_BYTES_MAX = 4000,
    PISTE_GUESTS_MAX = 1000000,   // people of one day
    PISTE_PARTY_MAX = 60          // people who stay together
};

typedef enum piste_ability {
    PISTE_BEGINNER,
    PISTE_NOVICE,
    PISTE_LOW_INTERMEDIATE,
    PISTE_INTERMEDIATE,
    PISTE_ADVANCED_INTERMEDIATE,
    PISTE_EXPERT,
    PISTE_ABILITY_COUNT
} piste_ability;

// OpenSkiMap's words.
typedef enum piste_difficulty {
    PISTE_DIFFICULTY_NOVICE,
    PISTE_DIFFICULTY_EASY,
    PISTE_DIFFICULTY_INTERMEDIATE,
    PISTE_DIFFICULTY_ADVANCED,
    PISTE_DIFFICULTY_EXPERT,
    PISTE_DIFFICULTY_FREERIDE,
    PISTE_DIFFICULTY_EXTREME,
    PISTE_DIFFICULTY_COUNT
} piste_difficulty;

// How trail signs colour difficulties: OpenSkiMap's difficultyConvention.
typedef enum piste_convention { PISTE_CONVENTION_EUROPE, PISTE_CONVENTION_NORTH_AMERICA, PISTE_CONVENTION_JAPAN } piste_convention;

typedef enum piste_lift_type { // OpenSkiMap's words, with '-' for '_'
    PISTE_LIFT_CABLE_CAR,
    PISTE_LIFT_GONDOLA,
    PISTE_LIFT_CHAIR,
    PISTE_LIFT_MIXED,
    PISTE_LIFT_DRAG,
    PISTE_LIFT_T_BAR,
    PISTE_LIFT_J_BAR,
    PISTE_LIFT_PLATTER,
    PISTE_LIFT_ROPE_TOW,
    PISTE_LIFT_CARPET,
    PISTE_LIFT_FUNICULAR,
    PISTE_LIFT_RAILWAY,
    PISTE_LIFT_TYPE_COUNT
} piste_lift_type;

typedef enum piste_venue_kind {
    PISTE_VENUE_TICKET_OFFICE,
    PISTE_VENUE_RENTAL,
    PISTE_VENUE_LOCKERS,
    PISTE_VENUE_SKI_RACKS,
    PISTE_VENUE_SCHOOL,
    PISTE_VENUE_RINK,
    PISTE_VENUE_PARK,
    PISTE_VENUE_RESTAURANT,
    PISTE_VENUE_BAR,
    PISTE_VENUE_HOTEL,
    PISTE_VENUE_POOL,
    PISTE_VENUE_SAUNA,
    PISTE_VENUE_KARAOKE,
    PISTE_VENUE_SHOP,
    PISTE_VENUE_FIRST_AID,
    PISTE_VENUE_BUS_STOP,
    PISTE_VENUE_PARKING,
    PISTE_VENUE_OTHER,
    PISTE_VENUE_KIND_COUNT
} piste_venue_kind;

// How a guest moves; sets of them are bit masks (1u << PISTE_ON_SKIS | ...).
typedef enum piste_mode { PISTE_ON_SKIS, PISTE_ON_SNOWBOARD, PISTE_ON_FOOT, PISTE_MODE_COUNT } piste_mode;

typedef enum piste_place_kind {
    PISTE_PLACE_STATION,
    PISTE_PLACE_JUNCTION,
    PISTE_PLACE_BASE,
    PISTE_PLACE_SUMMIT
} piste_place_kind;

typedef enum piste_choice_model { PISTE_CHOICE_LOGIT, PISTE_CHOICE_FIXED, PISTE_CHOICE_UNIFORM } piste_choice_model;

typedef enum piste_at_closing { PISTE_CLOSING_SERVE, PISTE_CLOSING_TURN_AWAY } piste_at_closing;

typedef enum piste_stop_cause {
    PISTE_STOP_LOADING,
    PISTE_STOP_MECHANICAL,
    PISTE_STOP_ELECTRICAL,
    PISTE_STOP_WIND,
    PISTE_STOP_INJURY,
    PISTE_STOP_CAUSE_COUNT
} piste_stop_cause;

// What a value rests on. A value written in the file without a basis counts as the owner's own ("given").
typedef enum piste_basis_kind {
    PISTE_BASIS_MEASURED,
    PISTE_BASIS_PUBLISHED,
    PISTE_BASIS_CHOSEN,   // decided by those who wrote the file, where nothing is known
    PISTE_BASIS_ASSUMED,  // taken from elsewhere, to be corrected by the owner
    PISTE_BASIS_KIND_COUNT
} piste_basis_kind;

// The words of the enumerations above as they stand in files ("t-bar", "low-intermediate"); NULL out of range.
PISTE_API const char *piste_ability_word(piste_ability ability);
PISTE_API const char *piste_difficulty_word(piste_difficulty difficulty);
PISTE_API const char *piste_lift_type_word(piste_lift_type type);
PISTE_API const char *piste_venue_kind_word(piste_venue_kind kind);
PISTE_API const char *piste_basis_kind_word(piste_basis_kind kind);

typedef struct piste_basis {
    const char *field; // the key it speaks of, such as "speed"
    piste_basis_kind kind;
    const char *source; // "median of 2,302 operating US lifts"
} piste_basis;

// A name in another language than the resort's own.
typedef struct piste_name {
    const char *language; // BCP 47: "ko", "zh-Hant"
    const char *text;
} piste_name;

// What every entry of a list begins with: its key, and where each of its values stands in the file.
typedef struct piste_entry {
    const char *key;            // [a-z0-9-], unique in its list on any date; NULL where a list has no keys
    int32_t line;               // of the entry in resort.yaml
    const void *record;         // the schema's record (internal)
    const int32_t *field_line;  // line of each field in the order of the schema, 0 where it was not given (internal)
    const piste_basis *basis;
    int32_t basis_count;
    piste_date from, until;     // valid from..until, both included; PISTE_DATE_NONE is open
    const piste_name *names;    // of what has a name: the same in other languages, each once
    int32_t names_count;
} piste_entry;

// Line of a key such as "speed" in an entry; 0 where the file does not give it.
PISTE_API int32_t piste_entry_field_line(const piste_entry *entry, const char *field);
// What the value of a key rests on; NULL where the file says nothing.
PISTE_API const piste_basis *piste_entry_field_basis(const piste_entry *entry, const char *field);

// The name of an entry for somebody who reads `language` (BCP 47): in that language, else in one that is near to it
// (zh for zh-Hant), else `name` itself, which is in the resort's own.
PISTE_API const char *piste_entry_name_in(const piste_entry *entry, const char *language, const char *name);

// A reference to another entry: the key as written, and its index in that list. index is -1 where none was given.
typedef struct piste_ref {
    const char *key;
    int32_t index;
} piste_ref;

// A span of a business day, in seconds after its midnight; `to` may pass 24 h. from < to.
typedef struct piste_span {
    int32_t from_s, to_s;
} piste_span;

typedef struct piste_hours {
    const piste_span *spans; // in order, not overlapping; NULL and 0: not given (then open all day)
    int32_t count;
} piste_hours;

// Whether `second` of the business day lies in one of the spans (always, where none is given).
PISTE_API bool piste_hours_hold(const piste_hours *hours, int32_t second);

typedef struct piste_point {
    double lon_deg, lat_deg;
    double height_m; // NaN where unknown
} piste_point;

typedef struct piste_line {
    const piste_point *points; // in the direction of travel (lifts: upwards as drawn); NULL where there is no geometry
    int32_t count;
    int32_t feature; // index in its GeoJSON file, -1 where there is none
    const char *feature_id;
} piste_line;

typedef struct piste_place {
    piste_entry entry;
    const char *name; // the key where the file gives no name
    int32_t kind;                   // piste_place_kind
    double height_m;                // NaN where unknown
    double lon_deg, lat_deg;        // NaN where unknown
    bool is_exit;                   // guests may leave the resort here (bus, car park, hotel)
} piste_place;

typedef struct piste_stop { // one way in which a lift stops
    piste_entry entry;
    int32_t cause;            // piste_stop_cause
    double every_s;           // mean running time between stops; the times are exponential
    piste_dist duration;      // s
} piste_stop;

typedef struct piste_slow { // one way in which a lift slows down
    piste_entry entry;
    int32_t cause;            // piste_stop_cause
    double every_s;           // mean running time between; the times are exponential
    piste_dist duration;      // s
    double speed;             // share of the full speed, 0.1 to 0.99
} piste_slow;

typedef struct piste_wind { // at the lifts; none at other times
    piste_entry entry;
    piste_hours hours;
    double speed_mps;
} piste_wind;

typedef struct piste_carriers_off { // taken off the rope, evenly
    piste_entry entry;
    double share;             // of the carriers, up to 0.95
    piste_hours hours;
} piste_carriers_off;

typedef struct piste_lift_station { // between the two ends
    piste_entry entry;
    piste_ref place;
    double at_m;              // from the bottom, along the line
} piste_lift_station;

typedef struct piste_outage {
    piste_entry entry;        // its validity gives the dates; hours, where given, the time of day
    piste_hours hours;
    const char *reason;
} piste_outage;

typedef struct piste_reserved { // a lane kept for some
    piste_entry entry;
    int32_t lane;             // counted from 1
    piste_ref segment;
    piste_hours hours;
} piste_reserved;

typedef struct piste_lift {
    piste_entry entry;
    const char *name;
    int32_t type;             // piste_lift_type
    piste_ref from, to;       // bottom and top place
    struct { const piste_lift_station *list; int32_t count; } stations;
    int32_t seats;            // persons of one carrier
    piste_ratio interval_s;   // between carriers, exact; derived from capacity and seats where only those are given
    double capacity_pph;      // design capacity: seats * 3600 / interval
    double speed_mps;         // of the line
    double length_m, vertical_m;
    int32_t ride_s;           // bottom to top: length / speed (or the duration given), at least 1
    int32_t ride_given_s;     // `duration` as given; 0 otherwise
    bool detachable, bubble;
    int32_t up, down;         // sets of piste_mode that are carried
    int32_t lanes;            // of the queue, without the singles line; at least 1
    bool singles_line;
    double misload[PISTE_ABILITY_COUNT];  // probability that the boarding of one such person stops the lift
    piste_dist misload_stop;              // s
    struct { const piste_stop *list; int32_t count; } stops;
    struct { const piste_slow *list; int32_t count; } slows;
    double slow_loading[PISTE_ABILITY_COUNT]; // probability that the attendant slows the lift for the boarding of one such person
    double slow_loading_on_foot;              // the same of a person on foot
    double slow_loading_children;             // of a small child; NaN: that of its ability
    piste_dist slow_loading_for;              // s
    double slow_loading_speed;                // share of the full speed
    struct { const piste_carriers_off *list; int32_t count; } carriers_off; // at one time their shares add up
    struct { const piste_outage *list; int32_t count; } outages;
    struct { const piste_reserved *list; int32_t count; } reserved;
    double access;            // share of its rides that only brings people to where they ski; NaN: not known
    double loss;              // share of the design capacity lost to loading and stops; NaN: not known
    double serves[PISTE_ABILITY_COUNT]; // whom it serves for skiing, shares that sum to 1; all 0: follows from the runs
    double wind_limit_mps;    // NaN where none is given
    int32_t wind_check_s, line_check_s; // between two looks at the wind in a hold; from the look that ends it to reopening
    double clearing_speed;    // share of the full speed at which riders are brought off
    int32_t evacuate_after_s; // a stop longer than this has its riders brought down; 0: never
    piste_dist evacuate_each; // s, for one carrier by one team
    int32_t evacuate_teams;
    piste_hours hours;        // the resort's where not given
    int32_t at_closing;       // piste_at_closing: what happens to those in line
    double weight;            // for fixed choice
    bool closed;              // out of use
    bool on_map;              // false: not on the map that the resort was read from (counted apart)
    piste_line line;
} piste_lift;

typedef struct piste_run {
    piste_entry entry;
    const char *name;         // "" where the map has none
    piste_ref from, to;       // where the section begins and ends
    int32_t difficulty;       // piste_difficulty
    double length_m, vertical_m, width_m; // width NaN where unknown
    double area_ha;           // length * width where not given; NaN where the width is unknown
    bool gladed, lit;
    int32_t snowmaking;       // 0 or 1
    piste_hours hours;
    double weight;
    bool closed;              // out of use: nobody skis it, on the way home either
    bool on_map;
    piste_line line;
} piste_run;

typedef struct piste_walk {
    piste_entry entry;
    const char *name;
    piste_ref from, to;
    double length_m;
    double duration_s;        // one way; length / walking speed where not given; 0 is allowed (a connection)
    bool one_way;
    int32_t modes;            // who goes there
    double weight;
} piste_walk;

typedef struct piste_slope { // what the trail sign names: sections in order from the top; slopes may share sections
    piste_entry entry;
    const char *name;
    int32_t number;           // 0 where none
    int32_t difficulty;       // of the whole; the hardest section where not given
    struct { const piste_ref *list; int32_t count; } sections; // runs
    double length_m, vertical_m; // sums of the sections
} piste_slope;

typedef struct piste_room {
    piste_entry entry;
    const char *name;
    int32_t rooms, beds;      // beds of one room
    const char *currency;
    int64_t price_minor;      // for a night; -1 where not given
} piste_room;

typedef struct piste_stock {
    piste_entry entry;
    const char *name;
    int32_t count;
} piste_stock;

typedef struct piste_venue {
    piste_entry entry;
    const char *name;
    int32_t kind;             // piste_venue_kind
    piste_ref place;
    int32_t servers;          // 0: nobody serves, no queue
    int32_t serves_parties;   // 1: one service for the whole party, otherwise one for each person
    piste_dist service_time;  // s
    int32_t seats;            // persons inside at one time; 0: no limit
    piste_dist stay;          // s; NONE: as long as the service lasts
    struct { const int32_t *list; int32_t count; } sessions; // starts, seconds of the day; seats is then per session
    piste_hours hours;
    const char *standard;     // "" where none
    struct { const piste_room *list; int32_t count; } rooms;
    struct { const piste_stock *list; int32_t count; } stock;
    double turns;             // how often a seat is taken in the hours of meals; NaN: follows from the stay
    int32_t places;           // for cars (parking), or coaches a day (bus-stop); 0: not known
    double per_place;         // people of one; NaN: not known
} piste_venue;

typedef struct piste_fixture { // what is there and is not visited: loudspeakers, the trail sign, snowmobiles
    piste_entry entry;
    const char *name;
    int32_t kind;             // index in the schema's words: trail-sign, loudspeaker, snowmobile, groomer, camera-point
    piste_ref place;
    int32_t count;
} piste_fixture;

typedef struct piste_gun {
    piste_entry entry;
    int32_t kind;             // 0 lance, 1 fan
    piste_ref run;
    int32_t count;
} piste_gun;

typedef struct piste_ability_traits { // how people of one ability ski
    piste_entry entry;
    int32_t ability;          // piste_ability
    piste_dist speed;         // m/s while moving; one draw for a guest's day
    piste_dist variation;     // of one descent: its time is multiplied by this
    piste_dist rest;          // s of standing still in a descent of 1 km; otherwise in proportion
    piste_dist stamina;       // m of descent after which the guest has had enough
    int32_t hardest;          // piste_difficulty: nothing above is skied
    int32_t liked;            // piste_difficulty: what pleases most
    double demand_m;          // vertical that one guest rides up in a day to ski, as is planned for; NaN: not known
} piste_ability_traits;

typedef struct piste_choice {
    piste_entry entry;
    int32_t model;            // piste_choice_model
    double scale_s;           // of the logit; small: nearly the best always
    double discount;          // of what lies behind the next boarding, 0..1
    double pleasure_s_per_m;  // how long a guest would wait for 1 m on a run of the liked difficulty
    double aversion;          // share of the pleasure lost for the square of each step away from the liked difficulty
    double fatigue;           // share of 5 h that the descent of a whole stamina costs, in advance
    double wait_weight;       // worth of a second in line, in seconds
    double ride_weight;       // worth of a second on a lift, in seconds
    double walk_weight;       // worth of a second on a walk, in seconds
    double novelty_s;         // lost for each time that the run was skied before, up to 4
    double refresh_s;         // how often the perceived waits are looked at anew
    double memory_s;          // time constant with which they follow; 0: at once
    double crowding;          // share of the pleasure lost at the standard density, 0..1
} piste_choice;

typedef enum piste_visit_when { PISTE_VISIT_ARRIVING, PISTE_VISIT_DURING, PISTE_VISIT_LEAVING } piste_visit_when;

typedef struct piste_visit { // one item of what a party does in a day, in order
    piste_entry entry;
    int32_t when;             // piste_visit_when
    piste_ref venue;          // this venue,
    int32_t kind;             // or the best one of this kind (piste_venue_kind, -1: none),
    piste_ref place;          // or this place, to stay there
    double share;             // of the parties who do it, 0..1
    piste_dist at;            // second of the day when it falls due; NONE: as soon as its turn comes
    piste_dist stay;          // s; overrides the venue's; needed with place
    int32_t who;              // set of piste_ability who go; 0: everyone
    bool together;            // a party that has parted meets here again
} piste_visit;

// How guests come, of which beds, car parks and bus stops are needed.
typedef enum piste_comes { PISTE_COMES_BY_CAR, PISTE_COMES_BY_COACH, PISTE_COMES_FROM_HOTEL, PISTE_COMES_OTHERWISE, PISTE_COMES_COUNT } piste_comes;

typedef struct piste_segment {
    piste_entry entry;
    const char *name;
    int32_t guests;           // on the day as written
    piste_dist party_size;    // persons
    double children;          // share of its people who are small children; never the first of a party
    double ability[PISTE_ABILITY_COUNT]; // shares, sum 1
    double mode[PISTE_MODE_COUNT];       // shares of parties, sum 1
    piste_ref arrive_at;      // place
    piste_dist arrival;       // second of the day
    piste_ref leave_at;       // place
    piste_dist leaving;       // second of the day; NONE: 45 min before the last departure; without any, never (closed)
    struct { const int32_t *list; int32_t count; } departs; // of its coaches, seconds of the day, in order
    double show_rate;         // share of those who bought that come
    double comes[PISTE_COMES_COUNT]; // shares of its people, sum 1; all 0: not known
    const char *price_class;  // "" where none
    const char *buys;         // the product whose price it responds to, "" where none
    double elasticity;        // visits x (price / price as it was)^-elasticity
    struct { const piste_visit *list; int32_t count; } visits;
    piste_choice choice;      // the resort's where not given
} piste_segment;

typedef struct piste_rate {
    piste_entry entry;
    const char *from, *to;    // ISO 4217
    double rate;              // units of `to` for one unit of `from`
    piste_date date;
    const char *source;
} piste_rate;

typedef struct piste_price_class {
    piste_entry entry;
    const char *name;
    int32_t age_from, age_until; // 0 and 0: any
    int32_t group_from;          // persons; 0: any
} piste_price_class;

typedef struct piste_price {
    piste_entry entry;
    piste_ref price_class;
    const char *product;
    const char *currency;
    int64_t amount_minor;
} piste_price;

typedef struct piste_tariff {
    piste_entry entry;
    const char *currency;     // the books' own, "" where there is no tariff
    struct { const char *const *list; int32_t count; } currencies; // taken in payment
    struct { const piste_rate *list; int32_t count; } rates;
    struct { const piste_price_class *list; int32_t count; } classes;
    struct { const piste_price *list; int32_t count; } prices;
} piste_tariff;

typedef struct piste_patrol { // entry.line is 0 where there is none
    piste_entry entry;
    int32_t opening_s;        // from coming to the top of a run until it is open
    int32_t sweep_s;          // from the last who can come to its top until it is closed
} piste_patrol;

typedef struct piste_planning { // what a carrying-capacity sheet takes from the resort as a whole
    piste_entry entry;
    double on_slopes;         // most of the day's guests on runs at one time, as a share; NaN: not known
    piste_span meals;         // seconds of the day
    int32_t rental_until_s;   // second of the day
} piste_planning;

typedef struct piste_mix { // of a day type
    piste_entry entry;
    piste_ref segment;
    piste_dist times;         // its share of the visits is so many times the usual one; one draw for a day
} piste_mix;

typedef struct piste_day_type { // a kind of day of the season
    piste_entry entry;
    const char *name;
    double share;             // of the season's days; all shares sum to 1
    bool closed;              // the resort does not open
    struct { const piste_mix *list; int32_t count; } mix;
    piste_dist show;          // by which all show rates are multiplied (at most to 1); one draw for a day
    piste_dist stops;         // lifts stop and slow down so many times as often; one draw for a day
    piste_dist wind;          // m/s: the strongest of the day, the resort's hours being scaled to it; NONE: as written
    struct { const piste_ref *list; int32_t count; } closed_runs, closed_lifts;
} piste_day_type;

// A feature of lifts.geojson or runs.geojson that no entry of resort.yaml uses, on any date.
typedef struct piste_feature {
    const char *file;         // "lifts.geojson"
    int32_t index;            // in the file
    const char *key;          // "" where it has none
    const char *id, *name;    // "" where there is none
} piste_feature;

typedef struct piste_resort {
    piste_entry entry;
    const char *folder;       // as given to piste_resort_load
    piste_date as_of;         // the date it was loaded for; PISTE_DATE_NONE: everything, whatever its validity
    int32_t format;           // of the file; this library reads format 1
    const char *name;
    const char *language;     // in which names are written, BCP 47; "en" where the file does not say
    const char *zone;         // IANA time zone
    const char *attribution;  // of the map data, "" where none is due
    int32_t convention;       // piste_convention: that of the first run of the map that states one, otherwise Europe's
    piste_date season_from, season_until; // PISTE_DATE_NONE where not given
    piste_span day;           // seconds: when the simulated day begins and must end
    piste_hours hours;        // of lifts and runs that have none of their own
    double walking_speed_mps;
    double board_delay_s;     // of what wait boards show; NaN: there are none
    double crowding_slows;    // how much longer a run takes at its standard density, 0..1
    int32_t cap;              // visits on sale for a day; 0: none stated
    piste_patrol patrol;
    piste_planning planning;
    struct { const piste_wind *list; int32_t count; } wind; // the strongest of one time counts
    struct { const piste_place *list; int32_t count; } places;
    struct { const piste_lift *list; int32_t count; } lifts;
    struct { const piste_run *list; int32_t count; } runs;
    struct { const piste_walk *list; int32_t count; } walks;
    struct { const piste_slope *list; int32_t count; } slopes;
    struct { const piste_venue *list; int32_t count; } venues;
    struct { const piste_fixture *list; int32_t count; } fixtures;
    struct { const piste_gun *list; int32_t count; } guns;
    struct { const piste_segment *list; int32_t count; } segments;
    struct { const piste_ability_traits *list; int32_t count; } abilities; // as given
    piste_ability_traits traits[PISTE_ABILITY_COUNT]; // for every ability: as given, otherwise the defaults
    piste_choice choice;
    struct { const piste_day_type *list; int32_t count; } day_types;
    piste_tariff tariff;
    struct { const piste_entry *list; int32_t count; } absent;   // keyed entries of the file that are not valid on the date
    struct { const piste_feature *list; int32_t count; } unused; // features of the maps
    void *owner;              // (internal)
} piste_resort;

// Loads a folder as of a date. PISTE_DATE_NONE: as of the file's own `as_of`; where it has none, everything is loaded.
// All that is wrong is told at once, in the order of the files. PISTE_NOT_FOUND: no such folder or no resort.yaml in it.
PISTE_CHECKED PISTE_API piste_status piste_resort_load(const char *folder, piste_date as_of, piste_errors *errors,
                                                       piste_resort **resort);
PISTE_API void piste_resort_destroy(piste_resort *resort);

// A change to resort.yaml that is made in memory before it is read, so that every rule of the file holds for it.
//
// A path is keys with dots between: "cap", "choice.wait-weight", "lifts.sky-lift.speed", "segments.day.ability.novice",
// "segments.day.arrival.mean". An entry of a list is named by its key, or by its number from 1 where the list has no
// keys ("lifts.sky-lift.stops.1.every"); * is every entry of the list that is valid on the date, + a new last one.
//
// The value is written as in resort.yaml ("5 m/s"). For an entry or a group of keys it is a map ({speed: 5 m/s, lanes: 2}): the
// keys it has are changed, the others stay; a key that a list does not have becomes a new entry. "x 1.1" multiplies a
// number, a quantity or a distribution that the file gives. NULL removes: a key, so that its default holds, or an entry,
// with the slopes, snow guns, visits, reserved lanes and mixes of day types that name it. Where a key stands for another (speed and duration,
// interval and capacity, a walk's length and duration) changing the one removes the other; a changed value's `basis` goes.
typedef struct piste_change {
    const char *path, *value;
    const char *file;       // where it is asked for; NULL: nowhere
    int32_t line, column;   // of the value's text there; 0 where there is none
} piste_change;

typedef struct piste_changes {
    const piste_change *list;
    int32_t count;          // at most PISTE_CHANGES_MAX
} piste_changes;

enum { PISTE_CHANGES_MAX = 60000 };

// Loads a folder as piste_resort_load does, with changes made in their order. Errors in what was changed name the
// change's file, line and path. PISTE_INVALID: a path that leads nowhere; the error says what there is. The changes need
// not outlive the call.
PISTE_CHECKED PISTE_API piste_status piste_resort_load_changed(const char *folder, piste_date as_of,
                                                               const piste_changes *changes, piste_errors *errors,
                                                               piste_resort **resort);

// Index of a key in a list of the resort, -1 where it is not there.
PISTE_API int32_t piste_resort_find_place(const piste_resort *resort, const char *key);
PISTE_API int32_t piste_resort_find_lift(const piste_resort *resort, const char *key);
PISTE_API int32_t piste_resort_find_run(const piste_resort *resort, const char *key);
PISTE_API int32_t piste_resort_find_venue(const piste_resort *resort, const char *key);
PISTE_API int32_t piste_resort_find_segment(const piste_resort *resort, const char *key);

// ---- what a careful colleague would say of it -------------------------------------------------------------------

typedef enum piste_severity { PISTE_NOTE, PISTE_WARNING, PISTE_ERROR } piste_severity;

typedef struct piste_finding {
    piste_severity severity;
    const char *rule;       // stable word, such as "dead-end"
    const char *file;       // "resort.yaml"
    int32_t line;
    const char *subject;    // "lift sky-lift"
    const char *message;    // what is the matter
    const char *suggestion; // what could be done
} piste_finding;

typedef struct piste_findings piste_findings;

// Reads a loaded resort for what is well formed and yet cannot be right. Findings come ordered by line.
PISTE_CHECKED PISTE_API piste_status piste_resort_check(const piste_resort *resort, piste_findings **findings);
PISTE_API void piste_findings_destroy(piste_findings *findings);
PISTE_API size_t piste_findings_count(const piste_findings *findings);
PISTE_API const piste_finding *piste_findings_get(const piste_findings *findings, size_t index);

#ifdef __cplusplus
}
#endif
#endif
