// piste/day.h - one rehearsed day: guests on lifts, runs and in venues, second by second.
//
//     piste_day_def def = piste_day_def_default();
//     def.seed = 7;
//     piste_day *day;
//     if (piste_day_create(resort, &def, errors, &day) == PISTE_OK) {
//         piste_day_run(day, PISTE_DAY_END);
//         printf("%lld rides\n", (long long)piste_day_get_result(day)->rides);
//         piste_day_destroy(day);
//     }
//
// Same resort, definition and seed: the same result, byte for byte, with any compiler and on any processor. A day owns its
// state and only reads the resort, which must outlive it; different days may run on different threads.
//
// Times are whole seconds after the midnight that begins the business day. Counts are people unless they say parties.
#ifndef PISTE_DAY_H
#define PISTE_DAY_H

#include "piste/resort.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PISTE_DAY_END = INT32_MAX };

// What happened; one for each line of `piste day --events`.
typedef enum piste_act {
    PISTE_ACT_ARRIVE,  // the party comes in at a place
    PISTE_ACT_JOIN,    // joins the line of a lift
    PISTE_ACT_BOARD,   // `size` of its people board a carrier
    PISTE_ACT_UNLOAD,  // all of them are off the lift, at a place
    PISTE_ACT_TURNED_AWAY, // sent out of a line that closes
    PISTE_ACT_SKI,     // enters a run; until_s is when it is at the run's end
    PISTE_ACT_WALK,    // sets out on a walk; until_s as above
    PISTE_ACT_QUEUE,   // joins the queue of a venue
    PISTE_ACT_SERVE,   // is served there from now on
    PISTE_ACT_STAY,    // sits, skates, sleeps there from now on; until_s is the end
    PISTE_ACT_OUT,     // comes out of the venue
    PISTE_ACT_MISS,    // could not do what it came for there; `why` says why
    PISTE_ACT_ASSIST,  // has no way home and is brought down
    PISTE_ACT_GONE,    // has left the resort
    PISTE_ACT_STOP,    // a lift stops; until_s is the restart
    PISTE_ACT_OPEN,    // a lift opens
    PISTE_ACT_CLOSE,   // a lift closes
    PISTE_ACT_PART,    // `size` of the party go their own way from here on, as the party with the next number
    PISTE_ACT_MEET,    // the party and the one with the next number are one again; `size` is of both
    PISTE_ACT_SLOW,    // a lift slows down; until_s is when it is meant to run at full speed again
    PISTE_ACT_HOLD,    // a lift is held for the wind
    PISTE_ACT_EVACUATE, // `size` of its people are brought down from a lift that stands, to a place
    PISTE_ACT_COUNT
} piste_act;

PISTE_API const char *piste_act_word(piste_act act);

// Why people do not get what they came for at a venue. Told apart where it happens: of several reasons the one that
// came last.
typedef enum piste_missed {
    PISTE_MISSED_CLOSED,   // not open any more today, or not soon enough to wait at the door
    PISTE_MISSED_FULL,     // no session with room for all of them, or fewer seats than they are
    PISTE_MISSED_QUEUE,    // so long a queue that nobody joins it
    PISTE_MISSED_NO_WAY,   // no way leads there
    PISTE_MISSED_TOO_LATE, // it fell due, and they had to go home before; or the last session had begun
    PISTE_MISSED_REFUSED,  // from outside: what a server would not sell or let in
    PISTE_MISSED_COUNT
} piste_missed;

// "closed", "full", "queue", "no_way", "too_late", "refused"
PISTE_API const char *piste_missed_word(piste_missed missed);

// Why people are sent out of a line.
typedef enum piste_away {
    PISTE_AWAY_CLOSING, // the lift has closed for the day
    PISTE_AWAY_HOLD,    // it stands for so long that its line is cleared, is held for the wind, or evacuated
    PISTE_AWAY_OUTAGE,  // it is out of order for some hours
    PISTE_AWAY_COUNT
} piste_away;

