// order.h - what quotes, orders, payments and refunds share.
//
// An order is held (unpaid, ends by itself), reserved (a deposit is paid, ends by itself on the day agreed), sold, or
// ended. Its currency is one; whatever is paid in another is credited at the rate of the day, and given back at that
// same rate. Until an order is sold what was paid stands under Liabilities:Deposits; when it is sold, its positions
// become Income:<product>.
#ifndef DESK_ORDER_H
#define DESK_ORDER_H

#include "desk/catalogue.h"
#include "desk/terms.h"

typedef struct desk_order_row {
    int64_t id, until_ms, offer_of, total_minor, paid_minor;
    int64_t kept_minor; // of what was paid for positions that have ended
    int64_t customer;   // of a new order: who has ordered; 0: nobody is known
    char state[12], currency[4], agency[41], channel[41];
} desk_order_row;

// One position as it is quoted: one product for one person.
typedef struct desk_quote_line {
    const char *product, *time, *claimed, *voucher;            // of the request; voucher "" unless it is used here
    const char *class_key, *class_name, *price_name, *limited; // of the terms
    piste_date date, valid_from, valid_until;
    int64_t age, person;
    int64_t list_minor, price_minor; // in the order's currency; before and after what is taken off
    int64_t asked_minor;             // as the price stands, in its own currency
    char asked_currency[4];
    bool is_agreed; // an agency's own price
    int product_index;
} desk_quote_line;

typedef struct desk_quote {
    const char *agency, *channel, *voucher;
    char currency[4];
    int64_t total_minor, discount_bp; // the agency's
    desk_quote_line *lines;
    int count;
    const desk_terms *terms;
    int64_t first_position; // of the order, what line 0 becomes
} desk_quote;

// Prices a request's positions. PISTE_REFUSED: no_product, no_price, not_eligible, past, no_agency, voucher_invalid,
// no_rate. Released by desk_quote_release whatever the status.
PISTE_CHECKED piste_status desk_quote_make(desk_act *a, const json_t *request, desk_quote *q);
void desk_quote_release(desk_quote *q);
json_t *desk_quote_explain(desk_act *a, const desk_quote *q);
// Takes what the quote's lines take, for an order; line 0 is position q->first_position.
PISTE_CHECKED piste_status desk_quote_take(desk_act *a, int64_t order, const desk_quote *q);

PISTE_CHECKED piste_status desk_order_load(desk_act *a, int64_t id, desk_order_row *o);
PISTE_CHECKED piste_status desk_order_add(desk_act *a, const desk_order_row *o); // a new one
PISTE_CHECKED piste_status desk_order_save(desk_act *a, const desk_order_row *o);

// What payments of one act pay: an order, a gift voucher, what an agency owes.
typedef struct desk_due {
    char currency[4];
    int64_t minor;                  // what is still due
    int64_t order;                  // 0: none
    const char *agency;             // which may be invoiced; "" none
    char account[DESK_ACCOUNT_MAX]; // credited
} desk_due;
extern const desk_field desk_payment_fields[];
// Takes a list of payments for what is due, in order; d->minor becomes what is left. The answer gets "payments" and
// "change".
PISTE_CHECKED piste_status desk_payments_take(desk_act *a, const json_t *payments, desk_due *d);
// Gives `minor` of the order's currency back over its payments, the last first, each in its own currency at its own
// rate; cash comes out of `drawer`. PISTE_REFUSED not_paid where less was paid.
PISTE_CHECKED piste_status desk_payments_return(desk_act *a, const desk_order_row *o, int64_t minor,
                                                const char *drawer);

// An open shift of a drawer. PISTE_REFUSED drawer_closed.
PISTE_CHECKED piste_status desk_drawer_check(desk_act *a, const char *drawer);
// Whether a drawer has so much of a currency now, with what the act has put into it. PISTE_REFUSED drawer_short.
PISTE_CHECKED piste_status desk_drawer_has(desk_act *a, const char *drawer, const char *currency, int64_t minor);
PISTE_CHECKED piste_status desk_day_check(desk_act *a); // PISTE_REFUSED no_day before the first `open`

#endif
