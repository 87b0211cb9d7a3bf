/* blocks.c: the blocks of this build, and the rounds the engine makes through them. */
#include "charge_point_internal.h"

#include <string.h>

#include "arena.h"
#include "certificates.h"
#include "customer_information.h"
#include "display_messages.h"
#include "firmware_update.h"
#include "monitors.h"
#include "network_block.h"
#include "logs.h"
#include "pricing.h"
#include "notices.h"
#include "pnc.h"

const struct block *const ocpp_cp_blocks[BLOCK_COUNT] = {
    [BLOCK_NOTICES] = &ocpp_cp_notices_block,
#if OCPP_WITH_CERTIFICATES
    [BLOCK_CERTIFICATES] = &ocpp_cp_certificates_block,
#endif
#if OCPP_WITH_FIRMWARE
    [BLOCK_FIRMWARE] = &ocpp_cp_firmware_block,
#endif
#if OCPP_WITH_LOGS
    [BLOCK_LOGS] = &ocpp_cp_logs_block,
#endif
#if OCPP_WITH_COST
    [BLOCK_COST] = &ocpp_cp_cost_block,
#endif
#if OCPP_WITH_DISPLAY
    [BLOCK_DISPLAY] = &ocpp_cp_display_block,
#endif
#if OCPP_WITH_NETWORK
    [BLOCK_NETWORK] = &ocpp_cp_network_block,
#endif
#if OCPP_WITH_CUSTOMER
    [BLOCK_CUSTOMER] = &ocpp_cp_customer_block,
#endif
#if OCPP_WITH_MONITORING
    [BLOCK_MONITORING] = &ocpp_cp_monitoring_block,
#endif
#if OCPP_WITH_PLUG_AND_CHARGE
    [BLOCK_PLUG_AND_CHARGE] = &ocpp_cp_block_plug_and_charge,
#endif
};

/* --- which there are ---------------------------------------------------------------------------------------------------- */

/* A setting that asks for a block, and whether the block is in this build. */
static const char *asks_in_vain(const struct ocpp_charge_point_settings *settings)
{
    const struct {
        enum block_id id;
        bool is_asked_for;
        const char *name;
    } wishes[] = {
        { BLOCK_CERTIFICATES, settings->certificates != NULL, "certificates" },
        { BLOCK_NETWORK, settings->network != NULL, "network" },
        { BLOCK_FIRMWARE, settings->firmware != NULL, "firmware" },
        { BLOCK_LOGS, settings->diagnostics != NULL, "diagnostics" },
        { BLOCK_MONITORING, settings->monitoring != NULL, "monitoring" },
        { BLOCK_CUSTOMER, settings->customer != NULL, "customer" },
        { BLOCK_DISPLAY, settings->display != NULL, "display" },
        { BLOCK_COST, settings->cost != NULL, "cost" },
        { BLOCK_PLUG_AND_CHARGE, settings->plug_and_charge != NULL, "plug_and_charge" },
    };
    for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
        if (wishes[i].is_asked_for && ocpp_cp_blocks[wishes[i].id] == NULL) {
            return wishes[i].name;
        }
    }
    return NULL;
}

const char *ocpp_cp_blocks_wrong_setting(const struct ocpp_charge_point_settings *settings, const struct ocpp_hardware *hardware)
{
    const char *wrong = asks_in_vain(settings);
    for (int id = 0; id < BLOCK_COUNT && wrong == NULL; id++) {
        const struct block *block = ocpp_cp_blocks[id];
        if (block != NULL && block->wrong_setting != NULL) {
            wrong = block->wrong_setting(settings, hardware);
        }
    }
    return wrong;
}

void *ocpp_cp_block(const struct ocpp_charge_point *cp, enum block_id id)
{
    return cp->blocks[id];
}

/* The block |id|, if it is there. */
static const struct block *there(const struct ocpp_charge_point *cp, int id)
{
    return cp->blocks[id] == NULL ? NULL : ocpp_cp_blocks[id];
}

/* --- memory ------------------------------------------------------------------------------------------------------------- */

static size_t size_of(const struct ocpp_charge_point *cp, const struct block *block)
{
    const size_t size = block == NULL ? 0 : block->size(&cp->settings);
    return size == 0 && block != NULL && block->size_for != NULL ? block->size_for(&cp->hardware) : size;
}

