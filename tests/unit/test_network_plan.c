/* Which connection is tried next: every stage with every event and every combination of what there is, and the orders the
 * standards want. */
#include "network_plan.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

enum { NEVER_LONGER = 64 };

static struct network_facts facts_of(const char *list, int last_good)
{
    struct network_facts facts = { .last_good = (uint8_t)last_good, .attempts = 2, .last_good_attempts = 3 };
    for (; *list != '\0'; list++) {
        facts.list[facts.count++] = (uint8_t)(*list - '0');
    }
    return facts;
}

/* What is tried while everything fails, as text: the slot, then t of a trial, p, c, r for the older password, certificate, root.
 */
static const char *tries(struct network_plan *plan, const struct network_facts *facts, enum network_event failure, int count)
{
    static char text[1024];
    size_t size = 0;
    text[0] = '\0';
    for (int i = 0; i < count; i++) {
        const struct network_choice choice = ocpp_cp_network_choose(plan, facts);
        size += (size_t)snprintf(text + size, sizeof(text) - size, "%s%d%s%s%s%s", i == 0 ? "" : " ", choice.slot,
                                 choice.is_trial ? "t" : "", choice.old_password ? "p" : "", choice.old_certificate ? "c" : "",
                                 choice.old_root ? "r" : "");
        if (ocpp_cp_network_step(plan, facts, failure)) {
            size += (size_t)snprintf(text + size, sizeof(text) - size, " given-up");
        }
    }
    return text;
}

static struct network_plan started(const struct network_facts *facts, enum network_event event)
{
    struct network_plan plan = { .stage = STAGE_LIST };
    assert_false(ocpp_cp_network_step(&plan, facts, event));
    return plan;
}

/* B10.FR.03, FR.04, FR.07, FR.08 */
static void the_list_is_tried_in_its_order_then_the_last_that_worked_then_the_list_again(void **state)
{
    (void)state;
    const struct network_facts facts = facts_of("21", 1);
    struct network_plan plan = started(&facts, NETWORK_STARTED);
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 14), "2 2 1 1 1 1 1 2 2 1 1 1 1 1");
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 3), "2 2 1");
}

static void a_loss_begins_with_the_first_entry(void **state)
{
    (void)state;
    const struct network_facts facts = facts_of("31", 1);
    struct network_plan plan = started(&facts, NETWORK_STARTED);
    (void)tries(&plan, &facts, NETWORK_FAILED, 3);
    (void)ocpp_cp_network_step(&plan, &facts, NETWORK_CONNECTED);
    (void)ocpp_cp_network_step(&plan, &facts, NETWORK_LOST);
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 4), "3 3 1 1");
}

/* A01: the same central system with the new password; the older one at once where it is refused, and neither for good. */
static void a_new_password_is_shown_first_and_the_older_one_when_it_is_refused(void **state)
{
    (void)state;
    struct network_facts facts = facts_of("12", 1);
    facts.has_old_password = true;
    struct network_plan plan = started(&facts, NETWORK_CHANGED);
    assert_string_equal(tries(&plan, &facts, NETWORK_PASSWORD_REFUSED, 8), "1 1p 1 1p 1 1p 1 1p");
    plan = started(&facts, NETWORK_CHANGED);
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 5), "1 1 1 1 1");
    facts.has_old_password = false;
    plan = started(&facts, NETWORK_STARTED);
    assert_string_equal(tries(&plan, &facts, NETWORK_PASSWORD_REFUSED, 4), "1 1 2 2");
}

/* A02.FR.28 */
static void a_new_certificate_goes_through_the_list_before_the_older_one_has_its_turn(void **state)
{
    (void)state;
    struct network_facts facts = facts_of("12", 1);
    facts.has_old_certificate = true;
    struct network_plan plan = started(&facts, NETWORK_STARTED);
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 14), "1 1 2 2 1c 1c 1c 1c 1c 2c 2c 1 1 1");
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 2), "1 1");
    plan = started(&facts, NETWORK_CHANGED);
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 8), "1 1 1 1 1 2 2 1c");
}

/* M05.FR.14 to FR.16 */
static void the_older_root_is_believed_where_the_newer_one_fails_but_not_while_migrating(void **state)
{
    (void)state;
    struct network_facts facts = facts_of("21", 1);
    facts.has_old_root = true;
    struct network_plan plan = started(&facts, NETWORK_STARTED);
    assert_string_equal(tries(&plan, &facts, NETWORK_SERVER_REFUSED, 6), "2 2 1 1r 1 1r");
}

/* 1.6 A05.FR.07, FR.08 */
static void a_raised_security_profile_is_tried_first_and_given_up_for_good(void **state)
{
    (void)state;
    struct network_facts facts = facts_of("1", 1);
    facts.has_trial = true;
    struct network_plan plan = started(&facts, NETWORK_CHANGED);
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 2), "1t 1t given-up");
    facts.has_trial = false;
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 2), "1 1");
    facts.has_trial = true;
    plan = started(&facts, NETWORK_STARTED); /* a power cut in between: it was promised */
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 1), "1t");
}

static void with_nothing_usable_there_is_no_choice(void **state)
{
    (void)state;
    const struct network_facts facts = facts_of("", 0);
    struct network_plan plan = started(&facts, NETWORK_STARTED);
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 3), "0 0 0");
    const struct network_facts last = facts_of("", 2);
    assert_string_equal(tries(&plan, &last, NETWORK_FAILED, 2), "2 2");
}

