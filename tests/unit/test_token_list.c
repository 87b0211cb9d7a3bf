/* The local authorization list in the store: power cuts at every write, no memory, a full store, bounds, and what a hostile
 * central system may send. The official cases are in test_station_d.c. */
#include "token_world.h"

#include "allocator.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* --- the list as bytes ----------------------------------------------------------------------------------------------------- */

struct dump {
    unsigned char bytes[4096];
    size_t size;
};

static bool dump_entry(const char *key, const void *value, size_t size, void *user)
{
    struct dump *dump = user;
    const size_t key_size = strlen(key) + 1;
    assert_true(dump->size + key_size + size <= sizeof(dump->bytes));
    memcpy(dump->bytes + dump->size, key, key_size);
    memcpy(dump->bytes + dump->size + key_size, value, size);
    dump->size += key_size + size;
    return true;
}

/* The list and its entries: every key that begins with "list". */
static struct dump dumped(struct world *world)
{
    struct dump dump = { .size = 0 };
    assert_int_equal(world->memory->each("list", NULL, dump_entry, &dump, world->memory->user), OCPP_OK);
    return dump;
}

static bool is_same(const struct dump *a, const struct dump *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static void put(struct world *world, const char *key, const char *value)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = value, .size = strlen(value) };
    assert_int_equal(world->memory->write(&change, 1, NULL, NULL, world->memory->user), OCPP_OK);
}

static struct world *with_list(enum ocpp_version version, size_t length, size_t items)
{
    struct world *world = world_new();
    world->settings.local_list_length = length;
    world->settings.local_list_items = items;
    world_power_on(world);
    world_connect(world, version);
    return world;
}

static const char first[] = "A=Accepted B=Blocked C=Accepted/FAMILY D=Invalid";

/* --- power cuts --------------------------------------------------------------------------------------------------------------
 */

struct update {
    const char *kind;
    const char *entries;
};

static const struct update updates[] = {
    { "Full", "A=Blocked E=Accepted" },
    { "Differential", "A=Blocked -B E=Accepted -Z C=Accepted/OTHER" },
    { "Full", NULL },
    { "Differential", NULL },
};

static struct dump dump_after(enum ocpp_version version, const struct update *update)
{
    struct world *world = world_accepted(version);
    list_of(world, 1, first);
    assert_string_equal(list_sent(world, update->kind, 2, update->entries), "Accepted");
    const struct dump dump = dumped(world);
    world_free(world);
    return dump;
}

/* The power goes at the |nth| write, |keep| of what waits reaches the disk. False: there was no such write. */
static bool survives_a_cut(enum ocpp_version version, const struct update *update, unsigned nth, size_t keep, bool flushes)
{
    const struct dump new_list = dump_after(version, update);
    struct world *world = world_accepted(version);
    list_of(world, 1, first);
    const struct dump old_list = dumped(world);
    test_storage_delay(world->storage, flushes);
    test_storage_cut(world->storage, nth, keep);
    list_sent(world, update->kind, 2, update->entries);
    const bool is_cut = test_storage_is_cut(world->storage);
    world_power_back(world, 10);
    world_connect(world, version);
    const struct dump list = dumped(world);
    const bool is_old = is_same(&list, &old_list);
    const int empty = world_is_old(world) && update->entries == NULL && strcmp(update->kind, "Full") == 0 ? 0 : 2;
    assert_true(is_old || is_same(&list, &new_list));
    assert_int_equal(list_version(world), is_old ? 1 : empty);
    assert_true(is_cut || !is_old);
    world_free(world);
    return is_cut;
}

/* D01.FR.10, FR.15, FR.16, FR.17; 1.6 3.5.2. Never a mixture, and the version tells which. */
static void a_power_cut_leaves_the_old_list_or_the_new_one(void **state)
{
    const enum ocpp_version version = *(enum ocpp_version *)*state;
    for (size_t i = 0; i < COUNT_OF(updates); i++) {
        for (size_t keep = 0; keep < 2; keep++) {
            unsigned nth = 1;
            while (survives_a_cut(version, &updates[i], nth, keep, false)) {
                nth++;
            }
            assert_true(nth > 1);
            survives_a_cut(version, &updates[i], 1, keep, true);
        }
    }
}