bool ocpp_cp_blocks_take(struct ocpp_charge_point *cp)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const size_t size = size_of(cp, ocpp_cp_blocks[id]);
        if (size == 0) {
            continue;
        }
        cp->blocks[id] = ocpp_reallocate(cp->settings.allocator, NULL, size);
        if (cp->blocks[id] == NULL) {
            return false;
        }
        memset(cp->blocks[id], 0, size);
    }
    return true;
}

bool ocpp_cp_blocks_bring(struct ocpp_charge_point *cp)
{
    bool has_all = true;
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->bring != NULL) {
            has_all = block->bring(cp) && has_all;
        }
    }
    return has_all;
}

bool ocpp_cp_blocks_start(struct ocpp_charge_point *cp)
{
    bool has_all = true;
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->start != NULL) {
            has_all = block->start(cp) && has_all;
        }
    }
    return has_all;
}

void ocpp_cp_blocks_free(struct ocpp_charge_point *cp)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->free != NULL) {
            block->free(cp);
        }
        ocpp_reallocate(cp->settings.allocator, cp->blocks[id], 0);
        cp->blocks[id] = NULL;
    }
}

enum ocpp_status ocpp_cp_blocks_load(struct ocpp_charge_point *cp)
{
    enum ocpp_status status = OCPP_OK;
    for (int id = 0; id < BLOCK_COUNT && status == OCPP_OK; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->load != NULL) {
            status = block->load(cp);
        }
    }
    return status;
}

/* --- a round ------------------------------------------------------------------------------------------------------------ */

void ocpp_cp_blocks_work(struct ocpp_charge_point *cp)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->work != NULL) {
            block->work(cp);
        }
    }
}

int64_t ocpp_cp_blocks_deadline(const struct ocpp_charge_point *cp)
{
    int64_t earliest = OCPP_NEVER;
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        const int64_t deadline = block == NULL || block->deadline == NULL ? OCPP_NEVER : block->deadline(cp);
        earliest = deadline < earliest ? deadline : earliest;
    }
    return earliest;
}

/* The block after the one that sent last is asked first, so that none that always has something keeps the others silent. */
bool ocpp_cp_blocks_send(struct ocpp_charge_point *cp, bool is_early)
{
    for (int i = 1; i <= BLOCK_COUNT; i++) {
        const int id = (cp->flight_block + i) % BLOCK_COUNT;
        const struct block *block = there(cp, id);
        if (block == NULL || block->send == NULL || !block->send(cp, is_early)) {
            continue;
        }
        cp->flight = FLIGHT_BLOCK;
        cp->flight_block = id;
        return true;
    }
    return false;
}

bool ocpp_cp_blocks_send_urgent(struct ocpp_charge_point *cp)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->send_urgent != NULL && block->send_urgent(cp)) {
            cp->flight = FLIGHT_BLOCK;
            cp->flight_block = id;
            return true;
        }
    }
    return false;
}

int64_t ocpp_cp_blocks_send_deadline(const struct ocpp_charge_point *cp)
{
    int64_t earliest = OCPP_NEVER;
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        const int64_t deadline = block == NULL || block->send_deadline == NULL ? OCPP_NEVER : block->send_deadline(cp);
        earliest = deadline < earliest ? deadline : earliest;
    }
    return earliest;
}

void ocpp_cp_blocks_failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    const struct block *block = there(cp, cp->flight_block);
    if (block != NULL && block->failed != NULL) {
        block->failed(cp, status);
    }
}

/* --- what happens ------------------------------------------------------------------------------------------------------- */

void ocpp_cp_blocks_accepted(struct ocpp_charge_point *cp)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->accepted != NULL) {
            block->accepted(cp);
        }
    }
}

void ocpp_cp_blocks_link_up(struct ocpp_charge_point *cp)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->link_up != NULL) {
            block->link_up(cp);
        }
    }
}

void ocpp_cp_blocks_switched(struct ocpp_charge_point *cp)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->switched != NULL) {
            block->switched(cp);
        }
    }
}

void ocpp_cp_blocks_link_down(struct ocpp_charge_point *cp)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->link_down != NULL) {
            block->link_down(cp);
        }
    }
}

void ocpp_cp_blocks_session(struct ocpp_charge_point *cp, struct evse *evse, enum block_session what)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->session != NULL) {
            block->session(cp, evse, what);
        }
    }
}

