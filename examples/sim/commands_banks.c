/* commands_banks.c: what people do with power banks, and what the cabinet does wrong. */
#include "command_arguments.h"
#include "pile_banks_inside.h"
#include "story.h"

#include <ocpp/settlement/mark.h>

#include <stdio.h>
#include <string.h>

static struct pile_banks *banks_of(struct arguments *arguments)
{
    struct pile_banks *banks = arguments->pile->banks;

    if (!banks) {
        (void)wrong(arguments, "this pile has no bay: start it with --banks N", NULL);
    }
    return banks;
}

/* The slot a word names; 0 and a reason when there is none. */
static int slot_of(struct arguments *arguments, const char *text)
{
    int64_t slot;

    if (read_integer(text, 1, arguments->pile->options->banks, &slot)) {
        return (int)slot;
    }
    (void)wrong(arguments, "no such slot:", text);
    return 0;
}

static struct cabinet_bank *hand_of(struct pile_banks *banks, const char *id)
{
    struct cabinet_bank *found = NULL;

    for (int i = 0; i < PILE_HANDS; i++) {
        if (banks->hands[i].is_real && (!id || strcmp(banks->hands[i].id, id) == 0)) {
            found = &banks->hands[i];
        }
    }
    return found;
}

static struct cabinet_bank *free_hand(struct pile_banks *banks)
{
    for (int i = 0; i < PILE_HANDS; i++) {
        if (!banks->hands[i].is_real) {
            return &banks->hands[i];
        }
    }
    return NULL;
}

enum command_outcome run_rent(struct arguments *arguments)
{
    struct pile_banks *banks = banks_of(arguments);
    struct ocpp_token token = { .id = arguments->words[0], .type = OCPP_TOKEN_ISO14443 };
    int64_t count = 1;

    if (!banks) {
        return COMMAND_WRONG;
    }
    if (arguments->count > 1 && !read_integer(arguments->words[1], 1, 16, &count)) {
        return wrong(arguments, "not a number of banks:", arguments->words[1]);
    }
    if (arguments->count > 2) {
        token.type = ocpp_token_type_of(arguments->words[2]);
        if (token.type == OCPP_TOKEN_UNKNOWN) {
            return wrong(arguments, "no such type of token:", arguments->words[2]);
        }
    }
    return outcome_of(arguments, ocpp_settle_agent_rent(banks->agent, &token, (int)count, sim_now(), NULL));
}

static enum command_outcome pull(struct arguments *arguments,
                                 bool (*act)(struct cabinet *cabinet, int slot, struct cabinet_bank *bank, struct ocpp_now now))
{
    struct pile_banks *banks = banks_of(arguments);
    const int slot = banks ? slot_of(arguments, arguments->words[0]) : 0;
    struct cabinet_bank *hand = slot > 0 ? free_hand(banks) : NULL;

    if (slot == 0) {
        return COMMAND_WRONG;
    }
    if (!hand) {
        return wrong(arguments, "nobody has another hand", NULL);
    }
    if (!act(&banks->cabinet, slot, hand, sim_now())) {
        return wrong(arguments, "no bank comes out of slot", arguments->words[0]);
    }
    banks_keep(banks);
    return COMMAND_DONE;
}

enum command_outcome run_take(struct arguments *arguments)
{
    char slot[16];
    char *words[1] = { slot };
    struct arguments one = *arguments;

    for (int i = 1; strcmp(arguments->words[0], "any") == 0 && i <= arguments->pile->options->banks; i++) {
        snprintf(slot, sizeof slot, "%d", i);
        one.words = words;
        if (pull(&one, cabinet_take) == COMMAND_DONE) {
            return COMMAND_DONE;
        }
    }
    return pull(arguments, cabinet_take);
}

enum command_outcome run_steal(struct arguments *arguments)
{
    return pull(arguments, cabinet_steal);
}

enum command_outcome run_return(struct arguments *arguments)
{
    struct pile_banks *banks = banks_of(arguments);
    const int slot = banks ? slot_of(arguments, arguments->words[0]) : 0;
    struct cabinet_bank *hand = slot > 0 ? hand_of(banks, arguments->count > 1 ? arguments->words[1] : NULL) : NULL;

    if (slot == 0) {
        return COMMAND_WRONG;
    }
    if (!hand) {
        return wrong(arguments, "nobody has that bank", NULL);
    }
    if (!cabinet_insert(&banks->cabinet, slot, hand, sim_now())) {
        return wrong(arguments, "there is a bank in slot", arguments->words[0]);
    }
    hand->is_real = false;
    banks_keep(banks);
    return COMMAND_DONE;
}

enum command_outcome run_carry(struct arguments *arguments)
{
    struct pile_banks *banks = banks_of(arguments);
    struct cabinet_bank *hand = banks ? hand_of(banks, arguments->count > 1 ? arguments->words[1] : NULL) : NULL;
    char mark[OCPP_SETTLE_MARK_TEXT_SIZE];
    char told[STORY_VALUE_SIZE];

    if (!banks) {
        return COMMAND_WRONG;
    }
    if (!hand) {
        return wrong(arguments, "nobody has that bank", NULL);
    }
    ocpp_settle_mark_write(hand->mark, mark);
    snprintf(told, sizeof told, "%s %s %s", hand->id, mark, hand->hardware_id);
    if (!story_tell(arguments->pile->story, arguments->words[0], told)) {
        return wrong(arguments, "cannot be told:", arguments->words[0]);
    }
    hand->is_real = false;
    banks_keep(banks);
    return COMMAND_DONE;
}

