// test_vault.c - a key that was erased is nowhere and never comes back; everything else survives crashes, rotation and restores.
#include "desk/place.h"

#include <fcntl.h>

static void id_of(int n, unsigned char id[DESK_KEY_ID_SIZE]) {
    memset(id, 0, DESK_KEY_ID_SIZE);
    for (int i = 0; i < DESK_KEY_ID_SIZE; i += 8) {
        uint64_t bits = base_draw(base_key_text("id"), (uint64_t)(2 * n + i / 8));
        memcpy(id + i, &bits, 8);
    }
}

// The bytes that stand in vault.db for a key.
static void wrapped_of(const char *folder, const unsigned char *id, unsigned char *wrapped, int *size) {
    char path[200];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    snprintf(path, sizeof path, "%s/vault.db", folder);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT wrapped FROM secret WHERE key_id = ?", -1, &s, NULL), SQLITE_OK);
    sqlite3_bind_blob(s, 1, id, DESK_KEY_ID_SIZE, SQLITE_STATIC);
    *size = 0;
    if (sqlite3_step(s) == SQLITE_ROW) {
        *size = sqlite3_column_bytes(s, 0);
        memcpy(wrapped, sqlite3_column_blob(s, 0), (size_t)*size);
    }
    sqlite3_finalize(s);
    sqlite3_close(db);
}

static desk_vault *open_vault(const char *folder) {
    desk_vault *v = NULL;
    piste_errors *errors = piste_errors_create();
    piste_status status = desk_vault_open(&(desk_vault_def){.folder = folder}, errors, &v);
    if (status != PISTE_OK)
        print_message("# %s\n", piste_errors_get(errors, 0)->text);
    assert_int_equal(status, PISTE_OK);
    piste_errors_destroy(errors);
    return v;
}

static piste_status try_vault(const char *folder) {
    desk_vault *v = NULL;
    piste_status status = desk_vault_open(&(desk_vault_def){.folder = folder, .must_exist = true}, NULL, &v);
    if (status == PISTE_OK)
        desk_vault_close(v);
    return status;
}

enum { KEYS = 40 };

static void keys_last_and_what_is_erased_is_nowhere(void **state) {
    (void)state;
    char folder[64];
    unsigned char id[DESK_KEY_ID_SIZE], keys[KEYS][DESK_KEY_SIZE], again[DESK_KEY_SIZE], wrapped[200];
    int size = 0;
    place_create(folder);
    desk_vault *v = open_vault(folder);
    for (int i = 0; i < KEYS; i++) {
        id_of(i, id);
        assert_int_equal(desk_vault_key(v, id, false, keys[i]), PISTE_NOT_FOUND);
        assert_int_equal(desk_vault_key(v, id, true, keys[i]), PISTE_OK);
        assert_int_equal(place_count(folder, keys[i], DESK_KEY_SIZE), 0); // never as it is
        for (int j = 0; j < i; j++)
            assert_memory_not_equal(keys[i], keys[j], DESK_KEY_SIZE);
    }
    for (int i = 0; i < KEYS; i++) { // every second one is erased, one by one, and the others stay
        id_of(i, id);
        wrapped_of(folder, id, wrapped, &size);
        assert_true(size > DESK_KEY_SIZE);
        assert_true(place_count(folder, wrapped, (size_t)size) > 0);
        if (i % 2 == 0)
            continue;
        assert_int_equal(desk_vault_erase(v, (const unsigned char(*)[DESK_KEY_ID_SIZE]) & id, 1), PISTE_OK);
        assert_int_equal(place_count(folder, wrapped, (size_t)size), 0);
        assert_int_equal(desk_vault_key(v, id, true, again), PISTE_REFUSED);
    }
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < KEYS; i++) {
            id_of(i, id);
            assert_int_equal(desk_vault_key(v, id, false, again), i % 2 ? PISTE_REFUSED : PISTE_OK);
            if (i % 2 == 0)
                assert_memory_equal(again, keys[i], DESK_KEY_SIZE);
        }
        desk_vault_close(v);
        v = open_vault(folder);
    }
    desk_vault_close(v);
    place_destroy(folder);
}

