// office.h - the folder that passes are issued from: the key store, the resort's table, the lists. For the command line.
//
//     keys.json   0600, see piste/pass.h
//     table.json  the resort's table; its owner may edit names, points, zones of entrances and products
//     lists.json  what was revoked and waived, and what merged logs have shown
#ifndef DESK_OFFICE_H
#define DESK_OFFICE_H

#include "piste/gate.h"

typedef struct office {
    const char *folder;
    piste_keys *keys;   // while it is open no other process has it
    piste_table *table;
    piste_lists lists;
} office;

enum { OFFICE_STALE_AFTER_H = 24 }; // chosen: lists are published at least once a day

// Makes the folder with keys, the table, and empty lists. PISTE_EXISTS.
PISTE_CHECKED piste_status office_make(const char *folder, const piste_table *table, int64_t now_s, piste_errors *errors);
PISTE_CHECKED piste_status office_open(const char *folder, piste_errors *errors, office *o);
void office_close(office *o);
PISTE_CHECKED piste_status office_save_table(const char *folder, const piste_table *table, int64_t now_s, piste_errors *errors);
PISTE_CHECKED piste_status office_save_lists(const office *o, piste_errors *errors);
// All of it behind a passphrase, and back.
PISTE_CHECKED piste_status office_backup(const office *o, const char *passphrase, const char *path, int64_t now_s, piste_errors *errors);
PISTE_CHECKED piste_status office_restore(const char *path, const char *passphrase, const char *folder, int64_t now_s,
                                          piste_errors *errors);

#endif
