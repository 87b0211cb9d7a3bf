/* What no order may be promised: refused with a reason and a place, before anybody is shown a price. */
#include "unit.h"

#include "plain_keys.h"
#include "price_world.h"

#include <stdio.h>
#include <string.h>

#define TARIFF(rest)                        "{'id':'T','currency':'EUR','dialect':'Own'," rest "}"
#define ELEMENTS(list)                      TARIFF("'elements':[" list "]")
#define ENERGY(rest)                        "{'dimension':'Energy','unit':'Kwh','priceMicro':250000" rest "}"
#define TIME(rest)                          "{'dimension':'Time','unit':'Hour','priceMicro':250000" rest "}"
#define FLAT(rest)                          "{'dimension':'Flat','unit':'Once','priceMicro':250000" rest "}"
#define RESTRICTED(component, restrictions) ELEMENTS("{'components':[" component "],'restrictions':{" restrictions "}}")
#define BANK(rest)                          TARIFF("'elements':[],'bank':{" rest "}")

static const struct {
    const char *tariff;
    enum ocpp_status status;
    const char *path;
} refused[] = {
    { "{'id':'T','currency':'EUX','dialect':'Own','elements':[]}", OCPP_ERR_VALUE, "/tariff/currency" },
    { "{'id':'T','currency':'eur','dialect':'Own','elements':[]}", OCPP_ERR_VALUE, "/tariff/currency" },
    { "{'id':'T','currency':'JPY','dialect':'Own','elements':[]}", OCPP_ERR_VALUE, "/exponent" },
    { TARIFF("'validFrom':'2026-02-01T00:00:00Z','validTo':'2026-02-01T00:00:00Z','elements':[]"), OCPP_ERR_VALUE,
      "/tariff/validTo" },
    /* components */
    { ELEMENTS("{'components':[{'dimension':'Energy','unit':'Hour','priceMicro':1}]}"), OCPP_ERR_VALUE,
      "/tariff/elements/0/components/0/unit" },
    { ELEMENTS("{'components':[{'dimension':'Time','unit':'Kwh','priceMicro':1}]}"), OCPP_ERR_VALUE,
      "/tariff/elements/0/components/0/unit" },
    { ELEMENTS("{'components':[{'dimension':'Idle','unit':'Once','priceMicro':1}]}"), OCPP_ERR_VALUE,
      "/tariff/elements/0/components/0/unit" },
    { ELEMENTS("{'components':[{'dimension':'Flat','unit':'Unit','priceMicro':1}]}"), OCPP_ERR_VALUE,
      "/tariff/elements/0/components/0/unit" },
    { ELEMENTS("{'components':[" TIME("") "," ENERGY("") "," TIME("") "]}"), OCPP_ERR_VALUE,
      "/tariff/elements/0/components/2/dimension" },
    { ELEMENTS("{'components':[{'dimension':'Energy','unit':'Kwh','priceMicro':1000000000000001}]}"), OCPP_ERR_RANGE,
      "/tariff/elements/0/components/0/priceMicro" },
    { ELEMENTS("{'components':[" ENERGY(",'step':1000000001") "]}"), OCPP_ERR_RANGE, "/tariff/elements/0/components/0/step" },
    { ELEMENTS("{'components':[" TIME(",'step':31622401") "]}"), OCPP_ERR_RANGE, "/tariff/elements/0/components/0/step" },
    { ELEMENTS("{'components':[" FLAT(",'step':1") "]}"), OCPP_ERR_VALUE, "/tariff/elements/0/components/0/step" },
    { ELEMENTS("{'components':[" ENERGY(",'taxes':[{'name':'V','ratePpm':1},{'name':'V','ratePpm':10000001}]") "]}"),
      OCPP_ERR_RANGE, "/tariff/elements/0/components/0/taxes/1/ratePpm" },
    /* restrictions */
    { RESTRICTED(ENERGY(""), "'startMinute':1440"), OCPP_ERR_RANGE, "/tariff/elements/0/restrictions/startMinute" },
    { RESTRICTED(ENERGY(""), "'endMinute':1441"), OCPP_ERR_RANGE, "/tariff/elements/0/restrictions/endMinute" },
    { RESTRICTED(ENERGY(""), "'startMinute':600,'endMinute':600"), OCPP_ERR_VALUE, "/tariff/elements/0/restrictions/endMinute" },
    { RESTRICTED(ENERGY(""), "'days':0"), OCPP_ERR_VALUE, "/tariff/elements/0/restrictions/days" },
    { RESTRICTED(ENERGY(""), "'startDay':20000,'endDay':20000"), OCPP_ERR_VALUE, "/tariff/elements/0/restrictions/endDay" },
    { RESTRICTED(ENERGY(""), "'startDay':3000001"), OCPP_ERR_RANGE, "/tariff/elements/0/restrictions/startDay" },
    { RESTRICTED(ENERGY(""), "'endDay':-3000001"), OCPP_ERR_RANGE, "/tariff/elements/0/restrictions/endDay" },
    { RESTRICTED(ENERGY(""), "'minEnergyMwh':5,'maxEnergyMwh':5"), OCPP_ERR_VALUE,
      "/tariff/elements/0/restrictions/maxEnergyMwh" },
    { RESTRICTED(ENERGY(""), "'maxEnergyMwh':0"), OCPP_ERR_VALUE, "/tariff/elements/0/restrictions/maxEnergyMwh" },
    { RESTRICTED(ENERGY(""), "'minEnergyMwh':1000000000000001"), OCPP_ERR_RANGE, "/tariff/elements/0/restrictions/minEnergyMwh" },
    { RESTRICTED(ENERGY(""), "'minCurrentMa':6,'maxCurrentMa':5"), OCPP_ERR_VALUE,
      "/tariff/elements/0/restrictions/maxCurrentMa" },
    { RESTRICTED(ENERGY(""), "'minPowerMw':-5,'maxPowerMw':-5"), OCPP_ERR_VALUE, "/tariff/elements/0/restrictions/maxPowerMw" },
    { RESTRICTED(ENERGY(""), "'maxPowerMw':100000000001"), OCPP_ERR_RANGE, "/tariff/elements/0/restrictions/maxPowerMw" },
    { RESTRICTED(ENERGY(""), "'minDurationS':60,'maxDurationS':30"), OCPP_ERR_VALUE,
      "/tariff/elements/0/restrictions/maxDurationS" },
    { RESTRICTED(ENERGY(""), "'maxChargingS':0"), OCPP_ERR_VALUE, "/tariff/elements/0/restrictions/maxChargingS" },
    { RESTRICTED(ENERGY(""), "'minIdleS':9,'maxIdleS':9"), OCPP_ERR_VALUE, "/tariff/elements/0/restrictions/maxIdleS" },
    /* what can never apply */
    { RESTRICTED(ENERGY(""), "'reservation':'Used'"), OCPP_ERR_VALUE, "/tariff/elements/0/components" },
    { RESTRICTED(TIME(""), "'reservation':'Expired','maxEnergyMwh':5"), OCPP_ERR_VALUE,
      "/tariff/elements/0/restrictions/reservation" },
    { RESTRICTED(FLAT(""), "'minEnergyMwh':5"), OCPP_ERR_VALUE, "/tariff/elements/0/components" },
    { RESTRICTED(FLAT(""), "'minDurationS':1"), OCPP_ERR_VALUE, "/tariff/elements/0/components" },
    { ELEMENTS("{'components':[" ENERGY("") "]},{'components':[" TIME("") "]},{'components':[" TIME("") "," ENERGY(
          "") "],'restrictions':{'days':5}}"),
      OCPP_ERR_VALUE, "/tariff/elements/2" },
    { ELEMENTS("{'components':[" ENERGY("") "],'restrictions':{}},{'components':[" ENERGY("") "]}"), OCPP_ERR_VALUE,
      "/tariff/elements/1" },
    { ELEMENTS("{'components':[" TIME("") "],'restrictions':{'reservation':'Used'}},{'components':[" TIME(
          "") "],'restrictions':{'reservation':'Used','days':5}}"),
      OCPP_ERR_VALUE, "/tariff/elements/1" },
    /* limits */
    { TARIFF("'minPrice':{},'elements':[]"), OCPP_ERR_MISSING_MEMBER, "/tariff/minPrice/netMicro" },
    { TARIFF("'maxPrice':{'netMicro':1000000000000001},'elements':[]"), OCPP_ERR_RANGE, "/tariff/maxPrice/netMicro" },
    { TARIFF("'maxPrice':{'grossMicro':1000000000000001},'elements':[]"), OCPP_ERR_RANGE, "/tariff/maxPrice/grossMicro" },
    { TARIFF("'minPrice':{'netMicro':2,'grossMicro':1},'elements':[]"), OCPP_ERR_VALUE, "/tariff/minPrice/grossMicro" },
    { TARIFF("'minPrice':{'netMicro':2},'maxPrice':{'netMicro':1},'elements':[]"), OCPP_ERR_VALUE, "/tariff/maxPrice/netMicro" },
    { TARIFF("'minPrice':{'grossMicro':2},'maxPrice':{'grossMicro':1},'elements':[]"), OCPP_ERR_VALUE,
      "/tariff/maxPrice/grossMicro" },
    /* power banks */
    { BANK("'depositMinor':1000000000000001,'freeS':0,'unitS':60,'unitPriceMicro':1,'buyOutMinor':1"), OCPP_ERR_RANGE,
      "/tariff/bank/depositMinor" },
    { BANK("'depositMinor':1,'freeS':316224001,'unitS':60,'unitPriceMicro':1,'buyOutMinor':1"), OCPP_ERR_RANGE,
      "/tariff/bank/freeS" },
    { BANK("'depositMinor':1,'freeS':0,'unitS':316224001,'unitPriceMicro':1,'buyOutMinor':1"), OCPP_ERR_RANGE,
      "/tariff/bank/unitS" },
    { BANK("'depositMinor':1,'freeS':0,'unitS':60,'unitPriceMicro':1000000000000001,'buyOutMinor':1"), OCPP_ERR_RANGE,
      "/tariff/bank/unitPriceMicro" },
    { BANK("'depositMinor':1,'freeS':0,'unitS':60,'unitPriceMicro':1,'dailyCapMinor':1000000000000001,'buyOutMinor':1"),
      OCPP_ERR_RANGE, "/tariff/bank/dailyCapMinor" },
    { BANK("'depositMinor':1,'freeS':0,'unitS':60,'unitPriceMicro':1,'buyOutMinor':1000000000000001"), OCPP_ERR_RANGE,
      "/tariff/bank/buyOutMinor" },
    { BANK("'depositMinor':1,'freeS':0,'unitS':60,'unitPriceMicro':1,'buyOutMinor':1,'purchaseTaxes':[{'name':'V','ratePpm':"
           "10000001}]"),
      OCPP_ERR_RANGE, "/tariff/bank/purchaseTaxes/0/ratePpm" },
};

