// kinds.c - every act and question that the desk knows, by name.
#include "desk/desk.h"

const desk_kind desk_kinds[] = {
    {"allot", "gives a resource's slot its capacity and quotas, or other ones", desk_allot_fields, desk_allot_run,
     false, false},
    {"cap", "publishes how many visits are on sale, for each day from one date to another", desk_cap_fields,
     desk_cap_run, false, false},
    {"hold", "holds places for a time, all or nothing", desk_hold_fields, desk_hold_run, false, false},
    {"take", "takes places for good, all or nothing, without a price", desk_hold_fields, desk_take_run, false, false},
    {"confirm", "makes a hold without a price a taking for good", desk_order_field, desk_confirm_run, false, false},
    {"return", "gives back what an order holds, or some of it", desk_return_fields, desk_return_run, false, false},
    {"end", "ends a hold or offer whose time is over; the desk does so by itself", desk_order_field, desk_end_run,
     false, false},
    {"wait", "puts a party on a waiting list", desk_wait_fields, desk_wait_run, false, false},
    {"leave", "takes a party off a waiting list", desk_leave_fields, desk_leave_run, false, false},
    {"product", "tells a product and what it takes", desk_product_fields, desk_product_run, false, true},
    {"class", "tells a price class", desk_class_fields, desk_class_run, false, true},
    {"price", "tells a price of a product for a class", desk_price_fields, desk_price_run, false, true},
    {"rate", "tells a rate between two currencies, by date and source", desk_rate_fields, desk_rate_run, false, false},
    {"rounding", "tells what can be paid of a currency in a tender", desk_rounding_fields, desk_rounding_run, false,
     true},
    {"agency", "tells an agency and what is agreed with it", desk_agency_fields, desk_agency_run, false, false},
    {"discount", "makes a voucher that takes something off", desk_discount_fields, desk_discount_run, false, false},
    {"gift", "sells a voucher that pays", desk_gift_fields, desk_gift_run, false, false},
    {"rule", "tells who may come when", desk_rule_fields, desk_rule_run, false, false},
    {"open", "opens the first business day", desk_open_fields, desk_open_run, false, false},
    {"drawer-open", "begins a cashier's shift with a float", desk_drawer_open_fields, desk_drawer_open_run, false,
     false},
    {"order", "orders positions: holds them, or sells them when they are paid in full", desk_order_fields,
     desk_order_run, false, false},
    {"pay", "takes payments for an order", desk_pay_fields, desk_pay_run, false, false},
    {"cancel", "ends positions, gives their places and money back", desk_cancel_fields, desk_cancel_run, false, false},
    {"move", "changes positions to another date, time, product or class", desk_move_fields, desk_move_run, false,
     false},
    {"settle", "takes what an agency pays on its invoices", desk_settle_fields, desk_settle_run, false, false},
    {"drawer-close", "ends a shift with what was counted", desk_drawer_close_fields, desk_drawer_close_run, false,
     false},
    {"close", "closes the business day", desk_close_fields, desk_close_run, false, false},
    {"quote", "what positions would cost, and why", desk_quote_fields, desk_quote_run, true, false},
    {"may", "whether somebody of a nationality may come on a date, and when that changes", desk_may_fields,
     desk_may_run, true, false},
    {"show", "an order", desk_order_field, desk_show_run, true, false},
    {"drawer", "what should be in a drawer", desk_drawer_fields, desk_drawer_run, true, false},
    {"report", "what was posted and booked", desk_report_fields, desk_report_run, true, false},
    {"free", "what is free of a resource", desk_free_fields, desk_free_run, true, false},
};
const int desk_kind_count = (int)BASE_COUNT(desk_kinds);

const desk_kind *desk_kind_find(const char *name) {
    for (int i = 0; i < desk_kind_count; i++)
        if (strcmp(desk_kinds[i].name, name) == 0)
            return &desk_kinds[i];
    return NULL;
}