static void a_new_master_key_opens_everything_and_the_old_one_nothing(void **state) {
    (void)state;
    char folder[64], backup[100], master[100], path[100];
    unsigned char id[DESK_KEY_ID_SIZE], keys[KEYS][DESK_KEY_SIZE], again[DESK_KEY_SIZE];
    int64_t generation = 0;
    place_create(folder);
    desk_vault *v = open_vault(folder), *other = open_vault(folder);
    for (int i = 0; i < KEYS; i++) {
        id_of(i, id);
        assert_int_equal(desk_vault_key(v, id, true, keys[i]), PISTE_OK);
    }
    snprintf(backup, sizeof backup, "%s/../%s.backup", folder, strrchr(folder, '/') + 1);
    snprintf(master, sizeof master, "%s/../%s.master", folder, strrchr(folder, '/') + 1);
    snprintf(path, sizeof path, "%s/master-1.key", folder);
    assert_int_equal(desk_vault_backup(v, backup, NULL), PISTE_OK);
    assert_int_equal(desk_vault_backup(v, backup, NULL), PISTE_EXISTS);
    assert_int_equal(desk_vault_rotate(v, NULL, &generation), PISTE_OK);
    assert_int_equal(generation, 2);
    assert_int_equal(access(path, F_OK), -1);
    for (int i = 0; i <= KEYS; i++) { // another process learns of it by itself, also before it makes a key
        id_of(i, id);
        assert_int_equal(desk_vault_key(other, id, i == KEYS, again), PISTE_OK);
        if (i < KEYS)
            assert_memory_equal(again, keys[i], DESK_KEY_SIZE);
    }
    assert_int_equal(desk_vault_master_save(v, "too short", master, NULL), PISTE_INVALID);
    assert_int_equal(desk_vault_master_save(v, "a long sentence", master, NULL), PISTE_OK);
    desk_vault_close(v);
    desk_vault_close(other);
    // The backup from before was wrapped by a key that is no more.
    char now[100];
    snprintf(now, sizeof now, "%s/../%s.now", folder, strrchr(folder, '/') + 1);
    v = open_vault(folder);
    assert_int_equal(desk_vault_backup(v, now, NULL), PISTE_OK);
    desk_vault_close(v);
    assert_int_equal(desk_vault_restore(folder, backup, NULL), PISTE_OK);
    assert_int_equal(try_vault(folder), PISTE_NOT_FOUND);
    assert_int_equal(desk_vault_restore(folder, now, NULL), PISTE_OK);
    assert_int_equal(try_vault(folder), PISTE_OK);
    // A lost master key comes back from its copy, by its passphrase alone.
    snprintf(path, sizeof path, "%s/master-2.key", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(try_vault(folder), PISTE_NOT_FOUND);
    assert_int_equal(desk_vault_master_load(folder, "another sentence", master, NULL), PISTE_REFUSED);
    assert_int_equal(desk_vault_master_load(folder, "a long sentence", master, NULL), PISTE_OK);
    v = open_vault(folder);
    id_of(7, id);
    assert_int_equal(desk_vault_key(v, id, false, again), PISTE_OK);
    assert_memory_equal(again, keys[7], DESK_KEY_SIZE);
    desk_vault_close(v);
    unlink(backup);
    unlink(master);
    unlink(now);
    place_destroy(folder);
}

// An older vault brings nobody back: the list of erasures, which no backup replaces, wins.
static void an_older_vault_resurrects_nobody(void **state) {
    (void)state;
    char folder[64], backup[100], list[100];
    unsigned char id[DESK_KEY_ID_SIZE], key[DESK_KEY_SIZE], wrapped[200];
    int size = 0;
    place_create(folder);
    snprintf(backup, sizeof backup, "%s/../%s.backup", folder, strrchr(folder, '/') + 1);
    snprintf(list, sizeof list, "%s/erased.list", folder);
    desk_vault *v = open_vault(folder);
    for (int i = 0; i < 8; i++) {
        id_of(i, id);
        assert_int_equal(desk_vault_key(v, id, true, key), PISTE_OK);
    }
    assert_int_equal(desk_vault_backup(v, backup, NULL), PISTE_OK);
    id_of(3, id);
    wrapped_of(folder, id, wrapped, &size);
    assert_int_equal(desk_vault_erase(v, (const unsigned char(*)[DESK_KEY_ID_SIZE]) & id, 1), PISTE_OK);
    desk_vault_close(v);
    assert_int_equal(desk_vault_restore(folder, backup, NULL), PISTE_OK);
    assert_true(place_count(folder, wrapped, (size_t)size) > 0); // the old vault holds it, until it is opened
    v = open_vault(folder);
    assert_int_equal(desk_vault_key(v, id, false, key), PISTE_REFUSED);
    assert_int_equal(place_count(folder, wrapped, (size_t)size), 0);
    desk_vault_close(v);
    // A line that a crash left unfinished harms nothing, before and after the next erasure; a lost list is made anew.
    int fd = open(list, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "0123456789", 10), 10);
    close(fd);
    v = open_vault(folder);
    id_of(5, id);
    assert_int_equal(desk_vault_erase(v, (const unsigned char(*)[DESK_KEY_ID_SIZE]) & id, 1), PISTE_OK);
    desk_vault_close(v);
    v = open_vault(folder);
    desk_key_ids erased = {0};
    assert_int_equal(desk_vault_erased(v, &erased), PISTE_OK);
    assert_int_equal(erased.count, 2);
    desk_key_ids_release(&erased);
    desk_vault_close(v);
    unlink(backup);
    place_destroy(folder);
}