static void nonsense_is_refused_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct price_world world;
        struct ocpp_issue issue;

        price_world_open(&world, refused[i].tariff);
        const enum ocpp_status status = ocpp_settle_snapshot_check(&world.snapshot, &issue);
        if (status != refused[i].status || issue.status != status || strcmp(issue.path, refused[i].path) != 0) {
            fail_msg("%s: %s at %s", refused[i].tariff, ocpp_status_name(status), issue.path);
        }
        assert_int_equal(ocpp_settle_snapshot_check(&world.snapshot, NULL), refused[i].status);
        assert_int_equal(computes(&world), refused[i].status);
        assert_memory_equal(world.issue.path, "/snapshot", 9);
        assert_string_equal(world.issue.path + 9, refused[i].path);
        assert_null(world.bill);
        price_world_close(&world);
    }
}

static const char *const accepted[] = {
    TARIFF("'elements':[]"),
    RESTRICTED(ENERGY(""), "'startMinute':0,'endMinute':0"), /* the whole day */
    RESTRICTED(ENERGY(""), "'startMinute':1320,'endMinute':360"),
    RESTRICTED(ENERGY(""), "'endMinute':1440"),
    RESTRICTED(FLAT(""), "'maxEnergyMwh':5"),
    RESTRICTED(ENERGY(""), "'minPowerMw':-6,'maxPowerMw':-5"),
    ELEMENTS("{'components':[" ENERGY("") "]},{'components':[" TIME("") "," ENERGY("") "]}"),
    ELEMENTS("{'components':[" TIME("") "],'restrictions':{'reservation':'Used'}},{'components':[" TIME(
        "") "],'restrictions':{'reservation':'Expired'}},{'components':[" TIME("") "]}"),
    TARIFF("'minPrice':{'netMicro':1},'maxPrice':{'netMicro':1},'elements':[]"),
};