/* What was accepted and is lost later has failed. */
static void a_list_whose_write_is_lost_has_failed(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 1, first);
    const struct dump before = dumped(world);
    test_storage_delay(world->storage, true);
    test_storage_lose(world->storage, 1, OCPP_ERR_STORAGE);
    assert_string_equal(list_sent(world, "Differential", 2, "E=Accepted"), "Failed");
    test_storage_delay(world->storage, false);
    const struct dump after = dumped(world);
    assert_true(is_same(&before, &after));
    assert_int_equal(list_version(world), 1);
    assert_string_equal(list_sent(world, "Differential", 2, "E=Accepted"), "Accepted");
    world_free(world);
}

/* --- memory ------------------------------------------------------------------------------------------------------------------
 */

/* The |nth| request for memory from the arrival of the list on fails. */
static bool survives_without_memory(enum ocpp_version version, size_t nth)
{
    struct world *world = world_new();
    struct test_allocator memory;
    test_allocator_start(&memory, 0);
    world->settings.allocator = &memory.allocator;
    world_power_on(world);
    world_connect(world, version);
    char *entries = numbered_entries(1, 60);
    memory.fail_at = memory.calls + nth;
    const char *status = list_sent(world, "Full", 1, entries);
    const bool has_failed = memory.calls >= memory.fail_at;
    const bool is_accepted = strcmp(status, "Accepted") == 0;
    memory.fail_at = 0;
    assert_int_equal(list_version(world), is_accepted ? 1 : 0);
    assert_int_equal(list_entries(world), is_accepted ? 60 : 0);
    list_of(world, 2, entries);
    free(entries);
    world_free(world);
    assert_int_equal(memory.blocks, 0);
    return has_failed;
}

static void a_list_that_finds_no_memory_changes_nothing(void **state)
{
    const enum ocpp_version version = *(enum ocpp_version *)*state;
    size_t nth = 1;
    while (survives_without_memory(version, nth)) {
        nth++;
    }
    assert_true(nth > 1);
}

/* Ten thousand entries are looked up in the store: what the charge point has in memory does not grow with them. */
static void ten_thousand_entries_take_no_memory(void **state)
{
    struct test_allocator memory;
    test_allocator_start(&memory, 0);
    struct world *world = world_new();
    world->settings.allocator = &memory.allocator;
    world->settings.local_list_length = 10000;
    world_power_on(world);
    world_connect(world, *(enum ocpp_version *)*state);
    world_set(world, "LocalPreAuthorize", "true");
    size_t blocks = 0;
    for (int i = 0; i < 100; i++) {
        char *entries = numbered_entries(i * 100, 100);
        assert_string_equal(list_sent(world, i == 0 ? "Full" : "Differential", i + 1, entries), "Accepted");
        free(entries);
        blocks = i == 0 ? memory.blocks : blocks; /* the call layer keeps room for a message as long as the first */
    }
    assert_int_equal(memory.blocks, blocks);
    assert_int_equal(list_entries(world), 10000);
    assert_string_equal(list_sent(world, "Differential", 101, "ONEMORE=Accepted"), "Failed");
    assert_string_equal(list_sent(world, "Differential", 101, "ONEMORE=Accepted -N0000"), "Accepted");
    card(world, 1, "n9999");
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_LIST);
    card(world, 1, "n9999");
    card(world, 1, "N0000");
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_CENTRAL);
    world_free(world);
    assert_int_equal(memory.blocks, 0);
}

/* --- bounds -------------------------------------------------------------------------------------------------------------------
 */

/* D01.FR.11; 1.6 9.2.3. */
static void more_than_a_message_may_have_is_refused(void **state)
{
    struct world *world = with_list(*(enum ocpp_version *)*state, 100, 3);
    assert_string_equal(list_sent(world, "Full", 1, "A=Accepted B=Accepted C=Accepted D=Accepted"), "Failed");
    assert_int_equal(list_entries(world), 0);
    list_of(world, 1, "A=Accepted B=Accepted C=Accepted");
    world_free(world);
}

/* D01.FR.12; 1.6 9.2.2. A change counts for nothing, a removal makes room. */
static void more_than_the_list_may_have_is_refused(void **state)
{
    struct world *world = with_list(*(enum ocpp_version *)*state, 3, 100);
    assert_string_equal(list_sent(world, "Full", 1, "A=Accepted B=Accepted C=Accepted D=Accepted"), "Failed");
    list_of(world, 1, "A=Accepted B=Accepted C=Accepted");
    assert_string_equal(list_sent(world, "Differential", 2, "D=Accepted"), "Failed");
    assert_string_equal(list_sent(world, "Differential", 2, "C=Blocked"), "Accepted");
    assert_string_equal(list_sent(world, "Differential", 3, "D=Accepted -A"), "Accepted");
    assert_int_equal(list_entries(world), 3);
    world_free(world);
}

