// outside.c - what is done of an act outside of its transaction: which acts have such a part, and what they share.
#include <stdlib.h>

#include "desk/account.h"
#include "desk/people.h"
#include "desk/photo.h"
#include "desk/provider.h"

static const desk_outside table[] = {
    {"person", desk_person_before, NULL},
    {"person-find", desk_person_find_before, NULL},
    {"person-show", NULL, desk_person_show_after},
    {"person-export", NULL, desk_person_export_after},
    {"person-erase", desk_erase_before, desk_erase_after},
    {"retain", desk_erase_before, desk_erase_after},
    {"vault", NULL, desk_erase_after},
    {"charge", NULL, desk_charge_after},
    {"agreement-sign", desk_sign_before, NULL},
    {"account", desk_account_before, desk_account_after},
    {"photo-add", desk_photo_before, NULL},
    {"photo-remove", NULL, desk_photo_remove_after},
};

const desk_outside *desk_outside_find(const char *act) {
    for (size_t i = 0; i < BASE_COUNT(table); i++)
        if (strcmp(table[i].act, act) == 0)
            return &table[i];
    return NULL;
}

piste_status desk_call_refuse(desk_call *c, const char *reason, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(c->message, sizeof c->message, format, args);
    va_end(args);
    c->reason = reason;
    return PISTE_REFUSED;
}

piste_status desk_call_fail(desk_call *c, piste_status status, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(c->message, sizeof c->message, format, args);
    va_end(args);
    return status;
}
