// vault_master.c - master keys: files of their own, what they wrap, and a copy under a passphrase.
//
//     master-3.key        piste-master 1 3 <64 hexadecimal digits>\n
//     the copy            piste-master-copy 1\n GENERATION(8) SALT(16) OPS(8) MIB(8) NONCE(24) BOX
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "desk/vault_inside.h"

char *vault_path(const char *folder, const char *format, ...) {
    char name[64];
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    base_text path = {0};
    base_text_format(&path, "%s/%s", folder, name);
    if (path.failed) {
        base_text_release(&path);
        return NULL;
    }
    return path.data;
}

piste_status vault_folder_flush(const char *folder) {
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool flushed = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return flushed ? PISTE_OK : PISTE_IO;
}

static piste_status flush_folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    piste_status status = folder ? vault_folder_flush(folder) : PISTE_MEMORY;
    free(folder);
    return status;
}

piste_status vault_file_make(const char *path, const void *data, size_t size, piste_errors *errors) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return piste_errors_add(errors, errno == EEXIST ? PISTE_EXISTS : PISTE_IO, path, 0, 0, "%s", strerror(errno));
    bool good = write(fd, data, size) == (ssize_t)size && fsync(fd) == 0;
    int why = errno;
    good = close(fd) == 0 && good;
    if (good && flush_folder_of(path) == PISTE_OK)
        return PISTE_OK;
    unlink(path);
    return piste_errors_add(errors, PISTE_IO, path, 0, 0, "%s", strerror(why));
}

// ---- files ----------------------------------------------------------------------------------------------------------------

static const char master_head[] = "piste-master 1 ";

static piste_status check_private(const char *path, piste_errors *errors) {
    struct stat about;
    if (stat(path, &about) != 0)
        return piste_errors_add(errors, PISTE_IO, path, 0, 0, "%s", strerror(errno));
    if (about.st_mode & 077)
        return piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "others may read it (mode %03o), expected 600",
                                (unsigned)about.st_mode & 0777);
    return PISTE_OK;
}

static piste_status read_master(const char *path, vault_master *m, piste_errors *errors) {
    char *text = NULL;
    size_t length = 0;
    piste_status status = check_private(path, errors);
    if (status == PISTE_OK)
        status = base_file_read(path, 4096, errors, &text, &length);
    if (status != PISTE_OK)
        return status;
    size_t head = sizeof master_head - 1, made = 0;
    char *end = text;
    const char *stop = NULL;
    bool good = strncmp(text, master_head, head) == 0 && (m->generation = strtoll(text + head, &end, 10)) > 0 &&
                *end == ' ' &&
                sodium_hex2bin(m->key, sizeof m->key, end + 1, strlen(end + 1), NULL, &made, &stop) == 0 &&
                made == sizeof m->key && strcmp(stop, "\n") == 0;
    desk_wipe(text, length);
    return good ? PISTE_OK : piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "is no master key of a vault");
}

// Written over before it is removed: a file system that writes in place keeps nothing of it then.
static piste_status wipe(const char *path) {
    char zeros[160] = {0};
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? PISTE_OK : PISTE_IO;
    bool good = write(fd, zeros, sizeof zeros) == (ssize_t)sizeof zeros && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    return good && (unlink(path) == 0 || errno == ENOENT) && flush_folder_of(path) == PISTE_OK ? PISTE_OK : PISTE_IO;
}

static bool is_named(const char *name, const char *head, const char *tail) {
    size_t length = strlen(name);
    return length < 48 && length > strlen(head) + strlen(tail) && strncmp(name, head, strlen(head)) == 0 &&
           strcmp(name + length - strlen(tail), tail) == 0;
}

static piste_status load_one(const char *folder, const char *name, vault_master *masters, int *found,
                             piste_errors *errors) {
    char *path = vault_path(folder, "%s", name);
    piste_status status = PISTE_OK;
    if (!path)
        return PISTE_MEMORY;
    if (is_named(name, "gone-", ".key")) // its destruction was interrupted
        status = wipe(path);
    else if (is_named(name, "master-", ".key") && *found == VAULT_MASTERS_MAX)
        status = piste_errors_add(errors, PISTE_LIMIT, folder, 0, 0, "more than %d master keys", VAULT_MASTERS_MAX);
    else if (is_named(name, "master-", ".key"))
        status = read_master(path, &masters[(*found)++], errors);
    free(path);
    return status;
}

