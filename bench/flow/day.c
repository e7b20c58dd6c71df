// day.c - runs a resort's day several times over and prints what it cost: the engine's side of bench/flow.
//
//     day RESORT GUESTS DAYS SEED  ->  rides/day, mean wait s, ms of processor time a day, events/day, bytes, guests
//
// The days are SEED, SEED + 1, ...; the first one is run once before the clock starts, so that memory is warm.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "piste/piste.h"

static double processor_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
    piste_resort *resort = NULL;
    piste_day *day = NULL;
    piste_day_def def = piste_day_def_default();
    if (argc != 5 || piste_resort_load(argv[1], PISTE_DATE_NONE, NULL, &resort) != PISTE_OK)
        return 2;
    def.guests = atoll(argv[2]);
    int days = atoi(argv[3]);
    def.seed = strtoull(argv[4], NULL, 10);
    if (piste_day_create(resort, &def, NULL, &day) != PISTE_OK)
        return 2;
    piste_day_run(day, PISTE_DAY_END);
    double rides = 0, wait = 0, events = 0, before = processor_ms();
    const piste_day_result *r = NULL;
    for (int i = 0; i < days; i++) {
        if (piste_day_reset(day, def.seed + (uint64_t)i) != PISTE_OK)
            return 2;
        piste_day_run(day, PISTE_DAY_END);
        r = piste_day_get_result(day);
        rides += (double)r->rides;
        wait += r->wait.mean_s * (double)r->rides;
        events += (double)r->events;
    }
    printf("%.1f %.3f %.4f %.1f %lld %lld\n", rides / days, wait / rides, (processor_ms() - before) / days, events / days, (long long)r->bytes, (long long)r->guests);
    piste_day_destroy(day);
    piste_resort_destroy(resort);
    return 0;
}
