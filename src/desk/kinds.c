// kinds.c - every act and question that the desk knows, by name.
#include "desk/account.h"
#include "desk/board.h"
#include "desk/books.h"
#include "desk/issued.h"
#include "desk/people.h"
#include "desk/proposal.h"
#include "desk/provider.h"

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
    {"provider", "tells a card terminal or payment provider, which is spoken to", desk_provider_fields, desk_provider_run, false, true},
    {"charge", "charges what is due for an order by a provider", desk_charge_fields, desk_charge_run, false, false},
    {"charge-again", "asks once more for refunds that a provider refused", desk_again_fields, desk_again_run, false, false},
    {"charge-learn", "books what a provider says of a charge; the desk does so by itself", desk_learn_fields, desk_learn_run, false, false},
    {"purpose", "tells for what personal data is held, which, and for how long", desk_purpose_fields, desk_purpose_run, false, false},
    {"need", "tells that the holder of a product is known for a purpose", desk_need_fields, desk_need_run, false, true},
    {"person", "keeps data of a person, sealed, for a purpose", desk_person_fields, desk_person_run, false, false},
    {"person-show", "shows what is held of a person for a purpose", desk_person_show_fields, desk_person_show_run, false, false},
    {"person-export", "all that is held of a person, as one document", desk_person_field, desk_person_export_run, false, false},
    {"person-erase", "erases a person, or what is held for one purpose", desk_person_erase_fields, desk_person_erase_run, false, false},
    {"person-forget", "erases again what was erased before a restore; the desk does so by itself", desk_forget_fields, desk_forget_run, false, false},
    {"vault", "ties the desk to its vault; the desk does so by itself", desk_vault_fields, desk_vault_run, false, false},
    {"customer", "tells who has ordered, or leads the group", desk_customer_fields, desk_customer_run, false, false},
    {"retain", "erases what was held for its time", desk_retain_fields, desk_retain_run, false, false},
    {"agreement-text", "tells a version of an agreement, such as a waiver", desk_text_fields, desk_text_run, false, false},
    {"agreement-sign", "signs an agreement for a person", desk_sign_fields, desk_sign_run, false, false},
    {"agreement-withdraw", "withdraws what was signed", desk_withdraw_fields, desk_withdraw_run, false, false},
    {"account", "makes an account, or changes its password or roles", desk_account_fields, desk_account_run, false, false},
    {"account-end", "ends an account and whoever is signed in with it", desk_account_end_fields, desk_account_end_run, false, false},
    {"sign-in", "books what came of a password; the desk does so by itself", desk_sign_in_fields, desk_sign_in_run, false, false},
    {"board", "says that a lift, run or venue is open, held or closed", desk_board_fields, desk_board_run, false, false},
    {"pass-issue", "keeps passes that the office has signed for an order", desk_pass_issue_fields, desk_pass_issue_run, false, false},
    {"pass-revoke", "takes the passes of an order back for good", desk_pass_revoke_fields, desk_pass_revoke_run, false, false},
    {"pass-waive", "says that the waiver of an order's passes is signed", desk_pass_waive_fields, desk_pass_waive_run, false, false},
    {"gate", "gives a gate of the pages its number, or another entrance", desk_gate_fields, desk_gate_run, false, false},
    {"propose", "keeps a request that takes two people; the server does so", desk_propose_fields, desk_propose_run, false, false},
    {"agree", "agrees to what somebody else proposed", desk_proposal_field, desk_agree_run, false, false},
    {"decline", "declines or withdraws what was proposed", desk_proposal_field, desk_decline_run, false, false},
    {"two-above", "tells above which refund two people are needed", desk_two_above_fields, desk_two_above_run, false, false},
    {"proposals", "what waits for a second person to agree", desk_proposals_fields, desk_proposals_run, true, false},
    {"entries", "entries of the journal with what they posted, the newest first", desk_entries_fields, desk_entries_run, true, false},
    {"balances", "what stands on each account", desk_balances_fields, desk_balances_run, true, false},
    {"drawers", "drawers that are open, and the last that were closed", desk_drawers_fields, desk_drawers_run, true, false},
    {"accounts", "accounts and their roles", desk_accounts_fields, desk_accounts_run, true, false},
    {"charges", "charges that are not done, or those of an order", desk_charges_fields, desk_charges_run, true, false},
    {"person-find", "the numbers of persons, by an order or the contact that they gave", desk_person_find_fields, desk_person_find_run, true, false},
    {"agreement", "whether a person has signed an agreement that counts", desk_signed_fields, desk_signed_run, true, false},
    {"retention", "what is held for which purpose, and what is due", desk_retain_fields, desk_retention_run, true, false},
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