piste_status vault_masters_load(const char *folder, vault_master *masters, int *count, piste_errors *errors) {
    DIR *names = opendir(folder);
    vault_master *list = sodium_malloc(VAULT_MASTERS_MAX * sizeof *list);
    piste_status status = PISTE_OK;
    struct dirent *entry;
    int found = 0;
    if (!names || !list)
        status = piste_errors_add(errors,
                                  !list             ? PISTE_MEMORY
                                  : errno == ENOENT ? PISTE_NOT_FOUND
                                                    : PISTE_IO,
                                  folder, 0, 0, "%s", list ? strerror(errno) : "no memory");
    while (status == PISTE_OK && (entry = readdir(names)))
        status = load_one(folder, entry->d_name, list, &found, errors);
    if (names)
        closedir(names);
    if (status == PISTE_OK) {
        memcpy(masters, list, (size_t)found * sizeof *list);
        *count = found;
    }
    sodium_free(list);
    return status;
}

// The file appears under its name when it is whole.
piste_status vault_master_write(const char *folder, const vault_master *m, piste_errors *errors) {
    char text[160], hex[2 * DESK_KEY_SIZE + 1];
    sodium_bin2hex(hex, sizeof hex, m->key, sizeof m->key);
    int length = snprintf(text, sizeof text, "%s%" PRId64 " %s\n", master_head, m->generation, hex);
    char *path = vault_path(folder, "master-%" PRId64 ".key", m->generation),
         *part = vault_path(folder, "gone-%" PRId64 ".key", m->generation);
    piste_status status = !path || !part ? PISTE_MEMORY
                          : access(path, F_OK) == 0
                              ? piste_errors_add(errors, PISTE_EXISTS, path, 0, 0, "is there already")
                              : PISTE_OK;
    if (status == PISTE_OK)
        status = vault_file_make(part, text, (size_t)length, errors);
    if (status == PISTE_OK && (rename(part, path) != 0 || vault_folder_flush(folder) != PISTE_OK))
        status = piste_errors_add(errors, PISTE_IO, path, 0, 0, "%s", strerror(errno));
    sodium_memzero(text, sizeof text);
    sodium_memzero(hex, sizeof hex);
    free(path);
    free(part);
    return status;
}

// Under another name first, so that no other process reads a key that is being written over.
piste_status vault_master_destroy(const char *folder, int64_t generation, piste_errors *errors) {
    char *path = vault_path(folder, "master-%" PRId64 ".key", generation),
         *gone = vault_path(folder, "gone-%" PRId64 ".key", generation);
    piste_status status = path && gone ? PISTE_OK : PISTE_MEMORY;
    if (status == PISTE_OK && rename(path, gone) != 0 && errno != ENOENT)
        status = PISTE_IO;
    if (status == PISTE_OK)
        status = wipe(gone);
    if (status != PISTE_OK)
        piste_errors_add(errors, status, path, 0, 0, "the old master key could not be destroyed");
    free(path);
    free(gone);
    return status;
}

// ---- wrapping ---------------------------------------------------------------------------------------------------------------

static size_t about_wrapping(const vault_master *m, const void *id, size_t id_size, unsigned char about[64]) {
    memcpy(about, id, id_size);
    for (int i = 0; i < 8; i++)
        about[id_size + (size_t)i] = (unsigned char)((uint64_t)m->generation >> 8 * i);
    return id_size + 8;
}

void vault_wrap(const vault_master *m, const void *id, size_t id_size, const unsigned char key[DESK_KEY_SIZE],
                unsigned char wrapped[VAULT_WRAPPED]) {
    unsigned char about[64];
    size_t size = about_wrapping(m, id, id_size, about);
    randombytes_buf(wrapped, VAULT_NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(wrapped + VAULT_NONCE, NULL, key, DESK_KEY_SIZE, about, size, NULL,
                                               wrapped, m->key);
}

piste_status vault_unwrap(const vault_master *m, const void *id, size_t id_size, const void *wrapped, size_t size,
                          unsigned char key[DESK_KEY_SIZE]) {
    unsigned char about[64];
    const unsigned char *bytes = wrapped;
    size_t about_size = about_wrapping(m, id, id_size, about);
    if (size != VAULT_WRAPPED ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, bytes + VAULT_NONCE, size - VAULT_NONCE, about,
                                                   about_size, bytes, m->key) != 0)
        return PISTE_INVALID;
    return PISTE_OK;
}

// ---- a copy under a passphrase ------------------------------------------------------------------------------------------------