static void what_makes_sense_is_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(accepted); i++) {
        struct price_world world;

        price_world_open(&world, accepted[i]);
        if (ocpp_settle_snapshot_check(&world.snapshot, &world.issue) != OCPP_OK) {
            fail_msg("%s: %s", accepted[i], world.issue.path);
        }
        price_world_close(&world);
    }
}

static void negative_prices_do_not_pass_the_model(void **state)
{
    struct price_world world;
    struct ocpp_settle_price_component component;

    (void)state;
    price_world_open(&world, ELEMENTS("{'components':[" ENERGY("") "]}"));
    component = world.snapshot.tariff.elements.items[0].components.items[0];
    component.price_micro = -1;
    const struct ocpp_settle_tariff_element element = { .components = { &component, 1 } };
    world.snapshot.tariff.elements.items = &element;
    assert_int_equal(computes(&world), OCPP_ERR_RANGE);
    assert_string_equal(world.issue.path, "/snapshot/tariff/elements/0/components/0/priceMicro");
    price_world_close(&world);
}

static void transitions_out_of_order_are_refused(void **state)
{
    struct price_world world;
    struct ocpp_settle_zone_transition transitions[] = { { 1000, 3600 }, { 1000, 7200 } };

    (void)state;
    price_world_open(&world, TARIFF("'elements':[]"));
    world.snapshot.transitions.items = transitions;
    world.snapshot.transitions.count = 2;
    assert_int_equal(ocpp_settle_snapshot_check(&world.snapshot, &world.issue), OCPP_ERR_VALUE);
    assert_string_equal(world.issue.path, "/transitions/1/from");
    transitions[1] = (struct ocpp_settle_zone_transition){ 1001, 86400 };
    assert_int_equal(ocpp_settle_snapshot_check(&world.snapshot, &world.issue), OCPP_ERR_RANGE);
    assert_string_equal(world.issue.path, "/transitions/1/offsetS");
    world.snapshot.transitions.count = 0;
    assert_int_equal(ocpp_settle_snapshot_check(&world.snapshot, &world.issue), OCPP_ERR_TOO_FEW);
    price_world_close(&world);
}

