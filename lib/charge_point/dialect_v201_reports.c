/* dialect_v201_reports.c: reports on the device model: what is asked for, and its pages (OCPP 2.0.1 B07, B08). */
#include "dialect_v201.h"

#include <string.h>

#include "text.h"

static const enum ocpp201_generic_device_model_status words[] = {
    [VERDICT_ACCEPTED] = OCPP201_GENERIC_DEVICE_MODEL_STATUS_ACCEPTED,
    [VERDICT_REJECTED] = OCPP201_GENERIC_DEVICE_MODEL_STATUS_REJECTED,
    [VERDICT_NOT_SUPPORTED] = OCPP201_GENERIC_DEVICE_MODEL_STATUS_NOT_SUPPORTED,
    [VERDICT_UNKNOWN] = OCPP201_GENERIC_DEVICE_MODEL_STATUS_EMPTY_RESULT_SET,
};

static bool is_same(const char *a, const char *b)
{
    return ocpp_text_equal_fold(a == NULL ? "" : a, b == NULL ? "" : b);
}

static bool is_named(const struct ocpp_charge_point *cp, const struct entry *entry, const char *variable)
{
    return ocpp_text_equal_fold(ocpp_cp_entry_name(cp, entry).variable, variable);
}

/* --- base reports
 * ----------------------------------------------------------------------------------------------------------------------- */

static bool is_true(const struct ocpp_charge_point *cp, const struct entry *entry)
{
    char text[OCPP_VARIABLE_TEXT_SIZE];
    return ocpp_cp_entry_text(cp, entry, OCPP_SETTING_ACTUAL, text) && ocpp_text_equal_fold(text, "true");
}

static bool is_of_configuration(const struct ocpp_charge_point *cp, const struct entry *entry, const void *user)
{
    (void)user;
    return ocpp_cp_entry_traits(cp, entry).access != OCPP_SETTING_READ_ONLY; /* B07.FR.07 */
}

static bool is_any(const struct ocpp_charge_point *cp, const struct entry *entry, const void *user)
{
    (void)cp;
    (void)entry;
    (void)user;
    return true;
}

/* What can be charged at, and what is wrong (B07.FR.09). */
static bool is_of_summary(const struct ocpp_charge_point *cp, const struct entry *entry, const void *user)
{
    static const char *const troubles[] = { "Problem", "Tripped", "Overload", "Fallback" };
    (void)user;
    if (is_named(cp, entry, "AvailabilityState")) {
        return true;
    }
    for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++) {
        if (is_named(cp, entry, troubles[i])) {
            return is_true(cp, entry);
        }
    }
    return false;
}

void ocpp_cp_v201_get_base_report(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static bool (*const bases[])(const struct ocpp_charge_point *, const struct entry *, const void *) = {
        [OCPP201_REPORT_BASE_UNSET] = is_any,
        [OCPP201_REPORT_BASE_CONFIGURATION_INVENTORY] = is_of_configuration,
        [OCPP201_REPORT_BASE_FULL_INVENTORY] = is_any,
        [OCPP201_REPORT_BASE_SUMMARY_INVENTORY] = is_of_summary,
    };
    const struct ocpp201_get_base_report_req *request = call->request;
    const enum verdict verdict = ocpp_cp_report_open(cp, request->request_id, bases[request->report_base], NULL);
    const struct ocpp201_get_base_report_res response = { .status = words[verdict] };
    ocpp_cp_reply(cp, call, &response);
}

/* --- reports by choice
 * ------------------------------------------------------------------------------------------------------------------- */

bool ocpp_cp_v201_is_meant(const struct ocpp_charge_point *cp, const struct entry *entry,
                           const struct ocpp201_component_variable *wanted)
{
    const struct ocpp_setting_name name = ocpp_cp_entry_name(cp, entry);
    const struct ocpp201_component *component = &wanted->component;
    const struct ocpp201_evse *evse = component->evse;
    const struct ocpp201_variable *variable = wanted->variable;
    if (!is_same(name.component, component->name) ||
        (component->instance != NULL && !is_same(name.component_instance, component->instance))) {
        return false;
    }
    if (evse != NULL && (evse->id != name.evse || (evse->has_connector_id && evse->connector_id != name.connector))) {
        return false;
    }
    return variable == NULL ||
           (is_same(name.variable, variable->name) && (variable->instance == NULL || is_same(name.instance, variable->instance)));
}

/* The variable |name| of the component that |entry| belongs to. */
static bool find_beside(const struct ocpp_charge_point *cp, const struct entry *entry, const char *variable, struct entry *beside)
{
    struct ocpp_setting_name name = ocpp_cp_entry_name(cp, entry);
    name.variable = variable;
    name.instance = NULL;
    return ocpp_cp_entry_find(cp, &name, beside) == OCPP_OK;
}

