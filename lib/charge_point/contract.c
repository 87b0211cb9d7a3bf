/* contract.c: charging by contract: a vehicle presents a contract certificate instead of a card. OCPP 2.0.1 C07; with 1.6 the
 * same by the application note.
 *
 * The chain is checked here first. What is certain to be no good is not asked about; a chain whose root is not here goes to the
 * central system whole, where that may be (C07.FR.06); any other goes as hash data. Then the eMAID is a token like others: who
 * may charge, and where, is decided by authorization.c with the words of this file. A contract is always asked about while that
 * is possible, whatever list and cache say (C07.FR.01). */
#include "pnc.h"

#include <string.h>

#include "arena.h"
#include "text.h"

/* --- the contracts that are open ------------------------------------------------------------------------------------------ */

static struct contract *contract_of(const struct ocpp_charge_point *cp, int slot, const struct token *token)
{
    struct ev *ev = slot == 0 ? NULL : ocpp_cp_ev(cp, slot);
    const bool is_it = ev != NULL && ev->contract.is_open && !ev->contract.is_due && ocpp_token_same(&ev->contract.token, token);
    return is_it ? &ev->contract : NULL;
}

void ocpp_cp_contract_free(struct ocpp_charge_point *cp, struct contract *contract)
{
    ocpp_reallocate(cp->settings.allocator, contract->question, 0);
    contract->question = NULL;
    contract->is_open = contract->is_due = false;
}

static void conclude(struct ocpp_charge_point *cp, struct contract *contract, enum ocpp_authorization authorization)
{
    contract->authorization = authorization;
    contract->is_due = true;
    cp->dirty = true;
}

/* --- the chain ------------------------------------------------------------------------------------------------------------ */

enum { CONTRACT_ROOTS = OCPP_ROOT_BIT(OCPP_ROOT_V2G) | OCPP_ROOT_BIT(OCPP_ROOT_MO) };

static enum ocpp_contract_check check_of(enum ocpp_certificate_fault fault)
{
    switch (fault) {
    case OCPP_CERTIFICATE_GOOD:
        return OCPP_CONTRACT_VALID;
    case OCPP_CERTIFICATE_NO_ROOT:
    case OCPP_CERTIFICATE_TIME_UNKNOWN: /* we cannot tell; who knows the time can */
        return OCPP_CONTRACT_UNKNOWN_ROOT;
    case OCPP_CERTIFICATE_EXPIRED:
    case OCPP_CERTIFICATE_NOT_YET_VALID:
        return OCPP_CONTRACT_EXPIRED;
    case OCPP_CERTIFICATE_REVOKED:
        return OCPP_CONTRACT_REVOKED;
    case OCPP_CERTIFICATE_TOO_LARGE:
    case OCPP_CERTIFICATE_UNREADABLE:
    case OCPP_CERTIFICATE_WEAK:
    case OCPP_CERTIFICATE_WRONG_KEY:
    case OCPP_CERTIFICATE_WRONG_SUBJECT:
    case OCPP_CERTIFICATE_NOT_A_ROOT:
    case OCPP_CERTIFICATE_NOT_SUCCEEDING:
    case OCPP_CERTIFICATE_WRONG_USE:
    case OCPP_CERTIFICATE_BAD_SIGNATURE:
        break;
    }
    return OCPP_CONTRACT_INVALID;
}

/* What is known of the chain: what the SECC found, or what can be found here. A station that can do neither cannot vouch for it.
 */
static enum ocpp_contract_check check(struct ocpp_charge_point *cp, const struct ocpp_contract *contract)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_GOOD;
    if (contract->check != OCPP_CONTRACT_UNCHECKED) {
        return contract->check;
    }
    if (crypto == NULL || contract->chain == NULL) {
        return OCPP_CONTRACT_UNKNOWN_ROOT;
    }
    const enum ocpp_status status = crypto->check_chain(contract->chain, strlen(contract->chain), CONTRACT_ROOTS,
                                                        ocpp_cp_utc(cp, cp->now), &fault, crypto->user);
    if (status != OCPP_OK && status != OCPP_ERR_VALUE) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "a contract's certificates cannot be checked: %s", ocpp_status_sentence(status));
        return OCPP_CONTRACT_INVALID;
    }
    if (fault != OCPP_CERTIFICATE_GOOD) {
        ocpp_cp_log(cp, OCPP_LOG_INFO, "a contract's certificates: %s", ocpp_certificate_fault_words(fault));
    }
    return status == OCPP_OK ? OCPP_CONTRACT_VALID : check_of(fault);
}