static void what_others_can_read_is_refused(void **state) {
    (void)state;
    char folder[64], path[100];
    struct stat about;
    place_create(folder);
    desk_vault_close(open_vault(folder));
    static const char *const names[] = {"vault.db", "master-1.key", "erased.list"};
    for (size_t i = 0; i < BASE_COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 0777, 0600);
    }
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(try_vault(folder), PISTE_INVALID);
    assert_int_equal(chmod(folder, 0700), 0);
    snprintf(path, sizeof path, "%s/master-1.key", folder);
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(try_vault(folder), PISTE_INVALID);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(try_vault(folder), PISTE_OK);
    snprintf(path, sizeof path, "%s/vault.db", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(try_vault(folder), PISTE_NOT_FOUND); // never made anew beside its list
    place_destroy(folder);
    assert_int_equal(try_vault(folder), PISTE_NOT_FOUND);
}

// What is sealed opens with the same key about the same alone, in whatever length, and equal texts are equal bytes.
static void a_seal_holds(void **state) {
    (void)state;
    unsigned char key[DESK_KEY_SIZE] = {1}, other[DESK_KEY_SIZE] = {2};
    for (int n = 0; n < test_count(300, 20000); n++) {
        char text[1200], *back = NULL;
        unsigned char *sealed = NULL, *twin = NULL;
        size_t length = (size_t)(base_draw(base_key_text("length"), (uint64_t)n) % sizeof text), size = 0,
               twin_size = 0, got = 0;
        for (size_t i = 0; i < length; i++)
            text[i] = (char)(base_draw(base_key_text("text"), (uint64_t)n * 2000 + i) & 0xff);
        assert_int_equal(desk_seal(key, "about", 5, text, length, &sealed, &size), PISTE_OK);
        assert_int_equal(desk_seal(key, "about", 5, text, length, &twin, &twin_size), PISTE_OK);
        assert_int_equal(size, twin_size);
        assert_memory_equal(sealed, twin, size);
        assert_int_equal((size - 40) % 256, 0);
        assert_int_equal(desk_unseal(key, "about", 5, sealed, size, &back, &got), PISTE_OK);
        assert_int_equal(got, length);
        assert_memory_equal(back, text, length);
        desk_wipe(back, got);
        assert_int_equal(desk_unseal(other, "about", 5, sealed, size, &back, &got), PISTE_INVALID);
        assert_int_equal(desk_unseal(key, "abouT", 5, sealed, size, &back, &got), PISTE_INVALID);
        assert_int_equal(desk_unseal(key, "about", 5, sealed, size - 1, &back, &got), PISTE_INVALID);
        sealed[(size_t)n % size] ^= 0x40;
        assert_int_equal(desk_unseal(key, "about", 5, sealed, size, &back, &got), PISTE_INVALID);
        free(sealed);
        free(twin);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_last_and_what_is_erased_is_nowhere),
        cmocka_unit_test(a_new_master_key_opens_everything_and_the_old_one_nothing),
        cmocka_unit_test(an_older_vault_resurrects_nobody),
        cmocka_unit_test(what_others_can_read_is_refused),
        cmocka_unit_test(a_seal_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