PISTE_API const char *piste_away_word(piste_away away);

// Why people who came to ski never rode a lift, as far as is known; the first that applies.
typedef enum piste_unridden {
    PISTE_UNRIDDEN_REFUSED,     // not let in for the day
    PISTE_UNRIDDEN_TURNED_AWAY, // sent out of a line
    PISTE_UNRIDDEN_STANDING,    // stood about: nothing was open for them, or every line too long
    PISTE_UNRIDDEN_VISITS,      // queues and visits took their time
    PISTE_UNRIDDEN_OTHER,       // they walked or skied where no lift was needed, or are under way
    PISTE_UNRIDDEN_COUNT
} piste_unridden;

PISTE_API const char *piste_unridden_word(piste_unridden unridden);

typedef struct piste_event {
    int32_t second;
    piste_act act;
    int32_t party;   // -1 where a lift acts; numbered from 0 in the order of the segments
    int32_t size;    // people concerned
    int32_t segment; // -1 where a lift acts
    int32_t place, lift, run, walk, venue; // the one concerned, -1 otherwise
    int32_t until_s; // -1 where it does not apply
    int32_t why;     // PISTE_ACT_MISS: a piste_missed; PISTE_ACT_TURNED_AWAY: a piste_away; -1 otherwise
} piste_event;

// What a party wants that somebody else may refuse: the server that sells and admits, when a day is rehearsed against it.
typedef enum piste_wish {
    PISTE_WISH_DAY,     // to be here today, on coming in; who is refused goes home
    PISTE_WISH_SESSION, // `people` places in a venue's session that begins at at_s; who is refused tries the next one
    PISTE_WISH_VENUE    // to go in; who is refused does without
} piste_wish;

typedef struct piste_request {
    int32_t second;
    piste_wish wish;
    int32_t party, people, segment;
    int32_t venue, at_s; // -1 where it does not apply
} piste_request;

typedef struct piste_day_def {
    uint64_t seed;
    int64_t guests;  // visits sold, shared out over the segments as the resort has them; -1: as the resort says
    int32_t bin_s;   // width of the bins of everything over time: 60 to 3600, a divisor of 900 or a multiple of it
    void (*event)(void *context, const piste_event *event); // NULL: nobody listens; in order of time
    void *context;
    bool (*ask)(void *context, const piste_request *request); // false refuses; NULL: nothing is refused from outside
    void *ask_context;
} piste_day_def;

PISTE_API piste_day_def piste_day_def_default(void); // seed 1, guests -1, 5 minutes, nobody listens

typedef struct piste_waits { // persons' waits, from joining the line to boarding
    int64_t count;
    double mean_s;
    int32_t p50_s, p90_s, p99_s, max_s; // exact below 1,024 s, then to 16 s
} piste_waits;

// Why a lift does not run, or not at full speed: the causes of piste_stop_cause, in their order, and two more.
typedef enum piste_halt {
    PISTE_HALT_LOADING,
    PISTE_HALT_MECHANICAL,
    PISTE_HALT_ELECTRICAL,
    PISTE_HALT_WIND,
    PISTE_HALT_INJURY,
    PISTE_HALT_MISLOAD,     // a person who boarded did not board well
    PISTE_HALT_SLOW,        // it runs, at less than its full speed
    PISTE_HALT_COUNT
} piste_halt;

PISTE_API const char *piste_halt_word(piste_halt halt);

typedef struct piste_halts {
    int32_t count;
    int64_t seconds;
} piste_halts;

