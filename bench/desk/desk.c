// desk.c - durable orders of one process beside what the disk and bare SQLite give: the desk's side of bench/desk.
//
//     desk FOLDER SECONDS
//
// Everything is measured in turns in the same run, a turn of each after the other, many times over; a ratio is the
// median of the ratios of neighbouring turns. An order is a day pass paid by card: quoted, one place of the cap taken,
// posted, chained. What it writes is counted, and the bare insert writes as many rows in transactions of as many
// orders: rows of four columns with one key in order. A row of the desk has eight columns and twice the bytes, and one of
// its tables has a key in no order (the acts' idempotency keys); so the same is measured with rows of as many bytes, too.
//
// Where an order's instructions go at 64 callers (callgrind; 195,000 in all, while a bare order of eight rows has 41,000):
//
//      55,000  SQLite: eight rows in statements of up to sixteen, one look for the key, the commit; of these the journal's
//              unique index of keys about 7,000
//      52,000  jansson: the request read, its answer made and written (17,000), both released
//      25,000  malloc and free, mostly jansson's
//      63,000  the desk: form, digest, quote, allotment, payment, postings, chain, hash, the queue
//
// 134,000 of them are on the writer's thread. So where a flush costs nothing (tmpfs) 64 callers reach a fifth to a third of
// the bare insert, and half of it is out of reach while an act is JSON in and out and its answer is kept as text in the
// journal. The longer a flush takes the less this weighs: at 270 flushes a second they reached 0.7 and 0.8 of it, and 0.3
// while others kept both cores busy.
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "desk/desk.h"

#ifndef TURNS
#define TURNS 21
#endif
enum { CALLERS_MAX = 64, ROWS_MAX = 32 };

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds; // of one turn
static const char *folder;

static void path_of(const char *name, char out[256]) {
    snprintf(out, 256, "%s/%s", folder, name);
}
static void stop(const char *why) {
    fprintf(stderr, "bench/desk: %s\n", why);
    exit(1);
}

// ---- the disk ------------------------------------------------------------------------------------------------------

static double fdatasync_per_s(void) {
    char path[256], page[4096] = {1};
    path_of("probe", path);
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    double begun = now_s();
    int64_t done = 0;
    if (fd < 0)
        stop("no probe file");
    while (now_s() - begun < seconds) {
        if (write(fd, page, sizeof page) != sizeof page || fdatasync(fd) != 0)
            stop("the probe could not be written");
        done++;
    }
    double rate = (double)done / (now_s() - begun);
    close(fd);
    unlink(path);
    return rate;
}

// ---- bare SQLite ---------------------------------------------------------------------------------------------------

static sqlite3 *bare;
static sqlite3_stmt *bare_insert, *bare_begin, *bare_commit;