/* D02.FR.03; 1.6 5.10, 5.15. */
static void a_station_without_a_list_says_so(void **state)
{
    struct world *world = with_list(*(enum ocpp_version *)*state, 0, 100);
    assert_int_equal(list_version(world), world_is_old(world) ? -1 : 0);
    assert_string_equal(list_sent(world, "Full", 1, "A=Accepted"), world_is_old(world) ? "NotSupported" : "Failed");
    world_free(world);
}

/* peers: JSON capacity overflow. A hundred thousand entries never reach the list: the call layer closes at twice a message. */
static void a_hundred_thousand_entries_are_too_large(void **state)
{
    struct world *world = world_of(state);
    list_of(world, 1, first);
    char *entries = numbered_entries(0, 100000);
    const size_t size = strlen(entries);
    assert_int_equal(ocpp_charge_point_receive(world->cp, entries, size, world->now), OCPP_ERR_TOO_LARGE);
    free(entries);
    char *many = numbered_entries(0, 1500); /* a message that is read, and has too many */
    const char *status = list_sent(world, "Full", 2, many);
    assert_string_not_equal(status, "Accepted");
    free(many);
    assert_int_equal(list_version(world), 1);
    assert_int_equal(list_entries(world), 4);
    world_free(world);
}

/* --- tokens --------------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_token_source source_of(struct world *world, const char *id)
{
    card(world, 1, id);
    const enum ocpp_token_source source = world->judged_source;
    if (world->judged == OCPP_AUTHORIZATION_ACCEPTED) {
        card(world, 1, id);
    }
    return source;
}

/* Slashes, case, letters of other scripts: a token is any text. */
static void a_token_may_be_any_text(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "LocalPreAuthorize", "true");
    list_of(world, 1, "a/b=Accepted AB=Accepted a=Accepted 03/A=Accepted ..=Accepted %41=Accepted żółw=Accepted");
    assert_int_equal(list_entries(world), 7);
    static const char *const known[] = { "A/B", "ab", "A", "03/a", "..", "%41", "żółw" };
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        assert_int_equal(source_of(world, known[i]), OCPP_TOKEN_SOURCE_LIST);
    }
    assert_int_equal(source_of(world, "a/"), OCPP_TOKEN_SOURCE_CENTRAL);
    assert_int_equal(source_of(world, "ŻÓŁW"), OCPP_TOKEN_SOURCE_CENTRAL); /* only ASCII letters have no case */
    world_free(world);
}

/* Thirty-six characters of three bytes have a key; of four bytes they have none, and the list that has them fails whole. */
static void a_token_that_has_no_key_fails_the_list(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    char entries[512] = "";
    for (int i = 0; i < 36; i++) {
        strcat(entries, "電");
    }
    strcat(entries, "=Accepted");
    list_of(world, 1, entries);
    entries[0] = '\0';
    for (int i = 0; i < 36; i++) {
        strcat(entries, "🔌");
    }
    strcat(entries, "=Accepted A=Accepted");
    assert_string_equal(list_sent(world, "Full", 2, entries), "Failed");
    assert_int_equal(list_version(world), 1);
    world_free(world);
}

/* C01.FR.25. In 2.0.1 the type is part of the token. */
static void tokens_of_two_types_are_two_tokens(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "LocalPreAuthorize", "true");
    assert_string_equal(
        value_of(central_asks(world, "SendLocalList",
                              "{'versionNumber':1,'updateType':'Full','localAuthorizationList':["
                              "{'idToken':{'idToken':'A','type':'ISO14443'},'idTokenInfo':{'status':'Accepted'}},"
                              "{'idToken':{'idToken':'A','type':'KeyCode'},'idTokenInfo':{'status':'Blocked'}}]}"),
                 "status"),
        "Accepted");
    assert_int_equal(source_of(world, "A"), OCPP_TOKEN_SOURCE_LIST);
    world_disconnect(world);
    typed(world, 1, "A", OCPP_TOKEN_KEY_CODE);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_BLOCKED);
    typed(world, 1, "A", OCPP_TOKEN_EMAID);
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_NONE);
    typed(world, 1, "A", OCPP_TOKEN_UNKNOWN);
    assert_int_equal(world->judged_source, OCPP_TOKEN_SOURCE_LIST);
    world_free(world);
}