/* Every rate within a price multiplies what a fraction has below its line, so their number is bounded; beside prices it is not.
 */
static void prices_that_include_too_many_different_taxes_are_refused(void **state)
{
    enum { COUNT = 13 };
    struct ocpp_settle_tax taxes[COUNT];
    struct ocpp_settle_price_component components[COUNT];
    struct ocpp_settle_restrictions restrictions[COUNT];
    struct ocpp_settle_tariff_element elements[COUNT];
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF("'taxIncluded':true,'elements':[]"));
    for (int i = 0; i < COUNT; i++) {
        taxes[i] = (struct ocpp_settle_tax){ .name = "VAT", .rate_ppm = 9999901 + i };
        components[i] = (struct ocpp_settle_price_component){ .dimension = OCPP_SETTLE_DIMENSION_ENERGY,
                                                              .unit = OCPP_SETTLE_PRICE_UNIT_KWH,
                                                              .price_micro = 123457,
                                                              .taxes = { &taxes[i], 1 } };
        restrictions[i] = (struct ocpp_settle_restrictions){ .has_max_energy_mwh = true, .max_energy_mwh = (i + 1) * 1000 };
        elements[i] =
            (struct ocpp_settle_tariff_element){ .components = { &components[i], 1 }, .restrictions = &restrictions[i] };
    }
    world.snapshot.tariff.elements.items = elements;
    world.snapshot.tariff.elements.count = COUNT - 1;
    charges(&world, 60, 12, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(lines(&world, OCPP_SETTLE_LINE_KIND_ENERGY), COUNT - 1);
    assert_true(strlen(world.bill->exact_net) > 100);
    world.snapshot.tariff.elements.count = COUNT;
    assert_int_equal(computes(&world), OCPP_ERR_TOO_MANY);
    assert_string_equal(world.issue.path, "/snapshot/tariff/taxIncluded");
    world.snapshot.tariff.tax_included = false;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_non_null(world.bill->exact_net);
    price_world_close(&world);
}

