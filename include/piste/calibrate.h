// piste/calibrate.h - what a resort's own lift scans say of how its guests come, ski and choose.
//
//     piste_scans_def how = piste_scans_def_default();
//     piste_calibrate_def def = piste_calibrate_def_default();
//     piste_scans *scans;
//     piste_calibration *found;
//     if (piste_scans_load(resort, "scans.csv", &how, errors, &scans) == PISTE_OK &&
//         piste_calibrate(resort, scans, &def, errors, &found) == PISTE_OK) {
//         printf("%s: %g\n", found->values.list[0].field, found->values.list[0].value);
//         piste_calibration_destroy(found);
//     }
//
// What has a likelihood that can be written down (missing scans, stops, sizes of parties, times of coming) is estimated
// by maximum likelihood; how people ski and choose by the method of simulated moments: the values are sought at which
// rehearsed days, seen through the same gates, look like the days that were scanned. docs/models.md has it in full.
//
// Passes are kept as numbers in memory while a file is read and are nowhere in what is found: that speaks of everyone
// together, never of one guest. A text that names a pass is not kept at all.
//
// The same scans, definition and seed give the same figures on any number of threads. Figures are rounded to four
// significant digits.
#ifndef PISTE_CALIBRATE_H
#define PISTE_CALIBRATE_H

#include "piste/resort.h"