static void a_list_that_becomes_shorter_leaves_nobody_behind_its_end(void **state)
{
    (void)state;
    struct network_facts facts = facts_of("123", 0);
    struct network_plan plan = started(&facts, NETWORK_STARTED);
    (void)tries(&plan, &facts, NETWORK_FAILED, 5);
    facts = facts_of("2", 0);
    assert_string_equal(tries(&plan, &facts, NETWORK_FAILED, 2), "2 2");
}

/* --- every state there can be ------------------------------------------------------------------------------------------------
 */

static struct network_facts facts_by_number(unsigned number)
{
    static const char *const lists[] = { "", "1", "21", "312" };
    struct network_facts facts = facts_of(lists[number & 3], (int)(number >> 2 & 3));
    facts.has_trial = (number >> 4 & 1) != 0 && facts.last_good != 0;
    facts.has_old_password = (number >> 5 & 1) != 0;
    facts.has_old_certificate = (number >> 6 & 1) != 0;
    facts.has_old_root = (number >> 7 & 1) != 0;
    facts.attempts = (number >> 8 & 1) != 0 ? 3 : 1;
    facts.last_good_attempts = facts.attempts + 2;
    return facts;
}

static bool is_listed(const struct network_facts *facts, uint8_t slot)
{
    return slot == facts->last_good || memchr(facts->list, slot, facts->count) != NULL;
}

static void assert_sound(const struct network_facts *facts, const struct network_plan *plan, const struct network_choice *choice)
{
    const bool has_any = facts->count > 0 || facts->last_good != 0;
    assert_int_equal(choice->slot != 0, has_any);
    assert_true(choice->slot == 0 || is_listed(facts, choice->slot));
    assert_true(!choice->is_trial || (facts->has_trial && choice->slot == facts->last_good));
    assert_true(!choice->old_password || facts->has_old_password);
    assert_true(!choice->old_certificate || facts->has_old_certificate);
    assert_true(!choice->old_root || (facts->has_old_root && choice->slot == facts->last_good));
    assert_true(plan->stage < STAGE_COUNT);
    assert_true(plan->attempts >= 0);
}

static void every_stage_meets_every_event_soundly(void **state)
{
    (void)state;
    for (unsigned number = 0; number < 512; number++) {
        for (unsigned later = 0; later < 512; later += 37) { /* the facts may be others after it */
            for (int place = 0; place < STAGE_COUNT * 4; place++) {
                for (int event = 0; event <= NETWORK_EVENT_COUNT; event++) {
                    const struct network_facts before = facts_by_number(number);
                    const struct network_facts after = facts_by_number(later);
                    struct network_plan plan = { .stage = (enum network_stage)(place / 4),
                                                 .entry = (size_t)(place & 3),
                                                 .old_password = (place & 1) != 0,
                                                 .old_root = (place & 2) != 0 };
                    struct network_choice choice = ocpp_cp_network_choose(&plan, &before);
                    assert_sound(&before, &plan, &choice);
                    const bool was_trial = plan.stage == STAGE_TRIAL;
                    const bool given_up = ocpp_cp_network_step(&plan, &before, (enum network_event)event);
                    assert_true(!given_up || was_trial);
                    choice = ocpp_cp_network_choose(&plan, &after);
                    assert_sound(&after, &plan, &choice);
                }
            }
        }
    }
}

/* Whatever fails, and however: every slot that can be used has its turn, with either certificate where there are two. */
static void nothing_that_could_work_is_never_tried(void **state)
{
    (void)state;
    static const enum network_event failures[] = { NETWORK_FAILED, NETWORK_PASSWORD_REFUSED, NETWORK_SERVER_REFUSED };
    for (unsigned number = 0; number < 512; number++) {
        for (size_t how = 0; how < sizeof(failures) / sizeof(failures[0]); how++) {
            struct network_facts facts = facts_by_number(number);
            struct network_plan plan = started(&facts, NETWORK_STARTED);
            unsigned tried[2] = { 0, 0 };
            for (int i = 0; i < 4 * NEVER_LONGER; i++) {
                const struct network_choice choice = ocpp_cp_network_choose(&plan, &facts);
                if (!choice.is_trial) {
                    tried[choice.old_certificate] |= 1u << choice.slot;
                }
                const bool is_given_up = ocpp_cp_network_step(&plan, &facts, failures[how]);
                facts.has_trial = facts.has_trial && !is_given_up;
            }
            for (size_t i = 0; i < facts.count; i++) {
                assert_true((tried[0] >> facts.list[i] & 1) != 0);
                assert_true(!facts.has_old_certificate || (tried[1] >> facts.list[i] & 1) != 0);
            }
            assert_true(facts.last_good == 0 || (tried[0] >> facts.last_good & 1) != 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_tried_in_its_order_then_the_last_that_worked_then_the_list_again),
        cmocka_unit_test(a_loss_begins_with_the_first_entry),
        cmocka_unit_test(a_new_password_is_shown_first_and_the_older_one_when_it_is_refused),
        cmocka_unit_test(a_new_certificate_goes_through_the_list_before_the_older_one_has_its_turn),
        cmocka_unit_test(the_older_root_is_believed_where_the_newer_one_fails_but_not_while_migrating),
        cmocka_unit_test(a_raised_security_profile_is_tried_first_and_given_up_for_good),
        cmocka_unit_test(with_nothing_usable_there_is_no_choice),
        cmocka_unit_test(a_list_that_becomes_shorter_leaves_nobody_behind_its_end),
        cmocka_unit_test(every_stage_meets_every_event_soundly),
        cmocka_unit_test(nothing_that_could_work_is_never_tried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
