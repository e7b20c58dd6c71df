// gate_reason.c - one table of the reasons for which a gate opens or stays shut, and one of what merging finds.
#include "piste/gate.h"

static const struct {
    const char *word, *text, *advice;
} reasons[PISTE_SCAN_REASON_COUNT] = {
    [PISTE_SCAN_OPEN] = {"open", "come in", ""},
    [PISTE_SCAN_UNREADABLE] = {"unreadable", "this is not a pass", "hold the code flat and try again; a damaged pass is printed anew at the desk"},
    [PISTE_SCAN_UNKNOWN_KEY] = {"unknown_key", "signed by a key that this gate does not know", "a pass of another resort, or this gate lacks the newest keys"},
    [PISTE_SCAN_FORGED] = {"forged", "not signed by this resort", "keep the pass and call the desk"},
    [PISTE_SCAN_CLOCK] = {"clock", "the gate does not know the time", "set its clock; where it is right: piste gate clock --accept"},
    [PISTE_SCAN_KEY_ENDED] = {"key_ended", "signed by a key that no longer counts", "the desk issues a new pass for it"},
    [PISTE_SCAN_NOT_YET] = {"not_yet", "valid later", "come again when it begins"},
    [PISTE_SCAN_EXPIRED] = {"expired", "no longer valid", "the desk sells another"},
    [PISTE_SCAN_REVOKED] = {"revoked", "this pass was taken back", "the desk knows why"},
    [PISTE_SCAN_NOT_HERE] = {"not_here", "does not open this entrance", "the pass says what it opens"},
    [PISTE_SCAN_CALENDAR] = {"calendar", "the gate does not know what day this is", "bring it the newest table"},
    [PISTE_SCAN_HOURS] = {"hours", "valid at other hours of the day", "come again at its hours"},
    [PISTE_SCAN_WAIVER] = {"waiver", "the waiver has not been signed", "sign it at the desk or on a phone; the gate knows with its next lists"},
    [PISTE_SCAN_PASSBACK] = {"passback", "nobody gets here so soon after this pass's last scan", "ask whose pass it is"},
    [PISTE_SCAN_POINTS] = {"points", "not enough points or days left", "the desk sells more"},
    [PISTE_SCAN_NOT_THROUGH] = {"not_through", "did not go through: the scan counts no more", ""},
};

const char *piste_scan_reason_word(piste_scan_reason reason) {
    return (unsigned)reason < PISTE_SCAN_REASON_COUNT ? reasons[reason].word : "?";
}
const char *piste_scan_reason_text(piste_scan_reason reason) {
    return (unsigned)reason < PISTE_SCAN_REASON_COUNT ? reasons[reason].text : "?";
}
const char *piste_scan_reason_advice(piste_scan_reason reason) {
    return (unsigned)reason < PISTE_SCAN_REASON_COUNT ? reasons[reason].advice : "";
}
int piste_scan_reason_exit_code(piste_scan_reason reason) {
    return reason == PISTE_SCAN_OPEN ? 0 : 10 + (int)reason;
}

static const struct {
    const char *word, *text;
} findings[PISTE_FINDING_KIND_COUNT] = {
    [PISTE_FINDING_TWICE] = {"twice", "let in twice, sooner than anyone gets from the one entrance to the other"},
    [PISTE_FINDING_OVERSPENT] = {"overspent", "more points or days taken than the pass has"},
    [PISTE_FINDING_REVOKED] = {"revoked", "let in after the pass had been taken back"},
    [PISTE_FINDING_FORK] = {"fork", "two different records with one number: the gate's folder was copied and both went on"},
    [PISTE_FINDING_GAP] = {"gap", "records of this log have not been merged"},
};

const char *piste_finding_kind_word(piste_finding_kind kind) {
    return (unsigned)kind < PISTE_FINDING_KIND_COUNT ? findings[kind].word : "?";
}
const char *piste_finding_kind_text(piste_finding_kind kind) {
    return (unsigned)kind < PISTE_FINDING_KIND_COUNT ? findings[kind].text : "?";
}