/* A list of one version is good in the other, but is changed only as a whole: types would be mixed with none. */
static void a_list_of_another_version_is_used_and_replaced_whole(void **state)
{
    struct world *world = world_of(state);
    const enum ocpp_version other = world_is_old(world) ? OCPP_VERSION_2_0_1 : OCPP_VERSION_1_6;
    list_of(world, 1, "A=Accepted");
    world_disconnect(world);
    world_connect(world, other);
    world_set(world, "LocalPreAuthorize", "true");
    assert_int_equal(source_of(world, "A"), OCPP_TOKEN_SOURCE_LIST);
    assert_string_equal(list_sent(world, "Differential", 2, "B=Accepted"), "Failed");
    list_of(world, 2, "A=Accepted B=Accepted");
    assert_int_equal(list_entries(world), 2);
    assert_string_equal(list_sent(world, "Differential", 3, "-A"), "Accepted");
    assert_int_equal(list_entries(world), 1);
    world_free(world);
}

/* 1.6 lets a token be empty; nobody can present it. A group that is empty is none. */
static void empty_texts_mean_nothing(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "LocalPreAuthorize", "true");
    assert_string_equal(value_of(central_asks(world, "SendLocalList",
                                              "{'listVersion':1,'updateType':'Full','localAuthorizationList':["
                                              "{'idTag':'','idTagInfo':{'status':'Accepted'}}]}"),
                                 "status"),
                        "Failed");
    assert_string_equal(value_of(central_asks(world, "SendLocalList",
                                              "{'listVersion':1,'updateType':'Full','localAuthorizationList':["
                                              "{'idTag':'A','idTagInfo':{'status':'Accepted','parentIdTag':''}},"
                                              "{'idTag':'B','idTagInfo':{'status':'Accepted','parentIdTag':''}}]}"),
                                 "status"),
                        "Accepted");
    plug(world, 1);
    card(world, 1, "A");
    card(world, 1, "B");
    assert_int_equal(the_session(world)->ended, 0);
    world_free(world);
}

/* --- spoilt records
 * -------------------------------------------------------------------------------------------------------------- */

/* What an entry forbade must not become allowed because its bytes went bad. */
static void an_entry_that_cannot_be_read_is_not_good(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "AllowOfflineTxForUnknownId", "true");
    list_of(world, 1, "A=Blocked");
    put(world, world_is_old(world) ? "list/00a" : "list/03a", "rubbish");
    world_disconnect(world);
    card(world, 1, "A");
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_INVALID);
    world_free(world);
}

/* peers: upgrades that break the stored state. Without its version a list is none; the next one, of whatever kind, is the whole.
 */
static void a_list_that_lost_its_version_is_none(void **state)
{
    struct world *world = world_of(state);
    const enum ocpp_version version = world->version;
    world_set(world, "LocalPreAuthorize", "true");
    list_of(world, 5, "A=Accepted");
    put(world, "list", "rubbish");
    world_power_back(world, 10);
    world_connect(world, version);
    assert_int_equal(list_version(world), 0);
    assert_int_equal(source_of(world, "A"), OCPP_TOKEN_SOURCE_CENTRAL);
    assert_string_equal(list_sent(world, "Differential", 6, "B=Accepted"), "Accepted");
    assert_int_equal(list_entries(world), 1);
    assert_int_equal(list_version(world), 6);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_power_cut_leaves_the_old_list_or_the_new_one),
        IN_EACH_VERSION(a_list_whose_write_is_lost_has_failed),
        IN_EACH_VERSION(a_list_that_finds_no_memory_changes_nothing),
        IN_EACH_VERSION(ten_thousand_entries_take_no_memory),
        IN_EACH_VERSION(more_than_a_message_may_have_is_refused),
        IN_EACH_VERSION(more_than_the_list_may_have_is_refused),
        IN_EACH_VERSION(a_station_without_a_list_says_so),
        IN_EACH_VERSION(a_hundred_thousand_entries_are_too_large),
        IN_EACH_VERSION(a_token_may_be_any_text),
        cmocka_unit_test(a_token_that_has_no_key_fails_the_list),
        cmocka_unit_test(tokens_of_two_types_are_two_tokens),
        IN_EACH_VERSION(a_list_of_another_version_is_used_and_replaced_whole),
        cmocka_unit_test(empty_texts_mean_nothing),
        IN_EACH_VERSION(an_entry_that_cannot_be_read_is_not_good),
        IN_EACH_VERSION(a_list_that_lost_its_version_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