enum ocpp_status ocpp_cp_blocks_variable_wanted(struct ocpp_charge_point *cp, enum variable variable,
                                                const struct variable_record *record, bool *is_done)
{
    enum ocpp_status status = OCPP_OK;
    *is_done = false;
    for (int id = 0; id < BLOCK_COUNT && status == OCPP_OK && !*is_done; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->variable_wanted != NULL) {
            status = block->variable_wanted(cp, variable, record, is_done);
        }
    }
    return status;
}

void ocpp_cp_blocks_granted(struct ocpp_charge_point *cp, int slot, const struct token *token, const struct decision *why)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->granted != NULL) {
            block->granted(cp, slot, token, why);
        }
    }
}

void ocpp_cp_blocks_fact_told(struct ocpp_charge_point *cp, enum telling telling, const struct fact *fact,
                              const struct fact_answer *answer)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->fact_told != NULL) {
            block->fact_told(cp, telling, fact, answer);
        }
    }
}

void ocpp_cp_blocks_variable_changed(struct ocpp_charge_point *cp, enum variable variable)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->variable_changed != NULL) {
            block->variable_changed(cp, variable);
        }
    }
}

bool ocpp_cp_blocks_trigger(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse, enum verdict *verdict)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->trigger != NULL && block->trigger(cp, kind, evse, verdict)) {
            return true;
        }
    }
    return false;
}

/* --- tokens ------------------------------------------------------------------------------------------------------------- */

bool ocpp_cp_blocks_decide(struct ocpp_charge_point *cp, const struct question *question, struct decision *decision)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->decide != NULL && block->decide(cp, question, decision)) {
            return true;
        }
    }
    return false;
}

enum ocpp_status ocpp_cp_blocks_authorize(struct ocpp_charge_point *cp, int slot, const struct token *token)
{
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;
    for (int id = 0; id < BLOCK_COUNT && status == OCPP_ERR_NOT_FOUND; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->authorize != NULL) {
            status = block->authorize(cp, slot, token);
        }
    }
    return status;
}

void ocpp_cp_blocks_judged(struct ocpp_charge_point *cp, int slot, const struct token *token,
                           enum ocpp_authorization authorization)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->judged != NULL) {
            block->judged(cp, slot, token, authorization);
        }
    }
}

bool ocpp_cp_blocks_close(const struct ocpp_charge_point *cp, int evse)
{
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->closes != NULL && block->closes(cp, evse)) {
            return true;
        }
    }
    return false;
}

bool ocpp_cp_blocks_transferred(struct ocpp_charge_point *cp, enum block_id owner, int64_t id,
                                const enum ocpp_transfer_result *result, uint64_t bytes)
{
    const struct block *block = there(cp, (int)owner);
    return block != NULL && block->transferred != NULL && block->transferred(cp, id, result, bytes);
}

void ocpp_cp_security_event(struct ocpp_charge_point *cp, const char *type, const char *info)
{
    if (cp->blocks[BLOCK_LOGS] == NULL) { /* which says so itself, and not a thousand times */
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "security event %s%s%s", type, info == NULL ? "" : ": ", info == NULL ? "" : info);
    }
    for (int id = 0; id < BLOCK_COUNT; id++) {
        const struct block *block = there(cp, id);
        if (block != NULL && block->security_event != NULL) {
            block->security_event(cp, type, info);
        }
    }
}

/* --- words -------------------------------------------------------------------------------------------------------------- */

const void *ocpp_cp_words(const struct ocpp_charge_point *cp, enum block_id id)
{
    return cp->dialect == NULL ? NULL : cp->dialect->blocks[id].words;
}

/* The handler of the first block from |first| on that hears |action|. */
static block_on_call hearing_from(const struct ocpp_charge_point *cp, int first, const struct ocpp_action *action)
{
    for (int id = first; id < BLOCK_COUNT; id++) {
        const struct block_words *words = &cp->dialect->blocks[id];
        for (size_t i = 0; there(cp, id) != NULL && i < words->hearing_count; i++) {
            if (words->hearings[i].action == action) {
                return words->hearings[i].on_call;
            }
        }
    }
    return NULL;
}

block_on_call ocpp_cp_blocks_hearing(const struct ocpp_charge_point *cp, const struct ocpp_action *action)
{
    return hearing_from(cp, 0, action);
}

void ocpp_cp_blocks_pass_on(struct ocpp_charge_point *cp, enum block_id id, const struct ocpp_incoming_call *call)
{
    const block_on_call next = hearing_from(cp, (int)id + 1, call->action);
    if (next != NULL) {
        next(cp, call);
        return;
    }
    cp->dialect->on_call(cp, call);
}
