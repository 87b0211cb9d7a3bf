/* token_decision.c: whether a token is good, is not, or is to be asked about: by what is known of it, by whether the central system
 * can be asked, and by whether somebody wants to start or to stop.
 *
 * The list comes before the cache (C13.FR.01; 1.6 3.5.3). What is known is weighed by the table below; all that the settings may
 * change is in one function beside it. OCPP 1.6 3.5, 4.1, 5.11; OCPP 2.0.1 C01, C03, C06, C09, C10, C12 to C16. */
#include "charge_point_internal.h"

#include <string.h>

#include "text.h"

enum knowledge {
    KNOWS_NOTHING,
    KNOWS_GOOD,
    KNOWS_EXPIRED, /* good, until a date that has passed or may have */
    KNOWS_BAD
};

enum rule {
    ASK,
    ASK_UNLESS_FINAL,       /* … unless DisablePostAuthorize lets what is known stand */
    GRANT_OR_ASK,           /* LocalPreAuthorize */
    GRANT_IF_LOCAL,         /* LocalAuthorizeOffline */
    GRANT_IF_UNKNOWN_MAY,   /* OfflineTxForUnknownIdEnabled, AllowOfflineTxForUnknownId */
    GRANT,
    REFUSE
};

/* clang-format off */
static const struct {
    enum rule online;
    enum rule offline;
} rules[][4] = {
    [TO_START] = {
        [KNOWS_NOTHING] = { ASK,              GRANT_IF_UNKNOWN_MAY },   /* C01.FR.02; C15.FR.08, C13.FR.04; 1.6 3.5.4 */
        [KNOWS_GOOD]    = { GRANT_OR_ASK,     GRANT_IF_LOCAL },         /* C12.FR.02, C14.FR.02; C13.FR.02; 1.6 3.5 */
        [KNOWS_EXPIRED] = { ASK,              REFUSE },                 /* C14.FR.05; C13.FR.05, FR.06; 1.6 3.5.4 */
        [KNOWS_BAD]     = { ASK_UNLESS_FINAL, REFUSE },                 /* C10.FR.03, C12.FR.05, C14.FR.03; 1.6 3.5.1, 3.5.4 */
    },
    [TO_STOP] = {
        [KNOWS_NOTHING] = { ASK,              REFUSE },                 /* C09.FR.05 */
        [KNOWS_GOOD]    = { GRANT,            GRANT },                  /* C01.FR.03, C09.FR.07: without asking */
        [KNOWS_EXPIRED] = { ASK,              REFUSE },
        [KNOWS_BAD]     = { ASK_UNLESS_FINAL, REFUSE },                 /* C09.FR.11 */
    },
};
/* clang-format on */

enum ocpp_authorization ocpp_token_info_at(const struct token_info *info, int evse, int64_t utc_ms)
{
    if (info->authorization != OCPP_AUTHORIZATION_ACCEPTED) {
        return (enum ocpp_authorization)info->authorization;
    }
    if (info->expires && (utc_ms == OCPP_UTC_UNKNOWN || utc_ms >= info->expires_utc_ms)) {
        return OCPP_AUTHORIZATION_EXPIRED;
    }
    const bool is_here = info->evses == 0 || evse == 0 || (info->evses >> (evse - 1) & 1) != 0;
    return info->elsewhere || !is_here ? OCPP_AUTHORIZATION_NOT_AT_THIS_LOCATION : OCPP_AUTHORIZATION_ACCEPTED;
}

bool ocpp_cp_is_master_group(const struct ocpp_charge_point *cp, const char *group)
{
    const char *master = ocpp_cp_variable_string(cp, VARIABLE_MASTER_PASS_GROUP);
    return master[0] != '\0' && ocpp_text_equal_fold(master, group);
}

/* --- what is known --------------------------------------------------------------------------------------------------------- */

static bool look_up(struct ocpp_charge_point *cp, const struct token *token, struct decision *decision)
{
    if (ocpp_cp_list_find(cp, token, &decision->info)) {
        decision->source = OCPP_TOKEN_SOURCE_LIST;
        return true;
    }
    if (ocpp_cp_cache_find(cp, token, &decision->info)) {
        decision->source = OCPP_TOKEN_SOURCE_CACHE;
        return true;
    }
    return false;
}

bool ocpp_cp_known_group(struct ocpp_charge_point *cp, const struct token *token, char group[TOKEN_SIZE])
{
    struct decision known = { .source = OCPP_TOKEN_SOURCE_NONE };
    if (!look_up(cp, token, &known) || known.info.group[0] == '\0') {
        return false;
    }
    ocpp_text_copy(group, TOKEN_SIZE, known.info.group);
    return true;
}

static enum knowledge know(struct ocpp_charge_point *cp, const struct question *question, struct decision *decision)
{
    const bool must_ask = question->token->type == OCPP_TOKEN_LOCAL; /* C06.FR.02: made for once, here */
    if (must_ask || !look_up(cp, question->token, decision)) {
        return KNOWS_NOTHING;
    }
    decision->authorization = ocpp_token_info_at(&decision->info, question->evse, ocpp_cp_utc(cp, cp->now));
    if (decision->authorization == OCPP_AUTHORIZATION_ACCEPTED) { /* to stop, the group is what matters (C09.FR.05) */
        return question->purpose == TO_STOP && decision->info.group[0] == '\0' ? KNOWS_NOTHING : KNOWS_GOOD;
    }
    const bool was_good = decision->info.authorization == OCPP_AUTHORIZATION_ACCEPTED;
    return was_good && decision->authorization == OCPP_AUTHORIZATION_EXPIRED ? KNOWS_EXPIRED : KNOWS_BAD;
}

