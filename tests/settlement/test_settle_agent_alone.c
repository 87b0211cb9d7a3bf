/* A pile without its backend: who may rent all the same, how many, and what is told afterwards (A19); and banks with room for ten
 * characters only. */
#include "bay_world.h"

#include "unit.h"

#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static struct bay_world *offline_with_key(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    backend_gives_key(bay);
    bay_link(bay, false);
    bay_pass(bay, 1000);
    return bay;
}

static const char *digest_of(struct bay_world *bay, const char *card)
{
    static char digest[OCPP_SETTLE_RENTER_DIGEST_SIZE];
    assert_int_equal(
        ocpp_settle_renter_digest_for(&bay->keys.contract, "fleet", 7, ocpp_token_type_name(OCPP_TOKEN_ISO14443), card, digest),
        OCPP_OK);
    return digest;
}

static const char *say_renters(struct bay_world *bay, int version, bool is_full, const char *card, int banks, const char *gone)
{
    char members[1024];
    char out[160] = "";
    char in[160] = "";
    if (card != NULL) {
        snprintf(in, sizeof(in), "{'digest':'%s','banks':%d}", digest_of(bay, card), banks);
    }
    if (gone != NULL) {
        snprintf(out, sizeof(out), "'%s'", digest_of(bay, gone));
    }
    snprintf(members, sizeof(members), "'listVersion':%d,'isFull':%s,'renters':[%s],'gone':[%s]", version,
             is_full ? "true" : "false", in, out);
    return backend_says(bay, "KnownRenters", members);
}

static void somebody_charges_here(struct bay_world *bay, const char *who)
{
    card(bay->world, 1, who);
    plug(bay->world, 1);
    bay_pass(bay, 2000);
    assert_true(bay->world->closed[1]);
}

static struct cabinet_bank take_any(struct bay_world *bay, int *slot)
{
    struct cabinet_bank bank = { .is_real = false };
    bay_pass(bay, 1000);
    for (*slot = 1; *slot <= BAY_SLOTS; ++*slot) {
        if (cabinet_take(&bay->cabinet, *slot, &bank, bay->world->now)) {
            bay_run(bay);
            return bank;
        }
    }
    fail_msg("no bank can be taken");
    return bank;
}

/* A19. R2: whoever charges a vehicle here now. Told with the pile's own time, mark and ids when there is a link. */
static void whoever_charges_here_may_rent_without_the_backend(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    int slot = 0;
    bool is_neutral = true;
    backend_gives_key(bay);
    somebody_charges_here(bay, "DRIVER");
    bay_link(bay, false);
    bay_pass(bay, 1000);
    backend_looks_away(bay);
    ask_for(bay, "STRANGER", 1, OCPP_ERR_STATE);
    ask_for(bay, "DRIVER", 1, OCPP_OK);
    const struct cabinet_bank bank = take_any(bay, &slot);
    bay->cabinet.slot[slot - 1].bank = bank; /* to look at it */
    assert_int_equal(generation_in(bay, slot, &is_neutral), 3);
    assert_false(is_neutral);
    bay->cabinet.slot[slot - 1].bank.is_real = false;
    assert_int_equal(ocpp_settle_agent_view(bay->agent).offline_rentals, 1);
    bay_pass(bay, 60000);
    bay_link(bay, true);
    bay_pass(bay, 10000);
    const struct told *taken = backend_heard(bay, "BankTaken");
    assert_string_equal(value_of(taken->json, "offline/token/id"), "DRIVER");
    assert_string_equal(value_of(taken->json, "offline/isVehicleUser"), "true");
    assert_int_equal(strlen(value_of(taken->json, "offline/mark")), 48);
    assert_string_equal(value_of(taken->json, "generation"), "3");
    assert_int_equal(ocpp_settle_agent_view(bay->agent).offline_rentals, 0);
    bay_world_free(bay);
}

/* A19. The mark can be judged by the backend: it was made with the key this pile was given. */
static void a_mark_made_alone_is_one_of_the_fleets(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    static const char *const keys[] = { "fleet" };
    int slot = 0;
    backend_gives_key(bay);
    somebody_charges_here(bay, "DRIVER");
    bay_link(bay, false);
    ask_for(bay, "DRIVER", 1, OCPP_OK);
    const struct cabinet_bank bank = take_any(bay, &slot);
    struct ocpp_settle_judge judge = { .keys = &bay->keys.contract, .fleet_keys = keys, .count = 1 };
    struct ocpp_settle_mark mark;
    enum ocpp_settle_mark_reading reading;
    assert_int_equal(ocpp_settle_mark_fleet(&bay->keys.contract, "op", &judge.fleet), OCPP_OK);
    assert_int_equal(ocpp_settle_mark_judge(&judge, bank.mark, &reading, &mark), OCPP_OK);
    assert_int_equal(reading, OCPP_SETTLE_READ_MARKED);
    assert_int_equal(mark.pile, 7);
    assert_int_equal(mark.renter, OCPP_SETTLE_MARK_VEHICLE);
    bay_world_free(bay);
}

