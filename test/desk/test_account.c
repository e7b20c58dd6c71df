// test_account.c - passwords and the second step of signing in: the codes of RFC 6238, once each and near their time alone.
#include "desk/database.h"
#include "desk/place.h"

#include <liboath/oath.h>
#include <pthread.h>
#include <sodium.h>

#include "desk/account.h"

static const char RFC_SECRET[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"; // "12345678901234567890" in base32
static const char FIRST[] = "snow falls upon the pass", SECOND[] = "and a lift stops above it";

static database db;
static desk *d;
static int64_t keys, now_ms;

static int64_t clock_ms(void *context) {
    (void)context;
    return now_ms;
}

static int set_up(void **state) {
    (void)state;
    now_ms = 1768608000000;
    database_create(&db, false);
    assert_int_equal(desk_open(&(desk_def){.url = db.url, .now_ms = clock_ms}, NULL, &d), PISTE_OK);
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    piste_status status = desk_audit(d, NULL, &(desk_audit_result){0});
    desk_close(d);
    database_destroy(&db);
    return status != PISTE_OK;
}

// Takes the request, which gets a key; the caller releases the answer.
static json_t *ask_by(const char *key, json_t *request, piste_status expected) {
    char *answer = NULL;
    json_object_set_new(request, "key", json_string(key));
    piste_status status = desk_do(d, request, &answer);
    if (status != expected)
        fail_msg("%s: expected %s", answer, piste_status_name(expected));
    json_t *out = json_loads(answer, 0, NULL);
    json_decref(request);
    free(answer);
    return out;
}
static json_t *ask(json_t *request, piste_status expected) {
    char key[24];
    snprintf(key, sizeof key, "k%lld", (long long)keys++);
    return ask_by(key, request, expected);
}
static void make(const char *name, const char *password, const char *roles) {
    json_decref(ask(json_pack("{s:s,s:s,s:s,s:s}", "act", "account", "name", name, "password", password, "roles", roles), PISTE_OK));
}

// "" where it opens, otherwise why it does not.
static const char *enter(const char *name, const char *password, const char *code, char token[DESK_TOKEN_TEXT]) {
    const char *reason = "";
    piste_status status = desk_sign_in(d, &(desk_credentials){name, password, code}, "", &reason, token);
    assert_true(status == PISTE_OK || status == PISTE_REFUSED);
    return status == PISTE_OK ? "" : reason;
}
static void opens(const char *name, const char *password, const char *code, const char *expected) {
    char token[DESK_TOKEN_TEXT];
    assert_string_equal(enter(name, password, code, token), expected);
}

static const char *code_at(const char *secret, int64_t at_s) {
    static char code[7];
    char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(oath_base32_decode(secret, strlen(secret), &bytes, &size), OATH_OK);
    assert_int_equal(oath_totp_generate(bytes, size, at_s, 30, 0, 6, code), OATH_OK);
    free(bytes);
    return code;
}
static const char *code_now(const char *secret, int steps) {
    return code_at(secret, now_ms / 1000 + 30 * steps);
}

static void begin(const char *name, const char *password, const char *secret, desk_recovery_codes codes) {
    const char *reason = "";
    if (desk_two_step_begin(d, &(desk_credentials){name, password, code_now(secret, 0)}, secret, &reason, codes) != PISTE_OK)
        fail_msg("the second step does not begin: %s", reason);
}
static int64_t codes_left(const char *name, const char *password, const char *code) {
    char token[DESK_TOKEN_TEXT];
    json_t *seen = NULL;
    assert_string_equal(enter(name, password, code, token), "");
    assert_int_equal(desk_account_see(d, name, token, &seen), PISTE_OK);
    int64_t left = desk_number(seen, "codes", -1);
    json_decref(seen);
    return left;
}

// ---- codes -------------------------------------------------------------------------------------------------------------------

// RFC 6238, appendix B: the last six of its eight digits.
static void codes_are_those_of_the_standard(void **state) {
    (void)state;
    static const struct {
        int64_t at_s;
        const char *code;
    } published[] = {{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    desk_recovery_codes codes;
    const char *reason = "";
    now_ms = 30000;
    make("boss", FIRST, "manager");
    now_ms = published[0].at_s * 1000;
    assert_int_equal(desk_two_step_begin(d, &(desk_credentials){"boss", FIRST, "287083"}, RFC_SECRET, &reason, codes), PISTE_REFUSED);
    assert_string_equal(reason, "wrong_code");
    opens("boss", FIRST, NULL, ""); // it has not begun
    assert_int_equal(desk_two_step_begin(d, &(desk_credentials){"boss", FIRST, published[0].code}, RFC_SECRET, &reason, codes), PISTE_OK);
    for (size_t i = 1; i < BASE_COUNT(published); i++) {
        now_ms = published[i].at_s * 1000;
        opens("boss", FIRST, NULL, "code_needed");
        opens("boss", FIRST, published[i].code, "");
        opens("boss", FIRST, published[i].code, "wrong_code"); // once
    }
}

static void a_code_opens_once_and_near_its_time(void **state) {
    (void)state;
    desk_recovery_codes codes;
    make("boss", FIRST, "manager");
    begin("boss", FIRST, RFC_SECRET, codes);
    opens("boss", FIRST, code_now(RFC_SECRET, 0), "wrong_code"); // it has begun with it
    for (int steps = -2; steps <= 2; steps++) {
        now_ms += 3600000;
        bool near = steps >= -1 && steps <= 1;
        char code[7];
        strcpy(code, code_now(RFC_SECRET, steps));
        opens("boss", FIRST, code, near ? "" : "wrong_code");
        opens("boss", FIRST, code, "wrong_code");
        if (steps == 1)
            opens("boss", FIRST, code_now(RFC_SECRET, 0), "wrong_code"); // older than one that has opened
    }
    opens("boss", FIRST, "12345", "wrong_code");
    opens("boss", FIRST, "1234567", "wrong_code");
    opens("boss", FIRST, "an endless code that is no code at all", "wrong_code");
}

typedef struct racer {
    pthread_t thread;
    const char *code;
    char token[DESK_TOKEN_TEXT];
    piste_status status;
} racer;
static void *race(void *context) {
    racer *r = context;
    const char *reason;
    r->status = desk_sign_in(d, &(desk_credentials){"boss", FIRST, r->code}, "", &reason, r->token);
    return NULL;
}

static void of_those_who_come_at_once_with_a_code_one_is_let_in(void **state) {
    (void)state;
    enum { RACERS = 4 };
    desk_recovery_codes codes;
    make("boss", FIRST, "manager");
    begin("boss", FIRST, RFC_SECRET, codes);
    for (int turn = 0; turn < 2; turn++) {
        racer racers[RACERS];
        int open = 0;
        now_ms += 60000;
        const char *code = turn ? codes[turn] : code_now(RFC_SECRET, 0);
        for (int i = 0; i < RACERS; i++) {
            racers[i].code = code;
            assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
        }
        for (int i = 0; i < RACERS; i++) {
            pthread_join(racers[i].thread, NULL);
            open += racers[i].status == PISTE_OK;
        }
        assert_int_equal(open, 1);
    }
}

static void recovery_codes_open_once_each(void **state) {
    (void)state;
    desk_recovery_codes codes, later;
    const char *reason = "";
    char plain[DESK_RECOVERY_TEXT];
    size_t length = 0;
    make("boss", FIRST, "manager");
    make("till", FIRST, "cashier");
    begin("boss", FIRST, RFC_SECRET, codes);
    begin("till", FIRST, RFC_SECRET, later);
    assert_int_equal(codes_left("boss", FIRST, codes[0]), DESK_RECOVERY_CODES - 1);
    opens("boss", FIRST, codes[0], "wrong_code");
    assert_int_equal(desk_two_step_begin(d, &(desk_credentials){"boss", FIRST, code_now(RFC_SECRET, 0)}, RFC_SECRET, &reason, later), PISTE_REFUSED);
    assert_string_equal(reason, "has_two_step"); // the password alone puts no other in its place
    opens("boss", FIRST, later[0], "wrong_code"); // another's
    for (const char *c = codes[1]; *c; c++) // as one types it
        if (*c != '-')
            plain[length++] = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    plain[length] = 0;
    assert_int_equal(codes_left("boss", FIRST, plain), DESK_RECOVERY_CODES - 2);
    now_ms += 60000;
    assert_int_equal(desk_two_step_codes(d, &(desk_credentials){"boss", FIRST, code_now(RFC_SECRET, 0)}, &reason, later), PISTE_OK);
    opens("boss", FIRST, codes[2], "wrong_code");
    assert_int_equal(codes_left("boss", FIRST, later[9]), DESK_RECOVERY_CODES - 1);
    assert_int_equal(desk_two_step_end(d, &(desk_credentials){"boss", FIRST, later[8]}, &reason), PISTE_OK);
    assert_int_equal(codes_left("boss", FIRST, NULL), 0);
    assert_int_equal(desk_two_step_codes(d, &(desk_credentials){"boss", FIRST, NULL}, &reason, later), PISTE_REFUSED);
    assert_string_equal(reason, "no_two_step");
}

static void wrong_codes_lock_the_account(void **state) {
    (void)state;
    desk_recovery_codes codes;
    make("boss", FIRST, "manager");
    begin("boss", FIRST, RFC_SECRET, codes);
    now_ms += 60000;
    for (int i = 0; i < DESK_SIGN_IN_TRIES; i++)
        opens("boss", FIRST, i % 2 ? "AAAA-AAAA-AAAA-AAAA" : code_now(RFC_SECRET, 5), "wrong_code");
    opens("boss", FIRST, code_now(RFC_SECRET, 0), "locked");
    now_ms += DESK_SIGN_IN_LOCKED_S * 1000ll;
    opens("boss", FIRST, code_now(RFC_SECRET, 0), "");
}

// ---- passwords ---------------------------------------------------------------------------------------------------------------

static void another_password_keeps_the_second_step_and_ends_what_was_open(void **state) {
    (void)state;
    desk_recovery_codes codes;
    char token[DESK_TOKEN_TEXT], elsewhere[DESK_TOKEN_TEXT];
    const char *reason = "";
    desk_session session;
    make("boss", FIRST, "manager");
    begin("boss", FIRST, RFC_SECRET, codes);
    assert_string_equal(enter("boss", FIRST, codes[0], elsewhere), "");
    assert_int_equal(desk_password_change(d, "boss", SECOND, "yet another of these", "", &reason, token), PISTE_REFUSED);
    assert_string_equal(reason, "wrong");
    assert_int_equal(desk_password_change(d, "boss", FIRST, "password1234", "", &reason, token), PISTE_INVALID);
    assert_int_equal(desk_password_change(d, "boss", FIRST, FIRST, "", &reason, token), PISTE_INVALID);
    assert_int_equal(desk_session_find(d, elsewhere, &session), PISTE_OK);
    assert_int_equal(desk_password_change(d, "boss", FIRST, SECOND, "", &reason, token), PISTE_OK);
    assert_int_equal(desk_session_find(d, elsewhere, &session), PISTE_REFUSED);
    assert_int_equal(desk_session_find(d, token, &session), PISTE_OK);
    assert_int_equal(desk_password_change(d, "boss", FIRST, SECOND, "", &reason, token), PISTE_OK); // its answer was lost
    now_ms += 60000;
    opens("boss", FIRST, code_now(RFC_SECRET, 0), "wrong");
    opens("boss", SECOND, code_now(RFC_SECRET, 0), "");
    opens("boss", SECOND, codes[1], "");
    make("boss", FIRST, "manager"); // somebody gives it another: the phone is lost
    opens("boss", FIRST, NULL, "");
}

static void a_password_that_is_for_once_is_told_once_and_opens_no_role(void **state) {
    (void)state;
    json_t *answer = ask_by("new", json_pack("{s:s,s:s,s:s,s:b}", "act", "account", "name", "till", "roles", "cashier gate", "once", 1), PISTE_OK);
    json_t *again = ask_by("new", json_pack("{s:s,s:s,s:s,s:b}", "act", "account", "name", "till", "roles", "cashier gate", "once", 1), PISTE_OK);
    char given[DESK_RECOVERY_TEXT], token[DESK_TOKEN_TEXT];
    const char *reason = "";
    desk_session session;
    snprintf(given, sizeof given, "%s", desk_text(answer, "password"));
    assert_int_equal(strlen(given), DESK_RECOVERY_TEXT - 1);
    assert_null(json_object_get(again, "password"));
    assert_null(json_object_get(answer, "mark"));
    json_decref(answer);
    json_decref(again);
    assert_string_equal(enter("till", given, NULL, token), "");
    assert_int_equal(desk_session_find(d, token, &session), PISTE_OK);
    assert_int_equal(session.must, DESK_MUST_PASSWORD);
    assert_int_equal(session.roles, 0);
    assert_int_equal(session.own_roles, DESK_ROLE_CASHIER | DESK_ROLE_GATE);
    now_ms += DESK_ONCE_S * 1000ll - 1;
    opens("till", given, NULL, "");
    now_ms += 1;
    opens("till", given, NULL, "expired");
    now_ms -= 1000;
    assert_int_equal(desk_password_change(d, "till", given, FIRST, "", &reason, token), PISTE_OK);
    assert_int_equal(desk_session_find(d, token, &session), PISTE_OK);
    assert_int_equal(session.must, DESK_MUST_NOTHING);
    assert_int_equal(session.roles, DESK_ROLE_CASHIER | DESK_ROLE_GATE);
    now_ms += 1000 * DESK_ONCE_S;
    opens("till", FIRST, NULL, "");
}

static void what_would_be_guessed_is_no_password(void **state) {
    (void)state;
    static const char *const likely[] = {"short", "elevenchars", "passwordpassword", "password1234", "123456789012", "qwertyuiopas", "iloveyouforever",
                                         "aaaaaaaaaaaaaaaaaaaaaaaa", "chief-of-till2", "chief-of-tillchief-of-till"};
    for (size_t i = 0; i < BASE_COUNT(likely); i++)
        json_decref(ask(json_pack("{s:s,s:s,s:s,s:s}", "act", "account", "name", "chief-of-till", "password", likely[i], "roles", "cashier"), PISTE_INVALID));
    static const char *const fine[] = {"snow falls upon the pass", "스키장에서 눈이 온다네요", "vexing-otter-lamp"};
    for (size_t i = 0; i < BASE_COUNT(fine); i++)
        make("chief-of-till", fine[i], "cashier");
}

// ---- who must ------------------------------------------------------------------------------------------------------------------

static void a_role_that_needs_a_second_step_opens_nothing_without(void **state) {
    (void)state;
    desk_recovery_codes codes;
    char boss[DESK_TOKEN_TEXT], till[DESK_TOKEN_TEXT];
    desk_session session;
    make("boss", FIRST, "manager planner");
    make("till", FIRST, "cashier");
    assert_string_equal(enter("boss", FIRST, NULL, boss), "");
    assert_string_equal(enter("till", FIRST, NULL, till), "");
    json_decref(ask(json_pack("{s:s,s:s}", "act", "two-step", "roles", "manager auditor"), PISTE_OK));
    json_decref(ask(json_pack("{s:s,s:s}", "act", "two-step", "roles", "skier"), PISTE_INVALID));
    assert_int_equal(desk_session_find(d, till, &session), PISTE_OK);
    assert_int_equal(session.roles, DESK_ROLE_CASHIER);
    assert_int_equal(desk_session_find(d, boss, &session), PISTE_OK); // in a session that is under way
    assert_int_equal(session.must, DESK_MUST_TWO_STEP);
    assert_int_equal(session.roles, 0);
    begin("boss", FIRST, RFC_SECRET, codes);
    assert_int_equal(desk_session_find(d, boss, &session), PISTE_OK);
    assert_int_equal(session.roles, DESK_ROLE_MANAGER | DESK_ROLE_PLANNER);
    json_decref(ask(json_pack("{s:s,s:s}", "act", "two-step", "roles", "none"), PISTE_OK));
    make("boss", FIRST, "manager"); // takes it off
    assert_string_equal(enter("boss", FIRST, NULL, boss), "");
    assert_int_equal(desk_session_find(d, boss, &session), PISTE_OK);
    assert_int_equal(session.roles, DESK_ROLE_MANAGER);
}

static void sessions_are_seen_and_ended_by_their_owner_alone(void **state) {
    (void)state;
    char tokens[3][DESK_TOKEN_TEXT], other[DESK_TOKEN_TEXT];
    json_t *seen = NULL;
    int64_t ended = 0;
    desk_session session;
    make("boss", FIRST, "manager");
    make("till", FIRST, "cashier");
    for (int i = 0; i < 3; i++, now_ms += 1000)
        assert_string_equal(enter("boss", FIRST, NULL, tokens[i]), "");
    assert_string_equal(enter("till", FIRST, NULL, other), "");
    assert_int_equal(desk_account_see(d, "boss", tokens[1], &seen), PISTE_OK);
    const json_t *list = json_object_get(seen, "sessions");
    assert_int_equal(json_array_size(list), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(desk_flag(json_array_get(list, i), "is_own"), i == 1);
    const char *newest = desk_text(json_array_get(list, 0), "session");
    assert_int_equal(desk_sessions_end(d, "till", newest, other, &ended), PISTE_OK); // not theirs
    assert_int_equal(ended, 0);
    assert_int_equal(desk_sessions_end(d, "boss", "cafe", tokens[1], &ended), PISTE_INVALID);
    assert_int_equal(desk_sessions_end(d, "boss", newest, tokens[1], &ended), PISTE_OK);
    assert_int_equal(ended, 1);
    assert_int_equal(desk_session_find(d, tokens[2], &session), PISTE_REFUSED);
    assert_int_equal(desk_sessions_end(d, "boss", "", tokens[1], &ended), PISTE_OK);
    assert_int_equal(ended, 1);
    assert_int_equal(desk_session_find(d, tokens[0], &session), PISTE_REFUSED);
    assert_int_equal(desk_session_find(d, tokens[1], &session), PISTE_OK);
    assert_int_equal(desk_session_find(d, other, &session), PISTE_OK);
    json_decref(seen);
}

// ---- what stands on the disk -----------------------------------------------------------------------------------------------------

static void a_copy_has_the_second_step_and_no_secret(void **state) {
    (void)state;
    desk_recovery_codes codes;
    char copy[128];
    desk_audit_result result;
    make("boss", FIRST, "manager");
    begin("boss", FIRST, RFC_SECRET, codes);
    json_t *answer = ask(json_pack("{s:s,s:s,s:s,s:b}", "act", "account", "name", "till", "roles", "cashier", "once", 1), PISTE_OK);
    json_decref(ask(json_pack("{s:s,s:s}", "act", "two-step", "roles", "manager"), PISTE_OK));
    snprintf(copy, sizeof copy, "%s/copy.db", db.folder);
    assert_int_equal(desk_backup(d, copy, NULL, &result), PISTE_OK);
    const char *secrets[] = {FIRST, RFC_SECRET, "12345678901234567890", codes[0], desk_text(answer, "password")};
    for (size_t i = 0; i < BASE_COUNT(secrets); i++)
        if (place_count(db.folder, secrets[i], strlen(secrets[i])))
            fail_msg("'%s' stands on the disk", secrets[i]);
    assert_true(place_count_file(copy, "boss", 4) > 0);
    json_decref(answer);
    desk *before = d;
    assert_int_equal(desk_open(&(desk_def){.url = copy, .now_ms = clock_ms}, NULL, &d), PISTE_OK);
    now_ms += 60000;
    char token[DESK_TOKEN_TEXT];
    desk_session session;
    opens("boss", FIRST, NULL, "code_needed");
    opens("boss", FIRST, codes[3], "");
    assert_string_equal(enter("boss", FIRST, code_now(RFC_SECRET, 0), token), "");
    assert_int_equal(desk_session_find(d, token, &session), PISTE_OK);
    assert_int_equal(session.must, DESK_MUST_NOTHING);
    desk_close(d);
    d = before;
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(codes_are_those_of_the_standard),
        CASE(a_code_opens_once_and_near_its_time),
        CASE(of_those_who_come_at_once_with_a_code_one_is_let_in),
        CASE(recovery_codes_open_once_each),
        CASE(wrong_codes_lock_the_account),
        CASE(another_password_keeps_the_second_step_and_ends_what_was_open),
        CASE(a_password_that_is_for_once_is_told_once_and_opens_no_role),
        CASE(what_would_be_guessed_is_no_password),
        CASE(a_role_that_needs_a_second_step_opens_nothing_without),
        CASE(sessions_are_seen_and_ended_by_their_owner_alone),
        CASE(a_copy_has_the_second_step_and_no_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
