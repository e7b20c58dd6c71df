// export.c - the journal's postings in the plain text of hledger and of beancount.
//
// Every currency of every entry sums to zero, so that neither needs a price or an inferred amount. Accounts and
// commodities are declared, so that their strict checks pass. beancount wants each part of an account's name to
// begin with a capital letter or a digit: the first letter of a part is made one.
#include <inttypes.h>
#include <stdlib.h>

#include "desk/money.h"

typedef struct exporter {
    base_text *out;
    bool beancount;
} exporter;

static void add_account(const exporter *x, const char *account) {
    char name[DESK_ACCOUNT_MAX];
    snprintf(name, sizeof name, "%s", account);
    for (char *at = name; *at; at++)
        if ((at == name || at[-1] == ':') && *at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    base_text_add(x->out, name);
}

// A text of the desk in a line of theirs: what has a meaning to them becomes '_'.
static void add_words(const exporter *x, const char *text) {
    for (; *text; text++) {
        char c[2] = {strchr("\"\\;|()\t\n", *text) ? '_' : *text, 0};
        base_text_add(x->out, c);
    }
}

static piste_status export_accounts(store_db *db, const exporter *x) {
    store_rows *rows = NULL;
    piste_status status = store_query(db, &rows, "SELECT DISTINCT account FROM posting ORDER BY account", NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        base_text_add(x->out, x->beancount ? "1900-01-01 open " : "account ");
        add_account(x, store_rows_text(rows, 0));
        base_text_add(x->out, "\n");
    }
    return store_rows_end(rows);
}

static piste_status export_currencies(store_db *db, const exporter *x) {
    store_rows *rows = NULL;
    piste_status status = store_query(db, &rows, "SELECT DISTINCT currency FROM posting ORDER BY currency", NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        static const char *const forms[] = {"1000.", "1000.0", "1000.00", "1000.000"};
        int digits = base_currency_digits(store_rows_text(rows, 0));
        if (x->beancount)
            base_text_format(x->out, "1900-01-01 commodity %s\n", store_rows_text(rows, 0));
        else
            base_text_format(x->out, "commodity %s %s\n", forms[digits < 0 ? 2 : digits], store_rows_text(rows, 0));
    }
    return store_rows_end(rows);
}

static void begin_entry(const exporter *x, const store_rows *rows) {
    char day[11];
    piste_date date = (piste_date)store_rows_number(rows, 1);
    piste_date_format(date, day);
    base_text_format(x->out, "\n%s * ", day);
    if (!x->beancount)
        base_text_format(x->out, "(%" PRId64 ") ", store_rows_number(rows, 0));
    base_text_add(x->out, x->beancount ? "\"" : "");
    add_words(x, store_rows_text(rows, 2));
    base_text_add(x->out, x->beancount ? "\" \"" : " ");
    add_words(x, store_rows_text(rows, 3));
    base_text_add(x->out, x->beancount ? "\"\n" : "\n");
    if (x->beancount)
        base_text_format(x->out, "  entry: %" PRId64 "\n", store_rows_number(rows, 0));
}

static piste_status export_entries(store_db *db, const exporter *x) {
    store_rows *rows = NULL;
    int64_t entry = 0;
    piste_status status = store_query(db, &rows,
                                      "SELECT j.entry, j.day, j.act, j.key, p.account, p.currency, p.amount_minor FROM "
                                      "journal j JOIN posting p ON" DESK_LINES_OF("p.", "j.entry")
                                      "ORDER BY p.id",
                                      NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        char amount[DESK_MONEY_TEXT];
        if (store_rows_number(rows, 0) != entry)
            begin_entry(x, rows);
        entry = store_rows_number(rows, 0);
        base_text_add(x->out, "  ");
        add_account(x, store_rows_text(rows, 4));
        base_text_format(x->out, "  %s\n",
                         desk_money_format(store_rows_text(rows, 5), store_rows_number(rows, 6), amount));
    }
    return store_rows_end(rows);
}

static piste_status export_all(store_db *db, void *context) {
    const exporter *x = context;
    piste_status status = export_currencies(db, x);
    if (status == PISTE_OK)
        status = export_accounts(db, x);
    return status == PISTE_OK ? export_entries(db, x) : status;
}

piste_status desk_export(desk *d, bool beancount, base_text *out) {
    exporter x = {out, beancount};
    piste_status status = store_read(desk_get_store(d), export_all, &x);
    return status == PISTE_OK && out->failed ? PISTE_MEMORY : status;
}