typedef struct piste_lift_result {
    const char *key, *name;
    int64_t rides;          // persons boarded, both directions
    int64_t rides_down;     // of these, downwards
    piste_waits wait;
    int64_t queue_max;      // persons in line at one time
    int64_t still_in_line;  // when the day ended
    int64_t turned_away;    // people times lines; the sum of:
    int64_t turned_away_by[PISTE_AWAY_COUNT];
    double seats_filled;    // of the carriers that left with someone; 0..1, 0 where none did
    double used;            // persons carried up / design capacity over the hours it was open
    int32_t stops;
    int64_t stopped_s;      // while open or with people in line
    piste_halts halts[PISTE_HALT_COUNT]; // by cause: `stops` and `stopped_s` are the sums of all but the last
    int32_t holds;          // for the wind, in its hours; the standing part is in `halts` too
    int64_t held_s;         // of its hours, from the beginning of each hold to its end
    int64_t held_turned_away; // of `turned_away`, when a hold began
    int32_t evacuations;
    int64_t evacuated;      // people brought down
    int64_t children_escorted; // rides of small children with an adult of another party
    int64_t children_attended; // with the attendant
    int64_t attendant_rides;   // seats that the attendant took up for that
    double carriers_off;    // mean share of the carriers that were off the rope in the hours of boarding
    int64_t open_s;         // hours of boarding
    const int32_t *queue;   // for each bin: most persons in line
    const int32_t *boarded; // for each bin: persons boarded
    const double *wait_mean_s; // for each bin: mean wait of those who boarded in it, NaN where none did
} piste_lift_result;

typedef struct piste_run_result {
    const char *key, *name;
    int64_t descents;
    double density_peak_per_ha;    // highest mean over a quarter of an hour; NaN where the area is unknown
    double density_standard_per_ha; // upper end of the standard for its difficulty (docs/models.md)
    const double *people;          // for each bin: mean number of people on it
} piste_run_result;

typedef struct piste_venue_result {
    const char *key, *name;
    piste_venue_kind kind;
    int64_t visits;         // persons who got in
    piste_waits wait;       // from joining its queue to being served or seated
    int64_t queue_max, inside_max;
    int64_t missed;         // persons who could not, here or where it is the nearest of its kind; the sum of:
    int64_t missed_by[PISTE_MISSED_COUNT];
    const int32_t *inside;  // for each bin: most persons inside
} piste_venue_result;

// How people spend their time between coming and going, in person-seconds.
typedef enum piste_spent {
    PISTE_SPENT_WAITING,    // in lines of lifts
    PISTE_SPENT_RIDING,
    PISTE_SPENT_SKIING,
    PISTE_SPENT_RESTING,    // standing on the slope
    PISTE_SPENT_WALKING,
    PISTE_SPENT_QUEUEING,   // at venues
    PISTE_SPENT_IN_VENUES,
    PISTE_SPENT_IDLE,       // nothing open, nothing due; or waiting for the rest of the party
    PISTE_SPENT_ASSISTED,   // being brought down
    PISTE_SPENT_COUNT
} piste_spent;

PISTE_API const char *piste_spent_word(piste_spent spent);

// Time at venues is told apart by their kind; the last one is for stays at a place that has no venue, such as a hill to
// sledge.
enum { PISTE_AT_PLACE = PISTE_VENUE_KIND_COUNT, PISTE_AT_COUNT };

PISTE_API const char *piste_at_word(int32_t at); // a kind of venue, or "place"

// Over guests: the least value that this share of them had or stayed below; NaN for nobody.
typedef struct piste_quantiles {
    double p10, p50, p90;
} piste_quantiles;

// One visit that a segment's parties mean to make.
typedef struct piste_visit_result {
    int32_t segment, visit; // indices: of the segment, and in its list
    const char *what;       // key of the venue or the place, or the kind of venue
    int64_t wished;         // persons who set about it or would have
    int64_t made;
    int64_t under_way;      // booked, on their way or there when the day ended; the rest of the wished:
    int64_t missed;         // the sum of:
    int64_t missed_by[PISTE_MISSED_COUNT];
} piste_visit_result;

