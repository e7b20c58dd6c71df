// gate_publish.c - what an office tells all gates: keys, table and lists, signed, in a folder to be carried or served.
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "desk/gate.h"

static piste_status sign_and_write(const piste_keys *keys, piste_document kind, char *payload, size_t payload_length, int64_t now_s,
                                   const char *folder, piste_errors *errors) {
    char *text = NULL, *path = desk_path(folder, gate_file_names[kind]);
    size_t length = 0;
    piste_status status = path ? piste_keys_sign_document(keys, kind, payload, payload_length, now_s, errors, &text, &length)
                               : piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    if (status == PISTE_OK && length > PISTE_DOCUMENT_BYTES_MAX)
        status = piste_errors_add(errors, PISTE_LIMIT, path, 0, 0, "larger than %d bytes, the most that gates read", PISTE_DOCUMENT_BYTES_MAX);
    if (status == PISTE_OK)
        status = desk_file_replace(path, 0644, text, length, errors);
    free(text);
    free(path);
    return status;
}

piste_status piste_publish(const piste_keys *keys, const piste_table *table, piste_lists *lists, int64_t now_s, const char *folder,
                           piste_errors *errors) {
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return piste_errors_add(errors, errno == ENOENT ? PISTE_NOT_FOUND : PISTE_IO, folder, 0, 0, "%s", strerror(errno));
    int64_t version = piste_document_version(lists->version, now_s);
    piste_lists_prune(lists, now_s);
    lists->version = version;
    lists->issued_s = now_s;
    char *payloads[PISTE_DOCUMENT_COUNT] = {NULL, NULL, NULL};
    size_t lengths[PISTE_DOCUMENT_COUNT] = {0, 0, 0};
    piste_status status = piste_keys_ring_payload(keys, version, now_s, errors, &payloads[0], &lengths[0]);
    if (status == PISTE_OK && (piste_table_write(table, version, now_s, &payloads[1], &lengths[1]) != PISTE_OK ||
                               piste_lists_write(lists, &payloads[2], &lengths[2]) != PISTE_OK))
        status = piste_errors_add(errors, PISTE_MEMORY, folder, 0, 0, "no memory");
    for (int i = 0; status == PISTE_OK && i < PISTE_DOCUMENT_COUNT; i++)
        status = sign_and_write(keys, (piste_document)i, payloads[i], lengths[i], now_s, folder, errors);
    for (int i = 0; i < PISTE_DOCUMENT_COUNT; i++)
        free(payloads[i]);
    return status;
}