/* A19. Known renters, each with their own number of banks; the list changes in steps and as a whole, and survives a power cut. */
static void known_renters_may_rent_without_the_backend(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    int slot = 0;
    backend_gives_key(bay);
    assert_string_equal(say_renters(bay, 1, true, "ALICE", 1, NULL), "Accepted");
    assert_string_equal(say_renters(bay, 2, false, "BOB", 2, NULL), "Accepted");
    assert_string_equal(say_renters(bay, 2, false, "EVE", 9, NULL), "Refused");
    bay->version = OCPP_VERSION_NONE; /* there is no link afterwards */
    bay_power_cut(bay, 0);
    bay_power_back(bay, 60);
    ask_for(bay, "EVE", 1, OCPP_ERR_STATE);
    ask_for(bay, "ALICE", 2, OCPP_ERR_LIMIT);
    ask_for(bay, "ALICE", 1, OCPP_OK);
    take_any(bay, &slot);
    ask_for(bay, "ALICE", 1, OCPP_ERR_LIMIT);
    ask_for(bay, "BOB", 1, OCPP_OK);
    take_any(bay, &slot);
    bay_world_free(bay);
}

static void a_renter_who_left_the_list_may_rent_no_more(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    backend_gives_key(bay);
    assert_string_equal(say_renters(bay, 1, true, "ALICE", 1, NULL), "Accepted");
    assert_string_equal(say_renters(bay, 2, false, "BOB", 1, "ALICE"), "Accepted");
    assert_string_equal(say_renters(bay, 3, true, "CAROL", 1, NULL), "Accepted");
    bay_link(bay, false);
    ask_for(bay, "ALICE", 1, OCPP_ERR_STATE);
    ask_for(bay, "BOB", 1, OCPP_ERR_STATE);
    ask_for(bay, "CAROL", 1, OCPP_OK);
    bay_world_free(bay);
}

/* A backend that was set back to an older state of its list begins anew, and says so. */
static void a_whole_list_takes_the_place_of_any_other(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    backend_gives_key(bay);
    assert_string_equal(say_renters(bay, 7, true, "ALICE", 1, NULL), "Accepted");
    assert_string_equal(say_renters(bay, 3, true, "BOB", 1, NULL), "Accepted");
    assert_string_equal(say_renters(bay, 3, false, "EVE", 1, NULL), "Refused");
    bay_link(bay, false);
    ask_for(bay, "ALICE", 1, OCPP_ERR_STATE);
    ask_for(bay, "EVE", 1, OCPP_ERR_STATE);
    ask_for(bay, "BOB", 1, OCPP_OK);
    bay_world_free(bay);
}

/* With another key nobody on the list is recognised any more: it is told anew, under the version it has. */
static void a_list_made_with_the_key_before_is_void(void **state)
{
    static const char key[] = "'epoch':2,'pile':7,'key':'0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20'";
    struct bay_world *bay = bay_world_new(version_of(state));
    backend_gives_key(bay);
    assert_string_equal(say_renters(bay, 7, true, "ALICE", 1, NULL), "Accepted");
    assert_string_equal(backend_says(bay, "MarkKey", key), "Accepted");
    bay_power_cut(bay, 0);
    backend_looks_away(bay);
    bay_power_back(bay, 10);
    assert_string_equal(value_of(backend_heard(bay, "Hello")->json, "knownRentersVersion"), "0");
    assert_string_equal(say_renters(bay, 7, true, "ALICE", 1, NULL), "Accepted");
    bay_world_free(bay);
}

static void a_list_that_is_too_long_or_no_list_is_refused(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    backend_gives_key(bay);
    assert_string_equal(backend_says(bay, "KnownRenters",
                                     "'listVersion':1,'isFull':true,'renters':[{'digest':'../../pile','banks':1}],'gone':[]"),
                        "Refused");
    bay_agent_off(bay);
    bay->settings.max_known_renters = 0;
    bay_agent_on(bay);
    bay_link(bay, false);
    bay_link(bay, true);
    assert_string_equal(say_renters(bay, 1, true, "ALICE", 1, NULL), "Refused");
    bay_world_free(bay);
}