enum command_outcome run_insert(struct arguments *arguments)
{
    struct pile_banks *banks = banks_of(arguments);
    const int slot = banks ? slot_of(arguments, arguments->words[0]) : 0;
    struct cabinet_bank bank = { .is_real = true, .charge = 50 };

    if (slot == 0) {
        return COMMAND_WRONG;
    }
    if (ocpp_settle_mark_parse(arguments->words[2], bank.mark) != OCPP_OK) {
        return wrong(arguments, "no mark of 48 hexadecimal digits:", arguments->words[2]);
    }
    snprintf(bank.id, sizeof bank.id, "%s", arguments->words[1]);
    snprintf(bank.hardware_id, sizeof bank.hardware_id, "%s", arguments->count > 3 ? arguments->words[3] : "");
    if (!cabinet_insert(&banks->cabinet, slot, &bank, sim_now())) {
        return wrong(arguments, "there is a bank in slot", arguments->words[0]);
    }
    banks_keep(banks);
    return COMMAND_DONE;
}

/* By enum ocpp_settle_bay_condition. */
static const char *const conditions[] = { "good", "damaged", "empty", "faulty" };

/* What becomes of the bank that was taken last, while somebody has it. */
static enum command_outcome treat(struct arguments *arguments, struct cabinet_bank *bank, const char *how)
{
    int64_t charge;

    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++) {
        if (strcmp(conditions[i], how) == 0) {
            bank->condition = (enum ocpp_settle_bay_condition)i;
            return COMMAND_DONE;
        }
    }
    if (strcmp(how, "mute") == 0) {
        bank->is_mute = true;
        return COMMAND_DONE;
    }
    if (read_integer(how, 0, 100, &charge)) {
        bank->charge = (int)charge;
        return COMMAND_DONE;
    }
    return wrong(arguments, "a bank is good, damaged, empty, faulty, mute or so many per cent, not", how);
}

enum command_outcome run_bank(struct arguments *arguments)
{
    struct pile_banks *banks = banks_of(arguments);
    struct cabinet_bank *hand = banks ? hand_of(banks, arguments->count > 1 ? arguments->words[1] : NULL) : NULL;

    if (!banks) {
        return COMMAND_WRONG;
    }
    return hand ? treat(arguments, hand, arguments->words[0]) : wrong(arguments, "nobody has that bank", NULL);
}

static enum command_outcome spoil(struct arguments *arguments, struct pile_banks *banks, int slot)
{
    const enum cabinet_fault fault = cabinet_fault_of(arguments->words[2]);
    int64_t count = 1;

    if (fault == CABINET_FAULTS) {
        return wrong(arguments, "no such fault:", arguments->words[2]);
    }
    if (arguments->count > 3 && !read_integer(arguments->words[3], 1, 1000000, &count)) {
        return wrong(arguments, "not a number of acts:", arguments->words[3]);
    }
    cabinet_fault(&banks->cabinet, slot, fault, (int)count);
    return COMMAND_DONE;
}

/* slot SLOT fault NAME [COUNT], or slot SLOT self-test|... as somebody at the pile orders. */
enum command_outcome run_slot(struct arguments *arguments)
{
    static const char *const orders[] = { "self-test", "out-of-service", "back-in-service", "eject" };
    struct pile_banks *banks = banks_of(arguments);
    const int slot = banks ? slot_of(arguments, arguments->words[0]) : 0;

    if (slot == 0) {
        return COMMAND_WRONG;
    }
    if (strcmp(arguments->words[1], "fault") == 0 && arguments->count > 2) {
        return spoil(arguments, banks, slot);
    }
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (strcmp(orders[i], arguments->words[1]) == 0) {
            return outcome_of(arguments,
                              ocpp_settle_agent_service(banks->agent, slot, (enum ocpp_settle_slot_order)(i + 1), sim_now()));
        }
    }
    return wrong(arguments, "a slot takes fault NAME, self-test, out-of-service, back-in-service or eject, not",
                 arguments->words[1]);
}

static void print_bank(const char *where, int number, const struct cabinet_bank *bank, const char *state)
{
    char mark[OCPP_SETTLE_MARK_TEXT_SIZE];

    ocpp_settle_mark_write(bank->mark, mark);
    printf("  %s %d %s %s %s %d%% %s %s\n", where, number, bank->id, bank->hardware_id, mark, bank->charge,
           conditions[bank->condition], state);
}

enum command_outcome run_banks(struct arguments *arguments)
{
    struct pile_banks *banks = banks_of(arguments);

    if (!banks) {
        return COMMAND_WRONG;
    }
    for (int slot = 1; slot <= banks->cabinet.slots; slot++) {
        const struct cabinet_bank *bank = &banks->cabinet.slot[slot - 1].bank;
        struct ocpp_settle_slot_view view;
        const char *state = "";

        if (ocpp_settle_agent_slot(banks->agent, slot, &view) == OCPP_OK) {
            state = ocpp_settle_slot_state_enum.values[view.state - 1];
        }
        if (bank->is_real) {
            print_bank("slot", slot, bank, state);
        } else {
            printf("  slot %d empty %s\n", slot, state);
        }
    }
    for (int i = 0; i < PILE_HANDS; i++) {
        if (banks->hands[i].is_real) {
            print_bank("hand", i + 1, &banks->hands[i], "");
        }
    }
    fflush(stdout);
    return COMMAND_DONE;
}
