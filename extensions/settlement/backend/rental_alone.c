/* rental_alone.c: A19. What was open without the backend at a time: all that was let out before the first of it was told. */
#include "rental_alone.h"

#include <string.h>

/* Clocks differ by so much and nobody wonders. */
enum { ODD_MS = 300000, RENTERS_MAXIMUM = 64 };

static void flag(struct command *command, const struct alone_rental *alone, const char *what, const char *reason)
{
    command_state(command, "rental", alone->message->rental, "Taken", what, reason);
    command_tell(command, OCPP_SETTLE_EVENT_SECURITY, alone->message->rental, alone->station, what, reason);
}

int64_t alone_utc_ms(struct command *command, const struct alone_rental *alone)
{
    const int64_t now = command_utc_ms(command);
    const int64_t at = pile_claimed_utc_ms(command, alone->pile, &alone->message->at);
    const int64_t longest = now - command_policy(command)->offline_longest_s * 1000;
    const bool is_early = at < longest || (alone->pile->has_known_at && at < alone->pile->known_at - ODD_MS);

    if (is_early || at > now + ODD_MS) {
        flag(command, alone, "OddTime",
             is_early ? "it is said to have begun before it can have; it begins now"
                      : "it is said to begin later; it begins now");
        return now;
    }
    return at < now ? at : now;
}

/* Another bank of |digest|; how many it has now. */
static int64_t note_renter(struct command *command, struct row_alone_spell *spell, const char *digest)
{
    const char **renters = ocpp_arena_take(command_arena(command), (spell->renters.count + 1) * sizeof *renters);
    int64_t banks = 1;

    if (!renters) {
        command_fail(command, OCPP_ERR_NOMEM);
        return 0;
    }
    for (size_t i = 0; i < spell->renters.count; i++) {
        renters[i] = spell->renters.items[i];
        banks += strcmp(renters[i], digest) == 0;
    }
    renters[spell->renters.count] = digest;
    spell->renters.items = renters;
    spell->renters.count += spell->renters.count < RENTERS_MAXIMUM;
    return banks;
}

static const char *excess(const struct ocpp_settle_policy *policy, const struct row_alone_spell *spell)
{
    return spell->count > policy->offline_rentals ? "more banks than the pile may let out alone" : NULL;
}

void alone_judge(struct command *command, const struct alone_rental *alone, int64_t at, bool has_vehicle)
{
    const struct ocpp_settle_offline_rental *offline = alone->message->offline;
    const char *key = command_key(command, "alone", alone->station, NULL), *digest = NULL;
    const struct row_alone_spell *before = command_read(command, key, &row_alone_spell_type);
    struct row_alone_spell spell = { .at = command_utc_ms(command) };
    const int64_t may = known_renter_of(command, offline->token.type ? offline->token.type : "", offline->token.id, &digest);

    if (!digest) {
        return;
    }
    spell = before && at <= before->at ? *before : spell;
    spell.count++;
    const int64_t has = note_renter(command, &spell, digest);
    command_put(command, key, &row_alone_spell_type, &spell);
    const char *reason = excess(command_policy(command), &spell);
    if (!reason && offline->is_vehicle_user) {
        reason = has_vehicle ? NULL : "no vehicle of the renter charged there";
    } else if (!reason && may == 0) {
        reason = "the renter is not known";
    } else if (!reason && has > may) {
        reason = "more banks than the renter may have";
    }
    if (reason) {
        flag(command, alone, "NotAllowed", reason);
    }
}