/* The data for OCSP: the SECC's, or worked out. Certificates without a responder are left out: nobody can be asked about them. */
static void fill_targets(struct ocpp_charge_point *cp, const struct ocpp_contract *contract, struct contract_question *question)
{
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    if (contract->targets != NULL) {
        memcpy(question->targets, contract->targets, contract->target_count * sizeof(question->targets[0]));
        question->target_count = contract->target_count;
        return;
    }
    for (size_t i = 0; crypto != NULL && contract->chain != NULL && question->target_count < OCPP_CONTRACT_HASHES; i++) {
        struct ocpp_ocsp_target *target = &question->targets[question->target_count];
        struct ocpp_certificate_info info;
        const size_t size = strlen(contract->chain);
        if (crypto->describe(contract->chain, size, i, &info, crypto->user) != OCPP_OK ||
            crypto->hash_of(contract->chain, size, i, CONTRACT_ROOTS, OCPP_HASH_SHA256, &target->certificate, crypto->user) !=
                OCPP_OK) {
            break;
        }
        ocpp_text_copy(target->responder_url, sizeof(target->responder_url), info.responder_url);
        question->target_count += target->responder_url[0] != '\0';
    }
}

/* Whether the chain itself goes to the central system (C07.FR.06). */
static bool passes_chain(const struct ocpp_charge_point *cp, const struct contract *contract, const char *chain)
{
    return contract->check == OCPP_CONTRACT_UNKNOWN_ROOT && cp->values[VARIABLE_PNC_CENTRAL_VALIDATION] != 0 && chain != NULL &&
           strlen(chain) < OCPP_CONTRACT_CHAIN_SIZE;
}

static bool fill(struct ocpp_charge_point *cp, const struct ocpp_contract *from, struct contract *contract)
{
    struct contract_question *question = ocpp_reallocate(cp->settings.allocator, NULL, sizeof(*question));
    if (question == NULL) {
        return false;
    }
    memset(question, 0, sizeof(*question));
    memset(contract, 0, sizeof(*contract));
    ocpp_cp_token_set(&contract->token, from->emaid, OCPP_TOKEN_EMAID);
    contract->question = question;
    contract->check = check(cp, from);
    fill_targets(cp, from, question);
    if (passes_chain(cp, contract, from->chain)) {
        ocpp_text_copy(question->chain, sizeof(question->chain), from->chain);
    }
    contract->is_offline = true;
    contract->is_open = true;
    contract->until_mono_ms = cp->now.mono_ms + ocpp_cp_pnc(cp)->settings.contract_timeout_ms;
    return true;
}

/* --- what follows from it -------------------------------------------------------------------------------------------------- */

/* What the vehicle is to hear of a chain that is no good. NONE: nothing is wrong with it. */
static enum ocpp_certificate_status word_of(enum ocpp_contract_check check)
{
    switch (check) {
    case OCPP_CONTRACT_EXPIRED:
        return OCPP_CERTIFICATE_STATUS_EXPIRED;
    case OCPP_CONTRACT_REVOKED:
        return OCPP_CERTIFICATE_STATUS_REVOKED;
    case OCPP_CONTRACT_INVALID:
        return OCPP_CERTIFICATE_STATUS_CHAIN_ERROR;
    case OCPP_CONTRACT_UNCHECKED:
    case OCPP_CONTRACT_VALID:
    case OCPP_CONTRACT_UNKNOWN_ROOT:
        break;
    }
    return OCPP_CERTIFICATE_STATUS_NONE;
}

static bool refuse(struct contract *contract, struct decision *decision, enum ocpp_authorization authorization,
                   enum ocpp_certificate_status certificate)
{
    contract->certificate = certificate;
    decision->what = DECIDED_REFUSE;
    decision->authorization = authorization;
    return true;
}