/* A19. No more than the limit are open; what the backend was told is open no more. */
static void offline_rentals_have_a_limit(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    int slot = 0;
    bay->offline_rentals = 2;
    bay_link(bay, false);
    bay_link(bay, true);
    backend_gives_key(bay);
    somebody_charges_here(bay, "DRIVER");
    bay_link(bay, false);
    ask_for(bay, "DRIVER", 3, OCPP_ERR_LIMIT);
    ask_for(bay, "DRIVER", 2, OCPP_OK);
    take_any(bay, &slot);
    take_any(bay, &slot);
    ask_for(bay, "DRIVER", 1, OCPP_ERR_LIMIT);
    bay_link(bay, true);
    bay_pass(bay, 10000);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).offline_rentals, 0);
    bay_world_free(bay);
}

/* A19, A24. Not taken: neutral again by a mark of the pile's own, which the backend is told. */
static void a_bank_rented_alone_and_not_taken_is_neutral_again(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    bool is_neutral = false;
    backend_gives_key(bay);
    somebody_charges_here(bay, "DRIVER");
    bay_link(bay, false);
    ask_for(bay, "DRIVER", 1, OCPP_OK);
    bay_pass(bay, 40000);
    bay_link(bay, true);
    bay_pass(bay, 10000);
    const struct told *failed = backend_heard(bay, "RentFailed");
    const int slot = atoi(value_of(failed->json, "slot"));
    assert_string_equal(value_of(failed->json, "why"), "NotTaken");
    assert_int_equal(strlen(value_of(failed->json, "mark")), 48);
    assert_int_equal(generation_in(bay, slot, &is_neutral), 4);
    assert_true(is_neutral);
    assert_int_equal(ocpp_settle_agent_view(bay->agent).offline_rentals, 0);
    bay_world_free(bay);
}

/* A19, A5. */
static void a_bank_rented_alone_survives_a_power_cut(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    backend_gives_key(bay);
    somebody_charges_here(bay, "DRIVER");
    bay_link(bay, false);
    ask_for(bay, "DRIVER", 1, OCPP_OK);
    bay_pass(bay, 1000);
    for (int slot = 1; slot <= BAY_SLOTS; slot++) {
        cabinet_take(&bay->cabinet, slot, NULL, bay->world->now);
    }
    bay_power_cut(bay, 0);
    bay_power_back(bay, 600);
    bay_pass(bay, 20000);
    const struct told *taken = backend_heard(bay, "BankTaken");
    assert_string_equal(value_of(taken->json, "offline/token/id"), "DRIVER");
    assert_int_equal(ocpp_settle_agent_view(bay->agent).offline_rentals, 0);
    bay_world_free(bay);
}

/* Returns are taken without the backend too, and nothing is for rent again before it decided. */
static void a_bank_comes_back_without_the_backend(void **state)
{
    struct bay_world *bay = offline_with_key(state);
    struct cabinet_bank bank;
    assert_true(cabinet_steal(&bay->cabinet, 1, &bank, bay->world->now));
    bay_pass(bay, 1000);
    push_into(bay, 4, &bank);
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_AWAIT_VERDICT);
    bay_link(bay, true);
    bay_pass(bay, 2000);
    backend_heard(bay, "BankReturned");
    assert_string_equal(backend_frees(bay, 4), "Accepted");
    bay_pass(bay, 1000);
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_IDLE);
    bay_world_free(bay);
}

static void nobody_rents_alone_without_a_key_or_an_agreement(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    somebody_charges_here(bay, "DRIVER");
    bay_link(bay, false);
    ask_for(bay, "DRIVER", 1, OCPP_ERR_STATE);
    bay_world_free(bay);
}

/* Who listens on the way would make marks in the pile's name. */
static void a_key_that_came_over_a_link_that_is_not_encrypted_is_not_taken(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    static const char key[] = "'epoch':1,'pile':7,'key':'0000000000000000000000000000000000000000000000000000000000000000'";
    bay->link_is_plain = true;
    assert_string_equal(backend_says(bay, "MarkKey", key), "Refused");
    somebody_charges_here(bay, "DRIVER");
    bay_link(bay, false);
    ask_for(bay, "DRIVER", 1, OCPP_ERR_STATE);
    bay_world_free(bay);
}

static void the_key_is_kept_and_an_older_one_refused(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    static const char old[] = "'epoch':1,'pile':7,'key':'0000000000000000000000000000000000000000000000000000000000000000'";
    static const char bad[] = "'epoch':2,'pile':7,'key':'00'";
    backend_gives_key(bay);
    assert_string_equal(backend_says(bay, "MarkKey", old), "Refused");
    assert_string_equal(backend_says(bay, "MarkKey", bad), "Refused");
    bay_power_cut(bay, 0);
    bay_power_back(bay, 10);
    assert_string_equal(value_of(backend_heard(bay, "Hello")->json, "markKeyEpoch"), "1");
    bay_world_free(bay);
}

/* --- a list too large for one message
 * --------------------------------------------------------------------------------------------- */