/* --- what follows ------------------------------------------------------------------------------------------------------------ */

/* What a rule comes to as the settings are: GRANT, ASK or REFUSE. */
static enum rule settled(const struct ocpp_charge_point *cp, enum rule rule, const struct decision *decision)
{
    const bool is_listed = decision->source == OCPP_TOKEN_SOURCE_LIST;
    const int64_t *values = cp->values;
    switch (rule) {
    case GRANT_OR_ASK:
        return values[VARIABLE_LOCAL_PRE_AUTHORIZE] != 0 || values[VARIABLE_DISABLE_REMOTE_AUTHORIZATION] != 0 ? GRANT : ASK;
    case GRANT_IF_LOCAL:
        return values[VARIABLE_LOCAL_AUTHORIZE_OFFLINE] != 0 ? GRANT : REFUSE;
    case GRANT_IF_UNKNOWN_MAY:
        return values[VARIABLE_OFFLINE_UNKNOWN] != 0 ? GRANT : REFUSE;
    case ASK_UNLESS_FINAL:
        if (values[is_listed ? VARIABLE_LIST_NO_POST_AUTHORIZE : VARIABLE_CACHE_NO_POST_AUTHORIZE] != 0) {
            return REFUSE;
        }
        return settled(cp, ASK, decision);
    case ASK:
        return values[VARIABLE_DISABLE_REMOTE_AUTHORIZATION] != 0 ? REFUSE : ASK;
    case GRANT:
    case REFUSE:
        break;
    }
    return rule;
}

static void grant(struct decision *decision, enum ocpp_token_source source)
{
    decision->what = DECIDED_GRANT;
    decision->source = source;
    decision->authorization = OCPP_AUTHORIZATION_ACCEPTED;
}

static void decide_by_rule(const struct ocpp_charge_point *cp, const struct question *question, enum knowledge knowledge,
                           struct decision *decision)
{
    const enum purpose purpose = question->purpose;
    const enum rule rule = question->can_ask ? rules[purpose][knowledge].online : rules[purpose][knowledge].offline;
    const enum rule left = settled(cp, rule, decision);
    if (left == GRANT) {
        grant(decision, knowledge == KNOWS_NOTHING ? OCPP_TOKEN_SOURCE_OFFLINE : decision->source);
        return;
    }
    if (left == ASK) {
        decision->what = DECIDED_ASK;
        decision->source = OCPP_TOKEN_SOURCE_CENTRAL;
        return;
    }
    decision->what = DECIDED_REFUSE;
    if (knowledge == KNOWS_NOTHING || knowledge == KNOWS_GOOD) { /* nothing is wrong with it: nobody could be asked */
        decision->source = OCPP_TOKEN_SOURCE_NONE;
        decision->authorization = question->can_ask ? OCPP_AUTHORIZATION_UNKNOWN : OCPP_AUTHORIZATION_UNKNOWN_STATUS;
    }
}

void ocpp_cp_decide(struct ocpp_charge_point *cp, const struct question *question, struct decision *decision)
{
    memset(decision, 0, sizeof(*decision));
    if (cp->values[VARIABLE_AUTH_ENABLED] == 0 || question->token->type == OCPP_TOKEN_NO_AUTHORIZATION) { /* C02 */
        grant(decision, OCPP_TOKEN_SOURCE_NOT_NEEDED);
        return;
    }
    decide_by_rule(cp, question, know(cp, question, decision), decision);
}

/* --- what was heard ------------------------------------------------------------------------------------------------------------ */

/* A token that charges elsewhere is as valid as one that does not (1.6 3.5.2). */
static bool is_valid(enum ocpp_authorization authorization)
{
    return authorization == OCPP_AUTHORIZATION_ACCEPTED || authorization == OCPP_AUTHORIZATION_CONCURRENT_TX;
}

void ocpp_cp_token_told(struct ocpp_charge_point *cp, const struct token *token, const struct token_info *info)
{
    struct token_info listed;
    if (info->authorization == OCPP_AUTHORIZATION_UNKNOWN_STATUS || token->id[0] == '\0') {
        return;
    }
    if (!ocpp_cp_list_find(cp, token, &listed)) {
        ocpp_cp_cache_note(cp, token, info);
        return;
    }
    const bool was_valid = is_valid(ocpp_token_info_at(&listed, 0, ocpp_cp_utc(cp, cp->now)));
    cp->list_conflict_due = cp->list_conflict_due || was_valid != is_valid((enum ocpp_authorization)info->authorization);
}

bool ocpp_cp_send_list_conflict(struct ocpp_charge_point *cp)
{
    if (!cp->list_conflict_due || !cp->dialect->has_station_status || cp->station_track.status == OCPP_CONNECTOR_UNKNOWN) {
        cp->list_conflict_due = false;
        return false;
    }
    const struct ocpp_fault fault = { .code = "LocalListConflict" };
    const struct status_report report = {
        .status = cp->station_track.status,
        .fault = &fault,
        .since = ocpp_cp_moment(cp),
    };
    cp->flight_slot = cp->flight_connector = 0;
    cp->flight_word = cp->station_track.reported; /* it says nothing new of the station's status */
    if (cp->dialect->send_status(cp, &report) != OCPP_OK) {
        return false;
    }
    cp->list_conflict_due = false;
    cp->flight = FLIGHT_STATUS;
    return true;
}