static void bare_open(void) {
    char path[256];
    path_of("bare.db", path);
    if (sqlite3_open(path, &bare) != SQLITE_OK ||
        sqlite3_exec(bare,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
                     "CREATE TABLE row (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL, c TEXT NOT "
                     "NULL, d TEXT NOT NULL) STRICT",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v3(bare, "INSERT INTO row (a, b, c, d) VALUES (?1, ?2, ?3, ?4)", -1, SQLITE_PREPARE_PERSISTENT,
                           &bare_insert, NULL) != SQLITE_OK ||
        sqlite3_prepare_v3(bare, "BEGIN IMMEDIATE", -1, SQLITE_PREPARE_PERSISTENT, &bare_begin, NULL) != SQLITE_OK ||
        sqlite3_prepare_v3(bare, "COMMIT", -1, SQLITE_PREPARE_PERSISTENT, &bare_commit, NULL) != SQLITE_OK)
        stop("bare SQLite does not open");
}
static void bare_step(sqlite3_stmt *s) {
    if (sqlite3_step(s) != SQLITE_DONE)
        stop(sqlite3_errmsg(bare));
    sqlite3_reset(s);
}

// Transactions of `orders` orders of `rows` rows each, whose text is `text`; how many orders a second.
static double bare_orders_per_s(int orders, int rows, const char *text) {
    double begun = now_s();
    int64_t done = 0;
    while (now_s() - begun < seconds) {
        bare_step(bare_begin);
        for (int i = 0; i < orders * rows; i++) {
            sqlite3_bind_int64(bare_insert, 1, done);
            sqlite3_bind_int64(bare_insert, 2, 3500 + i);
            sqlite3_bind_text(bare_insert, 3, text, -1, SQLITE_STATIC);
            sqlite3_bind_text(bare_insert, 4, "USD", -1, SQLITE_STATIC);
            bare_step(bare_insert);
        }
        bare_step(bare_commit);
        done += orders;
    }
    return (double)done / (now_s() - begun);
}

// ---- the desk ------------------------------------------------------------------------------------------------------

static desk *d;
static int turn;

static void must(const char *text) {
    char *answer = NULL;
    if (desk_do_text(d, text, strlen(text), &answer) != PISTE_OK)
        stop(answer ? answer : "no memory");
    free(answer);
}

static void desk_set_up(void) {
    char path[256];
    path_of("desk.db", path);
    if (desk_open(&(desk_def){.url = path}, NULL, &d) != PISTE_OK)
        stop("the desk does not open");
    must("{\"act\":\"open\",\"key\":\"a\",\"date\":\"2019-02-02\"}");
    must("{\"act\":\"class\",\"key\":\"b\",\"class\":\"abroad\",\"name\":\"From abroad\"}");
    must("{\"act\":\"product\",\"key\":\"c\",\"product\":\"day-pass\",\"name\":\"Day "
         "pass\",\"kind\":\"day\",\"takes\":[{\"resource\":\"visit\"}]}");
    must("{\"act\":\"price\",\"key\":\"d\",\"product\":\"day-pass\",\"class\":\"abroad\",\"amount\":\"35.00 USD\"}");
    must("{\"act\":\"cap\",\"key\":\"e\",\"from\":\"2019-02-02\",\"until\":\"2019-02-02\",\"capacity\":100000000}");
}

// A caller has one order under way and asks again when it is answered, as a connection of a server does; few threads
// speak for all of them.
enum { SPEAKERS = 2 };

typedef struct caller {
    int number;
    int64_t done;
    struct caller *next;
} caller;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static caller *answered; // and ready to ask again
static int asking;
static bool over;

static json_t *next_order(const caller *c) {
    char text[400];
    json_error_t error;
    int length = snprintf(text, sizeof text,
                          "{\"act\":\"order\",\"key\":\"%d-%d-%" PRId64
                          "\",\"who\":\"till\",\"positions\":[{\"product\":\"day-pass\","
                          "\"class\":\"abroad\",\"date\":\"2019-02-02\"}],\"payments\":[{\"tender\":\"card\"}]}",
                          turn, c->number, c->done);
    return json_loadb(text, (size_t)length, JSON_REJECT_DUPLICATES, &error);
}

static void heard(void *context, piste_status status, char *answer) {
    caller *c = context;
    if (status != PISTE_OK)
        stop(answer ? answer : "no memory");
    free(answer);
    pthread_mutex_lock(&lock);
    c->done++;
    c->next = answered;
    answered = c;
    if (!c->next) // a speaker who finds more than one wakes the other
        pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static void *speak(void *context) {
    (void)context;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (!answered && !(over && asking == 0))
            pthread_cond_wait(&changed, &lock);
        caller *c = answered;
        if (!c)
            break;
        answered = c->next;
        if (answered)
            pthread_cond_signal(&changed);
        if (over) {
            asking--;
            pthread_cond_broadcast(&changed);
            continue;
        }
        pthread_mutex_unlock(&lock);
        desk_submit(d, next_order(c), heard, c);
        pthread_mutex_lock(&lock);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

static double orders_of_one_per_s(void) {
    caller c = {.number = 0};
    double begun = now_s();
    turn++;
    while (now_s() - begun < seconds) {
        char *answer = NULL;
        json_t *request = next_order(&c);
        if (desk_do(d, request, &answer) != PISTE_OK)
            stop(answer ? answer : "no memory");
        json_decref(request);
        free(answer);
        c.done++;
    }
    return (double)c.done / (now_s() - begun);
}

static double orders_per_s(int callers) {
    pthread_t threads[SPEAKERS];
    static caller of[CALLERS_MAX];
    int64_t done = 0;
    turn++;
    store_counts before = store_get_counts(desk_get_store(d));
    over = false;
    asking = callers;
    answered = NULL;
    for (int i = 0; i < callers; i++) {
        of[i] = (caller){.number = i, .next = answered};
        answered = &of[i];
    }
    double begun = now_s();
    for (int i = 0; i < SPEAKERS; i++)
        if (pthread_create(&threads[i], NULL, speak, NULL) != 0)
            stop("no thread");
    nanosleep(&(struct timespec){(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)}, NULL);
    pthread_mutex_lock(&lock);
    over = true;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < SPEAKERS; i++)
        pthread_join(threads[i], NULL);
    double took = now_s() - begun;
    store_counts after = store_get_counts(desk_get_store(d));
    if (getenv("PISTE_BENCH_BATCHES"))
        fprintf(stderr, "%d callers: %.1f orders a batch\n", callers,
                (double)(after.commands - before.commands) / (double)(after.batches - before.batches));
    for (int i = 0; i < callers; i++)
        done += of[i].done;
    return (double)done / took;
}

// How long a group of 300 takes, sold in one act.
static double group_ms(void) {
    static int number;
    char text[300], *answer = NULL;
    int length = snprintf(text, sizeof text,
                          "{\"act\":\"order\",\"key\":\"group-%d\",\"positions\":[{\"product\":\"day-pass\",\"class\":"
                          "\"abroad\",\"count\":300}],"
                          "\"payments\":[{\"tender\":\"card\"}]}",
                          number++);
    double begun = now_s();
    if (desk_do_text(d, text, (size_t)length, &answer) != PISTE_OK)
        stop(answer ? answer : "no memory");
    free(answer);
    return 1e3 * (now_s() - begun);
}

static piste_status count_rows(store_db *db, void *context) {
    return store_find_number(
        db, context, NULL,
        "SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM posting) + (SELECT count(*) FROM take)"
        " + (SELECT count(*) FROM orders) + (SELECT count(*) FROM position) + (SELECT count(*) FROM claim)"
        " + (SELECT count(*) FROM payment)",
        NULL, 0);
}
static int rows_of_an_order(void) {
    int64_t before = 0, after = 0;
    if (store_read(desk_get_store(d), count_rows, &before) != PISTE_OK)
        stop("rows cannot be counted");
    must("{\"act\":\"order\",\"key\":\"one\",\"positions\":[{\"product\":\"day-pass\",\"class\":\"abroad\"}],"
         "\"payments\":[{\"tender\":\"card\"}]}");
    if (store_read(desk_get_store(d), count_rows, &after) != PISTE_OK)
        stop("rows cannot be counted");
    return (int)(after - before);
}

static piste_status count_pages(store_db *db, void *context) {
    return store_find_number(db, context, NULL, "PRAGMA page_count", NULL, 0);
}
// Of the file, with indexes and what pages leave free: over enough orders to fill pages.
static int bytes_of_an_order(void) {
    enum { ORDERS = 2000, PAGE = 4096 };
    int64_t before = 0, after = 0;
    if (store_read(desk_get_store(d), count_pages, &before) != PISTE_OK)
        stop("pages cannot be counted");
    for (caller c = {.number = -1}; c.done < ORDERS; c.done++) {
        json_t *request = next_order(&c);
        char *answer = NULL;
        if (desk_do(d, request, &answer) != PISTE_OK)
            stop(answer ? answer : "no memory");
        json_decref(request);
        free(answer);
    }
    if (store_read(desk_get_store(d), count_pages, &after) != PISTE_OK)
        stop("pages cannot be counted");
    return (int)((after - before) * PAGE / ORDERS);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
static double median(double *list) {
    qsort(list, TURNS, sizeof *list, by_size);
    return list[TURNS / 2];
}

static double best(const double *list) {
    double most = list[0];
    for (int i = 1; i < TURNS; i++)
        most = list[i] > most ? list[i] : most;
    return most;
}

int main(int argc, char **argv) {
    double sync[TURNS], one[TURNS], bare_one[TURNS], eight[TURNS], many[TURNS], bare_many[TURNS], group[TURNS],
        over_one[TURNS], over_many[TURNS], bare_bytes[TURNS], over_bytes[TURNS];
    if (argc != 3)
        stop("usage: desk FOLDER SECONDS");
    folder = argv[1];
    seconds = atof(argv[2]);
    desk_set_up();
    bare_open();
    // A bare row has a text of 20 bytes and 19 others.
    enum { BARE_ROW = 39, BARE_TEXT = 20, TEXT_MAX = 1000 };
    static const char usual[] = "Liabilities:Deposits";
    char wide[TEXT_MAX + 1];
    int rows = rows_of_an_order(), bytes = bytes_of_an_order(), width = BARE_TEXT + bytes / rows - BARE_ROW;
    memset(wide, '-', sizeof wide);
    wide[width < BARE_TEXT ? BARE_TEXT : width > TEXT_MAX ? TEXT_MAX : width] = 0;
    for (int i = 0; i < TURNS; i++) {
        sync[i] = fdatasync_per_s();
        bare_one[i] = bare_orders_per_s(1, 1, usual);
        one[i] = orders_of_one_per_s();
        eight[i] = orders_per_s(8);
        bare_many[i] = bare_orders_per_s(64, rows, usual);
        many[i] = orders_per_s(64);
        bare_bytes[i] = bare_orders_per_s(64, rows, wide);
        group[i] = group_ms();
        over_one[i] = one[i] / bare_one[i];
        over_many[i] = many[i] / bare_many[i];
        over_bytes[i] = many[i] / bare_bytes[i];
    }
    store_counts counts = store_get_counts(desk_get_store(d));
    fprintf(stderr, "bench/desk: %" PRId64 " acts in %" PRId64 " commits, %" PRId64 " run again\n", counts.commands,
            counts.batches, counts.careful);
    printf("figure desk.fdatasync %.0f 1/s\n", median(sync));
    printf("figure desk.bare_transaction %.0f 1/s\n", median(bare_one));
    printf("figure desk.rows_of_an_order %d 1\n", rows);
    printf("figure desk.bytes_of_an_order %d 1\n", bytes);
    printf("figure desk.bare_insert_of_64_orders %.0f 1/s\n", median(bare_many));
    printf("figure desk.orders_1 %.0f 1/s\n", median(one));
    printf("figure desk.orders_8 %.0f 1/s\n", median(eight));
    printf("figure desk.orders_64 %.0f 1/s\n", median(many));
    printf("figure desk.order_1_over_bare_transaction %.3f 1\n", median(over_one));
    printf("figure desk.orders_64_over_bare_insert %.3f 1\n", median(over_many));
    printf("figure desk.orders_64_over_bare_insert_of_as_many_bytes %.3f 1\n", median(over_bytes));
    // Beside the medians: the fastest turn of each, which others on the machine disturb least.
    printf("figure desk.best_order_1_over_bare_transaction %.3f 1\n", best(one) / best(bare_one));
    printf("figure desk.best_orders_64_over_bare_insert %.3f 1\n", best(many) / best(bare_many));
    printf("figure desk.group_of_300 %.2f ms\n", median(group));
    desk_close(d);
    sqlite3_finalize(bare_insert);
    sqlite3_finalize(bare_begin);
    sqlite3_finalize(bare_commit);
    sqlite3_close(bare);
    return 0;
}
