/* network_plan.c: the machine of network_plan.h: a row per stage, and one function that moves it. */
#include "network_plan.h"

struct stage_row {
    bool is_list;
    bool old_certificate;
    enum network_stage next; /* when it is exhausted */
};

static const struct stage_row stages[STAGE_COUNT] = {
    [STAGE_TRIAL] = { false, false, STAGE_LAST_GOOD },       [STAGE_LIST] = { true, false, STAGE_LAST_GOOD_OLD }, /* B10.FR.03 */
    [STAGE_LAST_GOOD_OLD] = { false, true, STAGE_LIST_OLD }, /* B10.FR.07; A02.FR.28 */
    [STAGE_LIST_OLD] = { true, true, STAGE_LAST_GOOD },      /* B10.FR.08; A02.FR.28 */
    [STAGE_LAST_GOOD] = { false, false, STAGE_LIST },
};

/* Whether a stage has anything to try. With one certificate the stages that show the old one show the only one. */
static bool has_something(const struct network_facts *facts, enum network_stage stage)
{
    switch (stage) {
    case STAGE_TRIAL:
        return facts->has_trial && facts->last_good != 0;
    case STAGE_LIST:
    case STAGE_LIST_OLD:
        return facts->count > 0;
    case STAGE_LAST_GOOD_OLD:
    case STAGE_LAST_GOOD:
        return facts->last_good != 0;
    case STAGE_COUNT:
        break;
    }
    return false;
}

static void enter(struct network_plan *plan, const struct network_facts *facts, enum network_stage stage)
{
    plan->stage = stage;
    for (int i = 0; i < STAGE_COUNT && !has_something(facts, plan->stage); i++) {
        plan->stage = stages[plan->stage].next;
    }
    plan->entry = 0;
    plan->attempts = 0;
    plan->old_root = false;
}

static int32_t allowed(const struct network_plan *plan, const struct network_facts *facts)
{
    const bool is_last_good = plan->stage == STAGE_LAST_GOOD || plan->stage == STAGE_LAST_GOOD_OLD;
    return is_last_good ? facts->last_good_attempts : facts->attempts;
}

static uint8_t slot_of(const struct network_plan *plan, const struct network_facts *facts)
{
    if (!has_something(facts, plan->stage)) {
        return 0;
    }
    return stages[plan->stage].is_list ? facts->list[plan->entry < facts->count ? plan->entry : 0] : facts->last_good;
}

/* True: it was the trial that is exhausted. */
static bool failed(struct network_plan *plan, const struct network_facts *facts)
{
    plan->attempts++;
    if (plan->attempts < allowed(plan, facts)) {
        return false;
    }
    if (stages[plan->stage].is_list && plan->entry + 1 < facts->count) {
        plan->entry++;
        plan->attempts = 0;
        plan->old_root = false;
        return false;
    }
    const bool was_trial = plan->stage == STAGE_TRIAL;
    enter(plan, facts, stages[plan->stage].next);
    return was_trial;
}

/* Of two, the other one is tried before the attempt counts; after the older one the turn is the newer one's again. */
static bool takes_other(bool *old, bool has_two)
{
    *old = has_two && !*old;
    return *old;
}

bool ocpp_cp_network_step(struct network_plan *plan, const struct network_facts *facts, enum network_event event)
{
    switch (event) {
    case NETWORK_STARTED:
    case NETWORK_LOST:
        plan->old_password = false;
        enter(plan, facts, facts->has_trial ? STAGE_TRIAL : STAGE_LIST);
        return false;
    case NETWORK_CHANGED: /* the same central system, with what has changed (A01, A02.FR.08) */
        plan->old_password = false;
        enter(plan, facts, facts->has_trial ? STAGE_TRIAL : STAGE_LAST_GOOD);
        return false;
    case NETWORK_PASSWORD_REFUSED:
        return !takes_other(&plan->old_password, facts->has_old_password) && failed(plan, facts);
    case NETWORK_SERVER_REFUSED:
        return !takes_other(&plan->old_root, facts->has_old_root && slot_of(plan, facts) == facts->last_good) &&
               failed(plan, facts);
    case NETWORK_FAILED:
        return failed(plan, facts);
    case NETWORK_CONNECTED: /* what comes next is a loss or a change, and both begin anew */
    case NETWORK_EVENT_COUNT:
        break;
    }
    return false;
}

struct network_choice ocpp_cp_network_choose(struct network_plan *plan, const struct network_facts *facts)
{
    if (!has_something(facts, plan->stage)) {
        enter(plan, facts, stages[plan->stage].next);
    }
    if (plan->entry >= facts->count) { /* the list has become shorter */
        plan->entry = 0;
    }
    const uint8_t slot = slot_of(plan, facts);
    return (struct network_choice){
        .slot = slot,
        .is_trial = slot != 0 && plan->stage == STAGE_TRIAL,
        .old_password = plan->old_password && facts->has_old_password,
        .old_certificate = stages[plan->stage].old_certificate && facts->has_old_certificate,
        .old_root = plan->old_root && facts->has_old_root && slot == facts->last_good,
    };
}