/* A component without the variable meets a criterion, but that of a problem (B08.FR.07 to FR.10). */
static bool meets(const struct ocpp_charge_point *cp, const struct entry *entry, enum ocpp201_component_criterion criterion)
{
    static const char *const variables[] = {
        [OCPP201_COMPONENT_CRITERION_UNSET] = "",
        [OCPP201_COMPONENT_CRITERION_ACTIVE] = "Active",
        [OCPP201_COMPONENT_CRITERION_AVAILABLE] = "Available",
        [OCPP201_COMPONENT_CRITERION_ENABLED] = "Enabled",
        [OCPP201_COMPONENT_CRITERION_PROBLEM] = "Problem",
    };
    struct entry beside;
    if (!find_beside(cp, entry, variables[criterion], &beside)) {
        return criterion != OCPP201_COMPONENT_CRITERION_PROBLEM;
    }
    return is_true(cp, &beside);
}

static bool is_chosen(const struct ocpp_charge_point *cp, const struct entry *entry, const void *user)
{
    const struct ocpp201_get_report_req *request = user;
    bool is_in = request->component_variable.count == 0;
    for (size_t i = 0; !is_in && i < request->component_variable.count; i++) {
        is_in = ocpp_cp_v201_is_meant(cp, entry, &request->component_variable.items[i]);
    }
    bool is_met = request->component_criteria.count == 0;
    for (size_t i = 0; is_in && !is_met && i < request->component_criteria.count; i++) { /* B08.FR.13 */
        is_met = meets(cp, entry, request->component_criteria.items[i]);
    }
    return is_in && is_met;
}

void ocpp_cp_v201_get_report(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_get_report_req *request = call->request;
    if (ocpp_cp_v201_is_too_many(cp, call, request->component_variable.count, VARIABLE_REPORT_ITEMS)) { /* B08.FR.17 */
        return;
    }
    const struct ocpp201_get_report_res response = {
        .status = words[ocpp_cp_report_open(cp, request->request_id, is_chosen, request)],
    };
    ocpp_cp_reply(cp, call, &response);
}

/* --- pages
 * ------------------------------------------------------------------------------------------------------------------------------
 */

static const enum ocpp201_data data_types[] = {
    [OCPP_SETTING_STRING] = OCPP201_DATA_STRING,
    [OCPP_SETTING_DECIMAL] = OCPP201_DATA_DECIMAL,
    [OCPP_SETTING_INTEGER] = OCPP201_DATA_INTEGER,
    [OCPP_SETTING_DATE_TIME] = OCPP201_DATA_DATE_TIME,
    [OCPP_SETTING_BOOLEAN] = OCPP201_DATA_BOOLEAN,
    [OCPP_SETTING_OPTION_LIST] = OCPP201_DATA_OPTION_LIST,
    [OCPP_SETTING_SEQUENCE_LIST] = OCPP201_DATA_SEQUENCE_LIST,
    [OCPP_SETTING_MEMBER_LIST] = OCPP201_DATA_MEMBER_LIST,
};
static const enum ocpp201_mutability mutabilities[] = {
    [OCPP_SETTING_READ_ONLY] = OCPP201_MUTABILITY_READ_ONLY,
    [OCPP_SETTING_READ_WRITE] = OCPP201_MUTABILITY_READ_WRITE,
    [OCPP_SETTING_WRITE_ONLY] = OCPP201_MUTABILITY_WRITE_ONLY,
};
static const enum ocpp201_attribute attribute_words[] = {
    [OCPP_SETTING_ACTUAL] = OCPP201_ATTRIBUTE_ACTUAL,
    [OCPP_SETTING_TARGET] = OCPP201_ATTRIBUTE_TARGET,
    [OCPP_SETTING_MIN_SET] = OCPP201_ATTRIBUTE_MIN_SET,
    [OCPP_SETTING_MAX_SET] = OCPP201_ATTRIBUTE_MAX_SET,
};

/* A page as it grows; |bytes| is what it will take as text, in about. */
struct page {
    struct ocpp_charge_point *cp;
    struct ocpp201_report_data *items;
    size_t count;
    size_t bytes;
};

enum { ITEM_BYTES = 320, ATTRIBUTE_BYTES = 96 };

/* Texts of the firmware live as long as we do, those of the table for ever; only values are copied. */
static const char *copy(struct page *page, const char *text)
{
    page->bytes += strlen(text);
    return ocpp_arena_text(page->cp->arena, text, strlen(text));
}

bool ocpp_cp_v201_name(struct ocpp_charge_point *cp, const struct ocpp_setting_name *name, struct ocpp201_component *component,
                       struct ocpp201_variable *variable)
{
    component->name = name->component;
    component->instance = name->component_instance;
    variable->name = name->variable;
    variable->instance = name->instance;
    if (name->evse == 0) {
        return true;
    }
    struct ocpp201_evse *evse = ocpp_arena_take(cp->arena, sizeof(*evse));
    if (evse == NULL) {
        return false;
    }
    evse->id = name->evse;
    evse->has_connector_id = name->connector != 0;
    evse->connector_id = name->connector;
    component->evse = evse;
    return true;
}

