/* insertions.c: what becomes of a bank that lies in a slot: neutral again, or held. */
#include "closed.h"
#include "piles.h"
#include "suspense.h"

#include <ocpp/settlement/mark.h>

void insertion_put(struct command *command, const struct row_insertion *insertion)
{
    command_put(command, command_key(command, "insertion", insertion->id, NULL), &row_insertion_type, insertion);
    closed_watch(command, CLOSED_INSERTION);
}

static void decide(struct command *command, const struct row_insertion *insertion, struct ocpp_settle_bank_decision_req *decision)
{
    decision->insertion = insertion->id;
    decision->slot = insertion->slot;
    command_send(command, insertion->station, insertion->id, &ocpp_settle_actions[OCPP_SETTLE_ACTION_BANK_DECISION], decision,
                 &decision->envelope);
}

/* No mark is above the one it bears, or was said to: it cannot be let again. That is no reason not to take it back. */
static void used_up(struct command *command, struct row_insertion *insertion, struct row_bank *bank)
{
    struct row_suspense entry = { .id = command_id(command),
                                  .kind = ROW_SUSPENSE_KIND_NOT_NEUTRAL,
                                  .station = insertion->station,
                                  .slot = insertion->slot,
                                  .insertion = insertion->id,
                                  .bank = bank ? bank->id : NULL,
                                  .at = insertion->at };

    insertion->suspense = entry.id;
    suspense_open(command, &entry, false, "its mark has the highest generation there is");
    insertion_held(command, insertion, bank, NULL);
}

void insertion_neutral(struct command *command, struct row_insertion *insertion, struct row_bank *bank,
                       enum ocpp_settle_bank_verdict verdict, const struct ocpp_settle_bank_grant *swap)
{
    const int64_t before = bank && bank->generation > insertion->generation ? bank->generation : insertion->generation;
    const struct bank_mark_wanted wanted = { .renter = OCPP_SETTLE_MARK_NEUTRAL,
                                             .generation = before + 1,
                                             .is_short = insertion->has_is_short && insertion->is_short,
                                             .bank = bank ? bank->id : NULL };
    struct ocpp_settle_bank_decision_req decision = { .verdict = verdict, .has_generation = true, .swap = swap };
    struct bank_mark mark;

    if (wanted.generation > OCPP_SETTLE_MARK_GENERATION_LIMIT) {
        used_up(command, insertion, bank);
        return;
    }
    if (!bank_mark_mint(command, &wanted, &mark)) {
        return;
    }
    insertion->state = swap ? ROW_INSERTION_STATE_SWAPPING : ROW_INSERTION_STATE_RESETTING;
    insertion->has_generation = true;
    insertion->generation = decision.generation = wanted.generation;
    decision.mark = mark.text;
    if (bank) {
        insertion->bank = bank->id;
        bank_raise(bank, wanted.generation);
        bank_inserted(bank, insertion->station, insertion->slot, insertion->at);
        if (verdict == OCPP_SETTLE_BANK_VERDICT_OUT_OF_SERVICE) {
            bank->has_retire = bank->retire = true;
        }
        (void)bank_apply(command, bank, BANK_BACK);
    }
    insertion_put(command, insertion);
    bay_note_insertion(command, insertion->station, insertion->slot, insertion->id);
    decide(command, insertion, &decision);
}

void insertion_held(struct command *command, struct row_insertion *insertion, struct row_bank *bank, const char *text)
{
    struct ocpp_settle_bank_decision_req decision = { .verdict = OCPP_SETTLE_BANK_VERDICT_HELD, .text = text };

    insertion->state = ROW_INSERTION_STATE_HELD;
    if (bank) {
        insertion->bank = bank->id;
        bank_inserted(bank, insertion->station, insertion->slot, insertion->at);
        (void)bank_apply(command, bank, BANK_HOLD);
    }
    insertion_put(command, insertion);
    decide(command, insertion, &decision);
}

void insertion_given_up(struct command *command, const char *id, bool is_gone)
{
    struct row_insertion *insertion =
        id ? command_edit(command, command_key(command, "insertion", id, NULL), &row_insertion_type) : NULL;
    struct row_bank *bank;

    if (!insertion || (insertion->state != ROW_INSERTION_STATE_RESETTING && insertion->state != ROW_INSERTION_STATE_SWAPPING)) {
        return;
    }
    insertion->state = is_gone ? ROW_INSERTION_STATE_EJECTED : ROW_INSERTION_STATE_HELD;
    bank = is_gone ? NULL : bank_find(command, insertion->bank, NULL);
    if (bank && bank->state == ROW_BANK_STATE_RETURNING) {
        (void)bank_apply(command, bank, BANK_HOLD);
    }
    if (!is_gone) {
        struct row_suspense entry = { .id = command_id(command),
                                      .kind = ROW_SUSPENSE_KIND_NOT_NEUTRAL,
                                      .station = insertion->station,
                                      .slot = insertion->slot,
                                      .insertion = insertion->id,
                                      .bank = insertion->bank,
                                      .has_generation = true,
                                      .generation = insertion->generation,
                                      .at = command_utc_ms(command) };

        insertion->suspense = entry.id;
        suspense_open(command, &entry, false, "its mark could not be made neutral");
    }
    insertion_put(command, insertion);
}

/* What was given up may have become neutral after all. */
static bool was_given_up(struct command *command, const struct row_insertion *insertion)
{
    struct row_bank *bank;
    struct row_suspense *entry =
        insertion->suspense
            ? command_edit(command, command_key(command, "suspense", insertion->suspense, NULL), &row_suspense_type)
            : NULL;

    if (!entry || entry->state != ROW_SUSPENSE_STATE_WAITING || entry->kind != ROW_SUSPENSE_KIND_NOT_NEUTRAL ||
        entry->generation != insertion->generation) {
        return false;
    }
    bank = bank_find(command, insertion->bank, NULL);
    if (bank && bank->state == ROW_BANK_STATE_HELD) {
        (void)bank_apply(command, bank, BANK_BACK);
    }
    suspense_close(command, entry, "its mark became neutral");
    return true;
}

/* Step 8. The bank is rentable from now on. */
void rental_mark_reset(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_mark_reset_req *message = in->message;
    struct ocpp_settle_mark_reset_conf *answer = in->answer;
    struct row_insertion *insertion =
        command_edit(command, command_key(command, "insertion", message->insertion, NULL), &row_insertion_type);
    struct row_bank *bank;

    if (!insertion || !bank_same(insertion->station, in->station) || insertion->slot != message->slot) {
        command_refuse(command, insertion ? OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE : OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT,
                       "no bank was put in there");
        return;
    }
    if (insertion->state == ROW_INSERTION_STATE_DONE) {
        answer->receipt.reception = OCPP_SETTLE_RECEPTION_DUPLICATE;
        return;
    }
    if (insertion->state == ROW_INSERTION_STATE_EJECTED ||
        (insertion->state == ROW_INSERTION_STATE_HELD && message->generation != insertion->generation)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "nobody told the bank to become neutral");
        return;
    }
    if (message->generation != insertion->generation) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_OLD_GENERATION, "the mark was to have another generation");
        return;
    }
    if (insertion->state == ROW_INSERTION_STATE_HELD && !was_given_up(command, insertion)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "nobody told the bank to become neutral");
        return;
    }
    insertion->state = ROW_INSERTION_STATE_DONE;
    insertion_put(command, insertion);
    bank = bank_find(command, insertion->bank, NULL);
    if (bank && bank->generation == message->generation) {
        (void)bank_apply(command, bank, BANK_RESET);
    }
}