#ifdef __cplusplus
extern "C" {
#endif

// Limits, checked while reading.
enum {
    PISTE_SCANS_BYTES_MAX = 512 << 20, // of one file
    PISTE_SCANS_MAX = 10000000,        // rows
    PISTE_SCAN_DAYS_MAX = 400,
    PISTE_SCAN_GATES_MAX = 60,         // lifts with scans
    PISTE_PASS_BYTES_MAX = 100,        // of the text that names a pass
    PISTE_CALIBRATE_DAYS_MIN = 20, PISTE_CALIBRATE_DAYS_MAX = 10000,
    PISTE_CALIBRATE_THREADS_MAX = 256
};

// Where a gate stands: those who pass one before the queue have the wait before them, behind it they have waited.
typedef enum piste_gate_place { PISTE_GATE_PLACE_NONE, PISTE_GATE_PLACE_BEFORE, PISTE_GATE_PLACE_AFTER } piste_gate_place;

typedef struct piste_scans_def {
    piste_gate_place gate; // of lifts whose rows do not say; BEFORE or AFTER
} piste_scans_def;

PISTE_API piste_scans_def piste_scans_def_default(void); // before the queue

typedef struct piste_scans piste_scans; // read-only once read

// CSV with a head: `pass`, `lift` (key or name) and `time` (HH:MM:SS of the business day), and, where there are, `date`,
// `gate` ("before", "after"; one for each lift) and `segment` (a key of the resort). A row without a pass is somebody
// counted. Rows of one lift and day come in order of time. All that is wrong is told, with its line.
// PISTE_NOT_FOUND, PISTE_LIMIT, PISTE_SYNTAX (no CSV), PISTE_INVALID, PISTE_MEMORY.
PISTE_CHECKED PISTE_API piste_status piste_scans_load(const piste_resort *resort, const char *path,
                                                      const piste_scans_def *def, piste_errors *errors,
                                                      piste_scans **scans);
// The same from memory; `name` is of the file, for errors.
PISTE_CHECKED PISTE_API piste_status piste_scans_read(const piste_resort *resort, const char *data, size_t length,
                                                      const char *name, const piste_scans_def *def,
                                                      piste_errors *errors, piste_scans **scans);
// Adds counts to scans that have been read: CSV with `what` ("visits", "sold", "cars", "lift:KEY") and `count`, and,
// where there are, `date`, `from`, `to` (of a lift's counter; otherwise the whole day). One row says one day's visits.
PISTE_CHECKED PISTE_API piste_status piste_counts_load(const piste_resort *resort, const char *path,
                                                       piste_errors *errors, piste_scans *scans);
PISTE_CHECKED PISTE_API piste_status piste_counts_read(const piste_resort *resort, const char *data, size_t length,
                                                       const char *name, piste_errors *errors, piste_scans *scans);
PISTE_API void piste_scans_destroy(piste_scans *scans);

typedef struct piste_calibrate_def {
    uint64_t seed;
    int32_t days;     // rehearsed at each step; even, PISTE_CALIBRATE_DAYS_MIN to _MAX
    int32_t hold;     // scanned days that are kept back to score the others by; -1: each fifth
    int32_t threads;
    double missing;   // share of scans that gates lose; NaN: found from parties
    int32_t together_s; // those of a party pass a gate within so many seconds, 0 to 60
    bool (*tick)(void *context, int64_t done, int64_t all); // days; NULL, or called now and then; false: stop
    void *context;
} piste_calibrate_def;

PISTE_API piste_calibrate_def piste_calibrate_def_default(void); // seed 1, 400 days, each fifth, one thread, NaN, 5 s

// A figure with its interval; NaN where it is not known. `error` is the standard error of `value`.
typedef struct piste_estimate {
    double value, error, low, high; // 95 %
    int64_t seen;                   // what it rests on: counted as its comment says
} piste_estimate;

// One value of the resort that was estimated, or tied to what the resort says.
typedef struct piste_calibrated {
    const char *entry, *field;  // "ability", "speed"
    const char *of;             // "beginner, novice"; "" for all
    const char *unit;           // "s"; "times" where it is a factor on several values
    double input;               // what the resort says (1 of a factor)
    bool free;                  // estimated; otherwise tied to the input
    piste_estimate found;       // of the value; tied: the input, and nothing else
    const char *why;            // tied: why
    const char *leans_on;       // estimated: the tied value that moves it most; "" for none
    double leans_by;            // by how many percent, for one percent of that
    double factor, factor_error; // on the resort's own value, and the standard error of its logarithm
} piste_calibrated;

// A combination of values along which the days hardly change.
typedef struct piste_direction {
    double eigenvalue;  // of the information that all scanned days hold, for logarithms
    double error;       // 1 / sqrt of it: what one would know along it
    bool flat;          // too little to be estimated
    struct { const char *entry, *field, *of; double weight; } parts[4]; // the heaviest first; entry NULL: no more
} piste_direction;

typedef struct piste_gate_result {
    const char *key, *name;
    piste_gate_place gate;
    int64_t scans, counted;        // with a pass and without
    int64_t repeated;              // dropped: sooner after another by the same pass than a ride lasts
    piste_estimate lap_s;          // median time between two scans here with none between; seen: such pairs
    double lap_rehearsed_s[2];     // the same of rehearsed days: as the resort is, and as found
    bool clock_known;              // whether the two below could be told
    piste_estimate clock_s;        // this gate's clock ahead of the first's; seen: pairs of scans
    piste_estimate drift_s_per_h;
    const char *clock_why;         // where not known, why; where one way only, that it leans on the model
} piste_gate_result;

typedef struct piste_stop_result {
    const char *key, *name;    // of the lift
    bool known;
    const char *why;           // where not known
    double watched_s;          // time in which a stop would have been seen
    double threshold_s;        // the shortest gap that counts as a stop: the median over the time watched
    double false_alarms;       // gaps expected to look like stops and be none
    piste_estimate every_s;    // running time between stops; seen: stops
    piste_estimate duration_s; // mean
    double duration_sd_s;
    int32_t longer;            // stops that had no end while it was watched
} piste_stop_result;

typedef struct piste_bin { // of a distribution: a share, with its interval
    int32_t from, to;          // seconds of the day, or persons (from = to)
    piste_estimate share;      // seen: what falls into it as seen, before it is set right
    int32_t tied;              // bins with the same number are told apart by the resort's own shares only; -1: told apart
} piste_bin;

typedef struct piste_pattern { // of one segment, or of everyone
    const char *segment;       // key; "" for everyone
    bool known;                // whether it may be put into the resort
    const char *why;           // where not
    int64_t parties;
    struct { const piste_bin *list; int32_t count; } bins;
} piste_pattern;

typedef struct piste_score { // of the days that were held back, under the resort as it is and as found
    int32_t days;
    int64_t events;            // next lifts and laps that were scored
    double log_score[2];       // mean logarithm of the probability given to what happened
    piste_estimate gain;       // the difference; its error is over days where there are two, otherwise NaN
    double distance[2];        // of the moments, in standard errors squared, for one moment: 1 where the model is right
} piste_score;

typedef struct piste_calibration {
    const char *resort;
    uint64_t seed;
    int32_t days, held;            // scanned days that it rests on, and those kept back
    int32_t rehearsed;             // days at each step
    int64_t rows, scans, counted, repeated, passes; // passes: on each day anew
    piste_estimate missing;        // share of scans that gates lose; seen: chances to see one
    const char *missing_why;       // "" where it was found from parties
    piste_estimate guests_per_pass; // guests who come for each pass that is seen
    piste_estimate guests;         // of a day; seen: passes of a day
    piste_estimate show_rate;      // NaN without counts of visits and sales; seen: sold
    piste_estimate guests_per_car; // NaN without counts of cars; seen: cars
    struct { const piste_calibrated *list; int32_t count; } values;
    struct { double input_mps, factor; piste_estimate found; } speeds[PISTE_ABILITY_COUNT]; // means; NaN: not estimated
    struct { const piste_direction *list; int32_t count; } directions; // least known first
    struct { const piste_gate_result *list; int32_t count; } gates;
    struct { const piste_stop_result *list; int32_t count; } stops;
    struct { const piste_pattern *list; int32_t count; } arrivals, parties;
    double misfit;                 // of the moments at what was found; about `freedom` where the model is right
    int32_t moments, freedom;
    double misfit_p;               // chance of as much misfit or more, were the model right
    bool widened;                  // intervals were made wider by the misfit, which is beyond chance
    piste_score score;
} piste_calibration;

// PISTE_INVALID: too few scans, or a resort that cannot be rehearsed; PISTE_LIMIT, PISTE_MEMORY; PISTE_INTERRUPTED where
// `tick` said so.
PISTE_CHECKED PISTE_API piste_status piste_calibrate(const piste_resort *resort, const piste_scans *scans,
                                                     const piste_calibrate_def *def, piste_errors *errors,
                                                     piste_calibration **calibration);
PISTE_API void piste_calibration_destroy(piste_calibration *calibration);

#ifdef __cplusplus
}
#endif
#endif
