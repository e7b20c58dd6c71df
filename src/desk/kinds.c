// kinds.c - every act and question that the desk knows, by name.
#include "desk/desk.h"

const desk_kind desk_kinds[] = {
    {"allot", "gives a resource's slot its capacity and quotas, or other ones", desk_allot_fields, desk_allot_run, false},
    {"cap", "publishes how many visits are on sale, for each day from one date to another", desk_cap_fields, desk_cap_run, false},
    {"hold", "holds places for a time, all or nothing", desk_hold_fields, desk_hold_run, false},
    {"take", "takes places for good, all or nothing, without a price", desk_hold_fields, desk_take_run, false},
    {"confirm", "makes a hold without a price a taking for good", desk_order_field, desk_confirm_run, false},
    {"return", "gives back what an order holds, or some of it", desk_return_fields, desk_return_run, false},
    {"end", "ends a hold or offer whose time is over; the desk does so by itself", desk_order_field, desk_end_run, false},
    {"wait", "puts a party on a waiting list", desk_wait_fields, desk_wait_run, false},
    {"leave", "takes a party off a waiting list", desk_leave_fields, desk_leave_run, false},
    {"free", "what is free of a resource", desk_free_fields, desk_free_run, true},
};
const int desk_kind_count = (int)BASE_COUNT(desk_kinds);

const desk_kind *desk_kind_find(const char *name) {
    for (int i = 0; i < desk_kind_count; i++)
        if (strcmp(desk_kinds[i].name, name) == 0)
            return &desk_kinds[i];
    return NULL;
}