static const char copy_head[] = "piste-master-copy 1\n";
enum {
    HEAD = sizeof copy_head - 1,
    SALT = crypto_pwhash_argon2id_SALTBYTES,
    NONCE = crypto_secretbox_NONCEBYTES,
    BEFORE = HEAD + 8 + SALT + 16 + NONCE,
    COPY = BEFORE + crypto_secretbox_MACBYTES + DESK_KEY_SIZE,
    OPS_MAX = 16,
    MIB_MAX = 1024,
    PASSPHRASE_MIN = 12
};

static void put(unsigned char *at, uint64_t number) {
    for (int i = 0; i < 8; i++)
        at[i] = (unsigned char)(number >> 8 * i);
}
static uint64_t get(const unsigned char *at) {
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
        number |= (uint64_t)at[i] << 8 * i;
    return number;
}

static piste_status derive(const char *passphrase, const unsigned char *bytes, const char *path,
                           unsigned char key[DESK_KEY_SIZE], piste_errors *errors) {
    uint64_t ops = get(bytes + HEAD + 8 + SALT), mib = get(bytes + HEAD + 16 + SALT);
    if (ops < 1 || ops > OPS_MAX || mib < 8 || mib > MIB_MAX)
        return piste_errors_add(errors, PISTE_LIMIT, path, 0, 0,
                                "asks for %" PRIu64 " passes over %" PRIu64 " MiB, expected at most %d and %d", ops,
                                mib, OPS_MAX, MIB_MAX);
    if (crypto_pwhash(key, DESK_KEY_SIZE, passphrase, strlen(passphrase), bytes + HEAD + 8, ops, (size_t)mib << 20,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory for the passphrase (%" PRIu64 " MiB)",
                                mib);
    return PISTE_OK;
}

piste_status desk_vault_master_save(const desk_vault *v, const char *passphrase, const char *path,
                                    piste_errors *errors) {
    unsigned char bytes[COPY], key[DESK_KEY_SIZE];
    const vault_master *m = &v->masters[0];
    for (int i = 1; i < v->master_count; i++)
        m = v->masters[i].generation > m->generation ? &v->masters[i] : m;
    if (strlen(passphrase) < PASSPHRASE_MIN)
        return piste_errors_add(errors, PISTE_INVALID, NULL, 0, 0, "a passphrase of %zu bytes, expected %d or more",
                                strlen(passphrase), PASSPHRASE_MIN);
    memcpy(bytes, copy_head, HEAD);
    put(bytes + HEAD, (uint64_t)m->generation);
    randombytes_buf(bytes + HEAD + 8, SALT);
    put(bytes + HEAD + 8 + SALT, crypto_pwhash_argon2id_OPSLIMIT_MODERATE);
    put(bytes + HEAD + 16 + SALT, crypto_pwhash_argon2id_MEMLIMIT_MODERATE >> 20);
    randombytes_buf(bytes + BEFORE - NONCE, NONCE);
    piste_status status = derive(passphrase, bytes, path, key, errors);
    if (status == PISTE_OK) {
        crypto_secretbox_easy(bytes + BEFORE, m->key, DESK_KEY_SIZE, bytes + BEFORE - NONCE, key);
        status = vault_file_make(path, bytes, sizeof bytes, errors);
    }
    sodium_memzero(key, sizeof key);
    return status;
}

piste_status desk_vault_master_load(const char *masters, const char *passphrase, const char *path,
                                    piste_errors *errors) {
    char *data = NULL;
    size_t length = 0;
    unsigned char key[DESK_KEY_SIZE];
    vault_master m;
    piste_status status = sodium_init() < 0 ? PISTE_MEMORY : base_file_read(path, 4096, errors, &data, &length);
    if (status != PISTE_OK)
        return status;
    const unsigned char *bytes = (const unsigned char *)data;
    if (length != COPY || memcmp(bytes, copy_head, HEAD) != 0)
        status = piste_errors_add(errors, PISTE_INVALID, path, 0, 0, "is no copy of a master key");
    if (status == PISTE_OK)
        status = derive(passphrase, bytes, path, key, errors);
    if (status == PISTE_OK &&
        crypto_secretbox_open_easy(m.key, bytes + BEFORE, COPY - BEFORE, bytes + BEFORE - NONCE, key) != 0)
        status = piste_errors_add(errors, PISTE_REFUSED, path, 0, 0, "this passphrase does not open it");
    if (status == PISTE_OK) {
        m.generation = (int64_t)get(bytes + HEAD);
        status = vault_master_write(masters, &m, errors);
    }
    sodium_memzero(key, sizeof key);
    sodium_memzero(&m, sizeof m);
    free(data);
    return status;
}