/* Without the central system: the chain has to be good by itself, then list and cache are looked at as for any token (C07.FR.07
 * to FR.12, C13, C15). */
static bool decide_offline(const struct ocpp_charge_point *cp, struct contract *contract, struct decision *decision)
{
    const bool may = cp->values[VARIABLE_PNC_OFFLINE_VALIDATION] != 0 && cp->values[VARIABLE_LOCAL_AUTHORIZE_OFFLINE] != 0;
    contract->is_offline = true;
    if (!may || contract->check != OCPP_CONTRACT_VALID) {
        return refuse(contract, decision, OCPP_AUTHORIZATION_UNKNOWN_STATUS, OCPP_CERTIFICATE_STATUS_NONE);
    }
    contract->certificate = OCPP_CERTIFICATE_STATUS_ACCEPTED;
    return false;
}

bool ocpp_cp_contract_decide(struct ocpp_charge_point *cp, const struct question *question, struct decision *decision)
{
    struct contract *contract = contract_of(cp, question->evse, question->token);
    if (contract == NULL || question->purpose != TO_START || cp->values[VARIABLE_AUTH_ENABLED] == 0) {
        return false;
    }
    memset(decision, 0, sizeof(*decision));
    if (!question->can_ask || cp->values[VARIABLE_DISABLE_REMOTE_AUTHORIZATION] != 0) {
        return decide_offline(cp, contract, decision);
    }
    if (contract->check != OCPP_CONTRACT_VALID && contract->question->chain[0] == '\0') { /* nobody would have checked it */
        return refuse(contract, decision, OCPP_AUTHORIZATION_INVALID, OCPP_CERTIFICATE_STATUS_CHAIN_ERROR);
    }
    decision->what = DECIDED_ASK;
    decision->source = OCPP_TOKEN_SOURCE_CENTRAL;
    return true;
}