typedef struct piste_segment_result {
    const char *key, *name;
    int64_t sold, arrived, gone, still_here;
    int64_t parties;        // that arrived
    int64_t rides;
    double descent_m;       // person-metres skied downwards
    int64_t spent_s[PISTE_SPENT_COUNT]; // the sum is the time between coming and going, so far
    int64_t at_s[PISTE_AT_COUNT];       // of PISTE_SPENT_IN_VENUES, by kind of venue
    int64_t queued_at_s[PISTE_AT_COUNT]; // of PISTE_SPENT_QUEUEING
    int64_t here_s;         // person-seconds between coming and going
    // Over its guests; people of a party share alike what it did.
    piste_quantiles rides_each, descent_each_m, waiting_each_s, here_each_s;
    piste_waits wait;       // at lifts
    int64_t wished, missed; // persons times visits
    int64_t missed_by[PISTE_MISSED_COUNT];
    int64_t turned_away;    // persons times lines
    int64_t assisted;       // brought down
    int64_t left_behind;    // came too late for the last coach
    int64_t refused;        // sent home on coming, by whoever was asked
    int64_t unridden;       // came to ski and never rode a lift; the sum of:
    int64_t unridden_by[PISTE_UNRIDDEN_COUNT];
} piste_segment_result;

// Who waited how long: people in groups, each person in one of each kind.
typedef enum piste_group_by {
    PISTE_BY_ABILITY, // of the weakest of the party; those on foot are a group of their own
    PISTE_BY_SIZE,    // of the party: 1, 2, 3, 4, 5 or more
    PISTE_BY_HOUR,    // of arrival
    PISTE_GROUP_BY_COUNT
} piste_group_by;

PISTE_API const char *piste_group_by_word(piste_group_by by); // "ability", "party_size", "arrival_hour"

typedef struct piste_group_result {
    const char *key;    // "novice", "foot"; "3", "5+"; "09"
    int64_t people, parties, rides;
    int64_t waited_s;   // person-seconds in lines of lifts
    int64_t here_s;     // person-seconds between coming and going
    double descent_m;   // person-metres skied downwards
    piste_quantiles waiting_each_s; // over its people: all their waiting of the day
    int32_t longest_wait_s; // in one line
} piste_group_result;

// What one party's day came to; spent_s, descent and rides are sums over its people. Those who part for a class are
// told with the party that they came with; under the number that they have meanwhile stands a party of size 0.
typedef struct piste_party_result {
    int32_t segment, size, ability; // of the weakest
    int32_t arrived_s, gone_s; // -1: not yet; of those who went home apart the last
    int64_t here_s;            // person-seconds between coming and going
    bool on_foot, assisted, refused;
    int64_t rides, missed, turned_away, longest_wait_s;
    double descent_m;
    int64_t spent_s[PISTE_SPENT_COUNT];
} piste_party_result;

// Limits that a day can run into (docs/models.md has the thresholds).
typedef enum piste_limit {
    PISTE_LIMIT_CAP,     // visits sold reach the cap
    PISTE_LIMIT_LIFT,    // people board a lift after more than ten minutes
    PISTE_LIMIT_RUN,     // a run is above the standard density of its difficulty
    PISTE_LIMIT_QUEUE,   // people are served or seated at a venue after more than a quarter of an hour
    PISTE_LIMIT_SEATS,   // people wait for seats in a venue that is full
    PISTE_LIMIT_SESSION, // sessions of a venue are sold out
    PISTE_LIMIT_COUNT
} piste_limit;

PISTE_API const char *piste_limit_word(piste_limit limit);

typedef struct piste_binding { // a limit that was run into
    piste_limit limit;
    const char *key, *name; // of the lift, run or venue; of the cap: "cap" and the resort's name
    int32_t first_s;        // when first
    int64_t bound_s;        // for how long, in all
    int64_t people;         // whom it touched
    int64_t lost_s;         // person-seconds beyond the threshold; to come in vain counts as half an hour
    const uint8_t *bound;   // for each bin: whether it bound in it
} piste_binding;