/* Every attribute the variable has, with a value or without (B07.FR.11), never that of a secret (errata 2025-09, B07.FR.03). */
static bool fill_attributes(struct page *page, const struct entry *entry, const struct entry_traits *traits,
                            struct ocpp201_report_data *item)
{
    struct ocpp201_variable_attribute *attributes =
        ocpp_arena_take(page->cp->arena, OCPP_SETTING_ATTRIBUTES * sizeof(*attributes));
    size_t count = 0;
    for (unsigned i = 0; attributes != NULL && i < OCPP_SETTING_ATTRIBUTES; i++) {
        char text[OCPP_VARIABLE_TEXT_SIZE];
        if ((traits->attributes >> i & 1) == 0) {
            continue;
        }
        struct ocpp201_variable_attribute *attribute = &attributes[count++];
        attribute->type = attribute_words[i];
        attribute->mutability = mutabilities[traits->access];
        attribute->has_persistent = attribute->persistent = traits->is_kept;
        page->bytes += ATTRIBUTE_BYTES;
        if (traits->access != OCPP_SETTING_WRITE_ONLY &&
            ocpp_cp_v201_text(page->cp, entry, (enum ocpp_setting_attribute)i, text)) {
            attribute->value = copy(page, text);
            if (attribute->value == NULL) {
                return false;
            }
        }
    }
    item->variable_attribute.items = attributes;
    item->variable_attribute.count = count;
    return attributes != NULL;
}

static bool fill_characteristics(struct page *page, const struct entry *entry, const struct entry_traits *traits,
                                 struct ocpp201_report_data *item)
{
    struct ocpp201_variable_characteristics *characteristics = ocpp_arena_take(page->cp->arena, sizeof(*characteristics));
    char values[OCPP_VARIABLE_TEXT_SIZE];
    if (characteristics == NULL) {
        return false;
    }
    characteristics->unit = traits->unit;
    characteristics->data_type = data_types[traits->type];
    characteristics->has_min_limit = traits->has_minimum;
    characteristics->min_limit = traits->minimum;
    characteristics->has_max_limit = traits->has_maximum;
    characteristics->max_limit = traits->maximum;
    ocpp_cp_v201_values(page->cp, entry, values);
    if (values[0] != '\0') {
        characteristics->values_list = copy(page, values);
    }
    item->variable_characteristics = characteristics;
    return values[0] == '\0' || characteristics->values_list != NULL;
}

static bool fill_item(struct page *page, const struct entry *entry)
{
    struct ocpp201_report_data *item = &page->items[page->count];
    const struct ocpp_setting_name name = ocpp_cp_entry_name(page->cp, entry);
    const struct entry_traits traits = ocpp_cp_entry_traits(page->cp, entry);
    page->bytes += ITEM_BYTES;
    if (!ocpp_cp_v201_name(page->cp, &name, &item->component, &item->variable) || !fill_attributes(page, entry, &traits, item) ||
        !fill_characteristics(page, entry, &traits, item)) {
        return false;
    }
    page->count++;
    return true;
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    if (answer->status == OCPP_OK) {
        ocpp_cp_report_answered(cp);
    } else {
        ocpp_cp_flight_failed(cp, answer->status);
    }
}

/* Few large pages (errata 2025-09, B07.FR.03), but none near the bound of a message: half of ours is supposed to be within any
 * central system's. */
enum ocpp_status ocpp_cp_v201_send_report(struct ocpp_charge_point *cp, struct entry *end)
{
    const struct report *report = &cp->report;
    const size_t most_bytes = (size_t)cp->values[VARIABLE_REPORT_BYTES] / 2;
    struct page page = { .cp = cp };
    struct entry next = report->told;
    ocpp_arena_reset(cp->arena);
    page.items = ocpp_arena_take(cp->arena, report->page_items * sizeof(*page.items));
    bool has_more = ocpp_cp_report_next(cp, &next);
    while (has_more && page.count < report->page_items && (page.count == 0 || page.bytes < most_bytes)) {
        if (page.items == NULL || !fill_item(&page, &next)) {
            return OCPP_ERR_NOMEM;
        }
        *end = next;
        has_more = ocpp_cp_report_next(cp, &next);
    }
    const struct ocpp201_notify_report_req request = {
        .request_id = report->request_id,
        .generated_at = ocpp_cp_utc(cp, cp->now),
        .report_data = { page.items, page.count },
        .has_tbc = true,
        .tbc = has_more,
        .seq_no = report->seq_no,
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_NOTIFY_REPORT], &request, NULL, on_answer);
}