static void a_tariff_is_valid_from_its_first_moment_until_before_its_last(void **state)
{
    struct price_world world;
    const struct ocpp_settle_tariff *tariff = &world.snapshot.tariff;

    (void)state;
    price_world_open(&world, TARIFF("'validFrom':'1970-01-01T00:00:01Z','validTo':'1970-01-01T00:00:02Z','elements':[]"));
    assert_false(ocpp_settle_tariff_is_valid_at(tariff, 999));
    assert_true(ocpp_settle_tariff_is_valid_at(tariff, 1000));
    assert_true(ocpp_settle_tariff_is_valid_at(tariff, 1999));
    assert_false(ocpp_settle_tariff_is_valid_at(tariff, 2000));
    world.snapshot.tariff.has_valid_to = world.snapshot.tariff.has_valid_from = false;
    assert_true(ocpp_settle_tariff_is_valid_at(tariff, INT64_MIN));
    assert_true(ocpp_settle_tariff_is_valid_at(tariff, INT64_MAX));
    price_world_close(&world);
}

static void the_hash_of_a_snapshot_is_that_of_its_text(void **state)
{
    struct price_world world;
    const char *text;
    char hash[2 * OCPP_SETTLE_DIGEST_SIZE + 1];
    char again[2 * OCPP_SETTLE_DIGEST_SIZE + 1];
    struct ocpp_settle_bytes bytes;
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];

    (void)state;
    price_world_open(&world, ELEMENTS("{'components':[" ENERGY("") "]}"));
    assert_int_equal(ocpp_settle_snapshot_hash(&world.snapshot, &plain_keys, world.arena, hash), OCPP_OK);
    assert_int_equal(ocpp_message_encode(&ocpp_settle_snapshot_type, &world.snapshot, world.arena, &text, &bytes.size, NULL),
                     OCPP_OK);
    bytes.bytes = text;
    assert_int_equal(plain_keys.sha256(&bytes, 1, digest, NULL), OCPP_OK);
    for (int i = 0; i < OCPP_SETTLE_DIGEST_SIZE; i++) {
        assert_true(snprintf(&again[2 * i], 3, "%02x", digest[i]) == 2);
    }
    assert_string_equal(hash, again);
    world.snapshot.policy.grace_s++;
    assert_int_equal(ocpp_settle_snapshot_hash(&world.snapshot, &plain_keys, world.arena, again), OCPP_OK);
    assert_string_not_equal(hash, again);
    price_world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonsense_is_refused_with_its_place),
        cmocka_unit_test(what_makes_sense_is_accepted),
        cmocka_unit_test(negative_prices_do_not_pass_the_model),
        cmocka_unit_test(transitions_out_of_order_are_refused),
        cmocka_unit_test(prices_that_include_too_many_different_taxes_are_refused),
        cmocka_unit_test(a_tariff_is_valid_from_its_first_moment_until_before_its_last),
        cmocka_unit_test(the_hash_of_a_snapshot_is_that_of_its_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