typedef struct piste_day_result {
    const char *resort;
    uint64_t seed;
    piste_date date;        // as of which the resort was loaded; PISTE_DATE_NONE where it has no dates
    int64_t sold;           // visits
    int64_t guests;         // people who arrived
    int64_t gone, still_here, assisted;
    int64_t present_max;    // at one time
    int32_t present_max_at_s;
    int32_t last_gone_s;    // -1 where nobody left
    int64_t events;         // handled by the engine
    int64_t rides;
    piste_waits wait;       // at all lifts
    int32_t from_s, to_s;   // of the simulated day; to_s is when it ended
    int32_t bin_s, bin_count; // of everything over time, from from_s on
    const int32_t *present; // for each bin: most people present
    struct { const piste_lift_result *list; int32_t count; } lifts;       // in the order of the resort
    struct { const piste_run_result *list; int32_t count; } runs;
    struct { const piste_venue_result *list; int32_t count; } venues;
    struct { const piste_segment_result *list; int32_t count; } segments;
    struct { const piste_visit_result *list; int32_t count; } visits;     // by segment, as its list
    struct { const piste_group_result *list; int32_t count; } groups[PISTE_GROUP_BY_COUNT]; // without the empty ones
    struct { const piste_binding *list; int32_t count; } bindings;        // in the order in which they first bound
    int64_t missed_by[PISTE_MISSED_COUNT], turned_away_by[PISTE_AWAY_COUNT], unridden_by[PISTE_UNRIDDEN_COUNT];
    int32_t cap;            // visits on sale, as the resort says; 0: none stated
    int32_t parties;        // that are to come or have come
    int64_t bytes;          // of memory that the day holds
} piste_day_result;

typedef struct piste_day piste_day;

// PISTE_INVALID: the resort cannot be rehearsed (a segment without lifts is fine, one that arrives nowhere is not);
// PISTE_LIMIT: more than PISTE_GUESTS_MAX guests; PISTE_MEMORY.
PISTE_CHECKED PISTE_API piste_status piste_day_create(const piste_resort *resort, const piste_day_def *def,
                                                      piste_errors *errors, piste_day **day);
PISTE_API void piste_day_destroy(piste_day *day);
// Begins the day anew with another seed, without allocating where the number of parties allows it.
PISTE_CHECKED PISTE_API piste_status piste_day_reset(piste_day *day, uint64_t seed);
// Runs up to, not including, `second`; true when the day has ended (everyone gone, or its last second done).
PISTE_API bool piste_day_run(piste_day *day, int32_t second);
PISTE_API int32_t piste_day_now(const piste_day *day);
// Results so far; lives until the next run, reset or destroy.
PISTE_API const piste_day_result *piste_day_get_result(piste_day *day);
// What the day of one party came to so far; parties are numbered from 0 to result->parties - 1.
PISTE_API piste_party_result piste_day_get_party(const piste_day *day, int32_t party);

// A day's state as it is before the second that piste_day_now tells, to be taken up again with the same result: forecasts begin
// from the present. *data belongs to the caller (free). For the same resort and the same build of piste. PISTE_MEMORY.
PISTE_CHECKED PISTE_API piste_status piste_day_save(piste_day *day, char **data, size_t *length);
// Listeners are those of `def`; seed, guests and bins those of the day that was saved. `name` is of the file, for errors.
// PISTE_INVALID: no such state, damaged, or of another resort or build.
PISTE_CHECKED PISTE_API piste_status piste_day_restore(const piste_resort *resort, const piste_day_def *def,
                                                       const char *data, size_t length, const char *name,
                                                       piste_errors *errors, piste_day **day);

// People by where they are, for those who check that none is lost: not yet come, on the way or idle, in lines, on lifts,
// in venues, gone. The sum is the number of people who come that day.
typedef struct piste_census {
    int64_t to_come, under_way, in_line, riding, in_venues, gone;
} piste_census;
PISTE_API piste_census piste_day_count(const piste_day *day);

#ifdef __cplusplus
}
#endif
#endif