enum ocpp_status ocpp_cp_contract_ask(struct ocpp_charge_point *cp, int slot, const struct token *token)
{
    const struct contract *contract = contract_of(cp, slot, token);
    if (contract == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    const struct pnc_words *words = ocpp_cp_pnc_words(cp);
    return words == NULL ? OCPP_ERR_UNSUPPORTED_ACTION : words->authorize(cp, contract);
}

/* Who answers without a word about the chain has not looked at it: that is enough only for a chain that was good here. */
void ocpp_cp_contract_answered(struct ocpp_charge_point *cp, struct token_info *info, enum ocpp_certificate_status certificate)
{
    struct contract *contract = contract_of(cp, cp->flight_slot, &cp->authorizations[cp->flight_slot].token);
    const bool is_silent = certificate == OCPP_CERTIFICATE_STATUS_NONE;
    if (contract != NULL) {
        const bool is_good =
            certificate == OCPP_CERTIFICATE_STATUS_ACCEPTED || (is_silent && contract->check == OCPP_CONTRACT_VALID);
        contract->is_offline = false;
        contract->certificate = certificate;
        if (!is_good && info->authorization == OCPP_AUTHORIZATION_ACCEPTED) {
            ocpp_cp_log(cp, OCPP_LOG_WARNING, "a contract was accepted without its certificates: it is refused");
            info->authorization = OCPP_AUTHORIZATION_INVALID;
        }
    }
    ocpp_cp_authorize_answered(cp, info);
}

void ocpp_cp_contract_judged(struct ocpp_charge_point *cp, int slot, const struct token *token,
                             enum ocpp_authorization authorization)
{
    struct contract *contract = contract_of(cp, slot, token);
    if (contract != NULL) {
        conclude(cp, contract, authorization);
    }
}

/* --- presented -------------------------------------------------------------------------------------------------------------- */

/* It was this contract that authorised what runs there: the vehicle comes back from a pause. A card would end it. */
static bool is_known(const struct ocpp_charge_point *cp, const struct evse *evse, const struct token *token)
{
    const struct authorization *authorization = &cp->authorizations[evse->number];
    const bool runs =
        ocpp_cp_is_running(evse) && ocpp_cp_has_transaction(evse) && ocpp_token_same(&evse->transaction.token, token);
    return runs || (authorization->state == AUTHORIZATION_GRANTED && ocpp_token_same(&authorization->token, token));
}

static void present(struct ocpp_charge_point *cp, struct evse *evse, struct contract *contract)
{
    contract->certificate = word_of(contract->check);
    if (contract->certificate != OCPP_CERTIFICATE_STATUS_NONE) {
        conclude(cp, contract,
                 contract->check == OCPP_CONTRACT_EXPIRED ? OCPP_AUTHORIZATION_EXPIRED : OCPP_AUTHORIZATION_INVALID);
        return;
    }
    if (is_known(cp, evse, &contract->token)) {
        conclude(cp, contract, OCPP_AUTHORIZATION_ACCEPTED);
        return;
    }
    ocpp_cp_token_presented(cp, evse->number, &contract->token);
}

static bool is_sound(const struct ocpp_contract *contract)
{
    return contract != NULL && contract->emaid != NULL && contract->emaid[0] != '\0' &&
           ocpp_text_valid(contract->emaid, strlen(contract->emaid)) && contract->check <= OCPP_CONTRACT_INVALID &&
           (contract->targets == NULL || contract->target_count <= OCPP_CONTRACT_HASHES);
}

enum ocpp_status ocpp_charge_point_contract(struct ocpp_charge_point *cp, int evse, const struct ocpp_contract *contract,
                                            struct ocpp_now now)
{
    struct ev *ev = ocpp_cp_ev(cp, evse);
    if (ocpp_cp_evse(cp, evse) == NULL || !is_sound(contract)) {
        return OCPP_ERR_ARGUMENT;
    }
    if (ev == NULL || cp->values[VARIABLE_PNC_ENABLED] == 0) {
        return OCPP_ERR_STATE;
    }
    if (ocpp_text_count(contract->emaid, strlen(contract->emaid)) > PNC_EMAID_CHARACTERS) {
        return OCPP_ERR_LENGTH;
    }
    if (ev->contract.is_open) {
        return OCPP_ERR_BUSY;
    }
    ocpp_cp_enter(cp, now);
    const bool is_taken = fill(cp, contract, &ev->contract);
    if (is_taken) {
        present(cp, ocpp_cp_evse(cp, evse), &ev->contract);
    }
    ocpp_cp_leave(cp);
    return is_taken ? OCPP_OK : OCPP_ERR_NOMEM;
}

/* --- told ------------------------------------------------------------------------------------------------------------------- */

/* Whether anybody will still judge it. */
static bool is_pending(const struct ocpp_charge_point *cp, int evse, const struct contract *contract)
{
    const struct authorization *authorization = &cp->authorizations[evse];
    return (authorization->state == AUTHORIZATION_WANTED || authorization->state == AUTHORIZATION_ASKED) &&
           ocpp_token_same(&authorization->token, &contract->token);
}

/* An answer that comes too late authorises nothing: the vehicle has been told otherwise. */
static void expire(struct ocpp_charge_point *cp, int evse, struct contract *contract)
{
    const bool waits = is_pending(cp, evse, contract);
    if (waits && cp->now.mono_ms < contract->until_mono_ms) {
        return;
    }
    contract->is_offline = true;
    contract->certificate = OCPP_CERTIFICATE_STATUS_NONE;
    conclude(cp, contract, waits ? OCPP_AUTHORIZATION_UNKNOWN_STATUS : OCPP_AUTHORIZATION_NOT_AT_THIS_TIME);
    if (waits) {
        ocpp_cp_authorization_forget(cp, evse);
    }
}

void ocpp_cp_contract_work(struct ocpp_charge_point *cp, int evse)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    struct contract *contract = &pnc->evs[evse].contract;
    if (contract->is_open && !contract->is_due) {
        expire(cp, evse, contract);
    }
    if (!contract->is_due) {
        return;
    }
    const struct token token = contract->token;
    const struct ocpp_contract_verdict verdict = {
        .emaid = token.id,
        .authorization = contract->authorization,
        .certificate = contract->certificate,
        .is_offline = contract->is_offline,
    };
    ocpp_cp_contract_free(cp, contract); /* the callback may present the next one */
    cp->dirty = true;
    if (pnc->settings.contract_judged != NULL) {
        pnc->settings.contract_judged(evse, &verdict, pnc->settings.user);
    }
}
