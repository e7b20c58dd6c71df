// play.h - the demonstration: a rehearsed day is played into the real desk (`piste serve --demo SPEED`).
//
// The server has a clock of its own then (desk_def.now_ms), which passes SPEED times as fast and begins on a morning of
// the season. One thread runs the day second by second. Before a party comes its order is made and paid at the desk by
// real acts; what the desk refuses the rehearsal refuses too, and the party goes home. Who was sold a visit gets passes,
// which are scanned by a real gate. What the day's events show of lines and crowds is measured onto the board.
//
//     play.c        the thread, the clock, one day after the other, what is told of it
//     play_sales.c  what parties buy, by which channel, in which currency; drawers, opening, closing
//     play_board.c  what the events come to: lines, waits, crowds, stops; passes at gates
//
// The clock never runs ahead of the play: where the desk cannot keep up it goes slower, and `pace` tells how fast.
#ifndef SERVE_PLAY_H
#define SERVE_PLAY_H

#include "desk/office.h"
#include "piste/day.h"
#include "serve/inside.h"

enum { PLAY_REASONS = 8, PLAY_ACCOUNTS = 5, PLAY_PRODUCTS = 64, PLAY_PRICES = 256 };

typedef enum play_channel { PLAY_TILL, PLAY_WEB, PLAY_HOTEL, PLAY_AGENCY } play_channel;

typedef struct play_party {
    int32_t segment, size, arrives_s, orders_s;
    int8_t channel;       // play_channel
    int8_t nationality;   // index, -1: none is asked for
    enum { PLAY_TO_COME, PLAY_SOLD, PLAY_REFUSED } state;
    int32_t tries;        // sessions asked for
    int32_t pass, passes; // of play_day.passes: those of its people; who parts takes the last of them
    // ---- where it is
    int32_t lift, joined_s, in_line;      // lift -1: in no line
    int32_t run, run_size, run_until_s;
    int32_t venue, queued, inside;
} play_party;

typedef struct play_pass {
    char text[PISTE_PASS_TEXT + 1];
    bool is_admitted;
} play_pass;

typedef struct play_lift {
    int32_t in_line;
    bool is_running, is_held; // between its opening and closing; for the wind
    int32_t stopped_until_s;
    const char *told;         // the board's state
    int64_t admitted;         // people let in at its gates
    struct { int32_t second, wait_s, people; } boarded[32]; // the last ones
    int32_t boardings;
} play_lift;

typedef struct play_venue {
    int32_t queued, inside;
    int32_t joined_s, wait_s; // of the last that joined its queue
} play_venue;

typedef struct play_day { // one business day
    piste_date date;
    char text[11];
    int64_t zero_ms;          // its local midnight
    uint64_t seed;
    piste_day *day;
    int32_t done_s;           // the day has been run up to this second
    bool is_over;
    int32_t party_count, coming, *order, next_order; // those that come, by when they order
    play_party *parties;
    int32_t pass_count;
    play_pass *passes;
    play_lift *lifts;
    play_venue *venues;
    int32_t bins, bin_s, from_s;
    double *expected_s;       // [lift * bins + bin]; NaN where nobody boarded
    // people
    int64_t sold, refused, sessions, present, admitted, scans, scans_refused, without_pass;
    struct { char reason[32]; int64_t people; } reasons[PLAY_REASONS];
    int32_t reason_count;
} play_day;

typedef struct play_product {
    char key[41];
    bool takes_visit, takes_rental;
    char session_of[41]; // the venue whose sessions it takes, "" none
} play_product;

typedef struct play_price {
    int32_t product;
    char price_class[41];
    bool is_free;
} play_price;

typedef struct play_clock {
    pthread_mutex_t lock;
    double speed;
    int64_t base_ms, base_us, most_ms; // at base_us it showed base_ms; it goes no further than most_ms
} play_clock;

struct serve_play {
    serve *serve;
    play_clock clock;
    piste_date first_date;
    uint64_t seed;
    int64_t guests; // of each day
    pthread_t thread;
    pthread_mutex_t lock; // of what follows
    pthread_cond_t changed;
    bool is_running, is_stopping;
    double speed, pace;   // as wished; simulated seconds that pass in a second, of the last few
    char note[200];       // why it does not go on, "" where it does
    json_t *told;         // what GET /api/demo answers
    struct { char name[24], roles[24], password[33]; } accounts[PLAY_ACCOUNTS];
    // ---- the thread's own
    play_day today;
    play_product products[PLAY_PRODUCTS];
    play_price prices[PLAY_PRICES];
    int32_t product_count, price_count;
    char local_currency[4], books[4];
    bool takes[8];        // of the currencies that guests bring
    office office;
    char office_folder[4200], published[4200], gate_folder[4200];
    piste_gate *gate;
    int32_t unsynced;
};

// ---- play.c
int64_t play_clock_ms(void *clock);
void play_note(serve_play *p, const char *format, ...) PISTE_PRINTF(2, 3);

// ---- play_sales.c
// Tariff, business day, accounts: all of it by acts. PISTE_EXISTS: the desk has been used.
PISTE_CHECKED piste_status play_sales_begin(serve_play *p, piste_errors *errors);
// Who comes, and when each of them orders; of a rehearsal in which nobody is refused.
PISTE_CHECKED piste_status play_sales_plan(serve_play *p, play_day *d, piste_errors *errors);
void play_sales_order(serve_play *p, play_day *d, int32_t until_s); // all that is due by then, as one batch
bool play_sales_session(serve_play *p, play_day *d, const piste_request *request);
PISTE_CHECKED piste_status play_sales_open(serve_play *p, play_day *d, piste_errors *errors); // drawers
bool play_sales_close(serve_play *p, play_day *d); // drawers and the business day; false: not yet, and told why
// One act or question; the caller drops the answer.
json_t *play_do(serve_play *p, json_t *request);

// ---- play_board.c
PISTE_CHECKED piste_status play_board_begin(serve_play *p, piste_errors *errors); // office and gate
void play_board_end(serve_play *p);
void play_board_issue(serve_play *p, play_day *d, play_party *party);
void play_board_hear(void *play, const piste_event *event); // the day's listener
void play_board_tell(serve_play *p, play_day *d);           // states that changed, as acts
void play_board_measure(serve_play *p, play_day *d);
void play_board_sync(serve_play *p);
json_t *play_board_gates(const serve_play *p, const play_day *d);

#endif