/* The reception of part |index| of |data|; of the last part the answer to the whole is in bay->answer (1.6). */
static const char *say_part(struct bay_world *bay, const char *id, const char *data, size_t index)
{
    const struct ocpp_settle_wire wire = { .peer = OCPP_FROM_STATION, .max_bytes = 2048 };
    struct ocpp_settle_chunk_req part;
    const char *json = NULL;
    size_t size = 0;
    char text[4096];
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    assert_int_equal(ocpp_settle_wire_part(&wire, "KnownRenters", id, data, strlen(data), index, arena, &part), OCPP_OK);
    assert_int_equal(ocpp_message_encode(ocpp_settle_actions[OCPP_SETTLE_ACTION_CHUNK].request, &part, arena, &json, &size, NULL),
                     OCPP_OK);
    snprintf(text, sizeof(text), "%s", json);
    ocpp_arena_free(arena);
    return backend_says_raw(bay, "Chunk", text);
}

static void a_list_that_comes_in_parts_is_one_list(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    const struct ocpp_settle_wire wire = { .peer = OCPP_FROM_STATION, .max_bytes = 2048 };
    static char data[32768];
    char card_name[16];
    backend_gives_key(bay);
    snprintf(data, sizeof(data),
             "{\"envelope\":{\"id\":\"L\",\"stream\":\"renters\",\"seq\":1},\"listVersion\":5,\"isFull\":true,\"gone\":[],"
             "\"renters\":[");
    for (int i = 0; i < 100; i++) {
        snprintf(card_name, sizeof(card_name), "CARD%d", i);
        snprintf(data + strlen(data), sizeof(data) - strlen(data), "%s{\"digest\":\"%s\",\"banks\":1}", i == 0 ? "" : ",",
                 digest_of(bay, card_name));
    }
    strcat(data, "]}");
    const size_t parts = ocpp_settle_wire_parts(&wire, data, strlen(data));
    assert_in_range(parts, 4, 20);
    assert_string_equal(say_part(bay, "L", data, 1), "Refused"); /* from the first one on, please */
    for (int round = 0; round < 2; round++) {                    /* the second time it is a repetition */
        for (size_t i = 0; i < parts; i++) {
            assert_string_equal(say_part(bay, "L", data, i), "Accepted");
        }
    }
    bay_link(bay, false);
    ask_for(bay, "CARD100", 1, OCPP_ERR_STATE);
    ask_for(bay, "CARD99", 1, OCPP_OK);
    bay_world_free(bay);
}

static void a_list_cut_short_by_a_lost_link_changes_nothing(void **state)
{
    struct bay_world *bay = bay_world_new(version_of(state));
    char data[8192] = "";
    backend_gives_key(bay);
    snprintf(data, sizeof(data),
             "{\"envelope\":{\"id\":\"L\",\"stream\":\"renters\",\"seq\":1},\"listVersion\":5,\"isFull\":true,\"gone\":[],"
             "\"renters\":[]}");
    memset(data + strlen(data), ' ', 4000);
    assert_string_equal(say_part(bay, "L", data, 0), "Accepted");
    bay_link(bay, false);
    bay_link(bay, true);
    assert_string_equal(say_part(bay, "L", data, 1), "Refused");
    assert_string_equal(value_of(backend_heard(bay, "Hello")->json, "knownRentersVersion"), "0");
    bay_world_free(bay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(whoever_charges_here_may_rent_without_the_backend),
        IN_EACH_VERSION(a_mark_made_alone_is_one_of_the_fleets),
        IN_EACH_VERSION(known_renters_may_rent_without_the_backend),
        IN_EACH_VERSION(a_renter_who_left_the_list_may_rent_no_more),
        IN_EACH_VERSION(a_whole_list_takes_the_place_of_any_other),
        IN_EACH_VERSION(a_list_made_with_the_key_before_is_void),
        IN_EACH_VERSION(a_list_that_is_too_long_or_no_list_is_refused),
        IN_EACH_VERSION(offline_rentals_have_a_limit),
        IN_EACH_VERSION(a_bank_rented_alone_and_not_taken_is_neutral_again),
        IN_EACH_VERSION(a_bank_rented_alone_survives_a_power_cut),
        IN_EACH_VERSION(a_bank_comes_back_without_the_backend),
        IN_EACH_VERSION(nobody_rents_alone_without_a_key_or_an_agreement),
        IN_EACH_VERSION(a_key_that_came_over_a_link_that_is_not_encrypted_is_not_taken),
        IN_EACH_VERSION(the_key_is_kept_and_an_older_one_refused),
        IN_EACH_VERSION(a_list_that_comes_in_parts_is_one_list),
        IN_EACH_VERSION(a_list_cut_short_by_a_lost_link_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
