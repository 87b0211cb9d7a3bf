/* cost_settings.c: the settings of prices and costs: TariffCostCtrlr of 2.0.1, the keys of the pricing note of 1.6, and both of
 * them in every language of the station. They are brought as the firmware brings its own, so a station without them spends
 * nothing on them. The names in the store are for all time. OCPP 2.0.1 part 2, 2.10; application note on pricing. */
#include "charge_point_internal.h"
#include "pricing.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "decimal.h"
#include "text.h"

enum { TEXT_BYTES = 1000, OWN_TEXT = 96, MOST_OWN = 256 };

static const char *const component = "TariffCostCtrlr";

static bool is_default_price(const struct ocpp_own_setting *setting, enum ocpp_setting_attribute attribute, const char *text,
                             void *user)
{
    struct price_message message;
    (void)setting;
    (void)attribute;
    (void)user;
    const bool is_good = text[0] == '\0' || ocpp_price_default_read(text, &message);
    if (text[0] != '\0') {
        ocpp_price_message_free(&message);
    }
    return is_good;
}

#define NUMBER_LIMITS(least, most) .is_limited = true, .minimum = { least, 0 }, .maximum = { most, 0 }

static const struct ocpp_own_setting templates[COST_SETTING_COUNT] = {
    [COST_TARIFF_AVAILABLE] = { .name = { .variable = "Available", .instance = "Tariff" },
                                .stored_as = "TariffAvailable",
                                .type = OCPP_SETTING_BOOLEAN,
                                .access = OCPP_SETTING_READ_ONLY,
                                .initial = "true" },
    [COST_TARIFF_ENABLED] = { .name = { .variable = "Enabled", .instance = "Tariff" },
                              .stored_as = "TariffEnabled",
                              .type = OCPP_SETTING_BOOLEAN,
                              .access = OCPP_SETTING_READ_WRITE,
                              .initial = "true" },
    [COST_COST_AVAILABLE] = { .name = { .variable = "Available", .instance = "Cost" },
                              .stored_as = "CostAvailable",
                              .type = OCPP_SETTING_BOOLEAN,
                              .access = OCPP_SETTING_READ_ONLY,
                              .initial = "true" },
    [COST_COST_ENABLED] = { .name = { .variable = "Enabled", .instance = "Cost" },
                            .stored_as = "CostEnabled",
                            .type = OCPP_SETTING_BOOLEAN,
                            .access = OCPP_SETTING_READ_WRITE,
                            .initial = "true" },
    [COST_TARIFF_FALLBACK] = { .name = { .variable = "TariffFallbackMessage" },
                               .stored_as = "TariffFallback",
                               .access = OCPP_SETTING_READ_WRITE,
                               .length = TEXT_BYTES },
    [COST_COST_FALLBACK] = { .name = { .variable = "TotalCostFallbackMessage" },
                             .stored_as = "CostFallback",
                             .access = OCPP_SETTING_READ_WRITE,
                             .length = TEXT_BYTES },
    [COST_CURRENCY] = { .name = { .variable = "Currency" },
                        .stored_as = "Currency",
                        .access = OCPP_SETTING_READ_WRITE,
                        .length = 3 },
    [COST_DECIMALS] = { .key = "NumberOfDecimalsForCostValues",
                        .name = { .variable = "NumberOfDecimalsForCostValues" },
                        .stored_as = "CostDecimals",
                        .type = OCPP_SETTING_INTEGER,
                        .access = OCPP_SETTING_READ_ONLY },
    [COST_DISPLAY_PRICES] = { .key = "CustomDisplayCostAndPrice",
                              .stored_as = "DisplayPrices",
                              .type = OCPP_SETTING_BOOLEAN,
                              .access = OCPP_SETTING_READ_ONLY,
                              .initial = "true" },
    [COST_DEFAULT_PRICE] = { .key = "DefaultPrice",
                             .stored_as = "DefaultPrice",
                             .access = OCPP_SETTING_READ_WRITE,
                             .length = TEXT_BYTES,
                             .set = is_default_price },
    [COST_IDLE_FEE] = { .key = "CustomIdleFeeAfterStop",
                        .stored_as = "IdleFeeAfterStop",
                        .type = OCPP_SETTING_BOOLEAN,
                        .access = OCPP_SETTING_READ_WRITE },
    [COST_LANGUAGES] = { .key = "SupportedLanguages",
                         .stored_as = "SupportedLanguages",
                         .access = OCPP_SETTING_READ_ONLY,
                         .length = LANGUAGES_SIZE },
    [COST_MULTI_LANGUAGE] = { .key = "CustomMultiLanguageMessages",
                              .stored_as = "MultiLanguage",
                              .type = OCPP_SETTING_BOOLEAN,
                              .access = OCPP_SETTING_READ_ONLY },
    [COST_LANGUAGE] = { .key = "Language",
                        .name = { .component = "DisplayMessageCtrlr", .variable = "Language" },
                        .stored_as = "Language",
                        .type = OCPP_SETTING_OPTION_LIST,
                        .access = OCPP_SETTING_READ_WRITE,
                        .length = PRICE_LANGUAGE_SIZE },
    [COST_PRICE_WAIT] = { .key = "WaitForSetUserPriceTimeout",
                          .stored_as = "PriceWait",
                          .type = OCPP_SETTING_INTEGER,
                          .access = OCPP_SETTING_READ_WRITE,
                          NUMBER_LIMITS(0, 30000) },
};

static const struct ocpp_own_setting language_templates[COST_OF_LANGUAGE] = {
    [COST_OF_DEFAULT_PRICE_TEXT] = { .key = "DefaultPriceText",
                                     .stored_as = "DefaultPriceText",
                                     .access = OCPP_SETTING_READ_WRITE,
                                     .length = TEXT_BYTES,
                                     .set = is_default_price },
    [COST_OF_TARIFF] = { .name = { .variable = "TariffFallbackMessage" },
                         .stored_as = "TariffFallback",
                         .access = OCPP_SETTING_READ_WRITE,
                         .length = TEXT_BYTES },
    [COST_OF_OFFLINE_TARIFF] = { .name = { .variable = "OfflineTariffFallbackMessage" },
                                 .stored_as = "OfflineTariff",
                                 .access = OCPP_SETTING_READ_WRITE,
                                 .length = TEXT_BYTES },
    [COST_OF_COST] = { .name = { .variable = "TotalCostFallbackMessage" },
                       .stored_as = "CostFallback",
                       .access = OCPP_SETTING_READ_WRITE,
                       .length = TEXT_BYTES },
};

/* --- what is wrong ------------------------------------------------------------------------------------------------------ */

/* The tags in |list|, and whether they are some; how many in |*count|. */
static bool split(const char *list, char languages[MOST_LANGUAGES][PRICE_LANGUAGE_SIZE], size_t *count)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    const char *rest = list == NULL ? "" : list;
    *count = 0;
    if (strlen(rest) >= LANGUAGES_SIZE) {
        return false;
    }
    while (*rest != '\0') {
        const size_t size = strcspn(rest, ",");
        if (*count == MOST_LANGUAGES || size == 0 || size >= 20 || strspn(rest, letters) != size) {
            return false;
        }
        memcpy(languages[*count], rest, size);
        languages[(*count)++][size] = '\0';
        rest += size + (rest[size] == ',');
    }
    return true;
}

static bool is_one_of(const char *language, char languages[MOST_LANGUAGES][PRICE_LANGUAGE_SIZE], size_t count)
{
    for (size_t i = 0; language != NULL && i < count; i++) {
        if (ocpp_text_equal_fold(languages[i], language)) {
            return true;
        }
    }
    return language == NULL;
}

static bool is_text(const char *text, size_t most)
{
    return text == NULL || (strlen(text) <= most && ocpp_text_valid(text, strlen(text)));
}

static bool is_same(const char *a, const char *b)
{
    return a != NULL && b != NULL && ocpp_text_equal_fold(a, b);
}

/* Whether the firmware brings a setting that is ours; the languages' own are told apart by their beginning. */
static bool is_taken(const struct ocpp_charge_point_settings *settings)
{
    for (size_t i = 0; i < settings->own_setting_count; i++) {
        const struct ocpp_own_setting *own = &settings->own_settings[i];
        bool is_ours = is_same(own->name.component, component) ||
                       (own->key != NULL && strncmp(own->key, "DefaultPriceText,", strlen("DefaultPriceText,")) == 0);
        for (int ours = 0; ours < COST_SETTING_COUNT; ours++) {
            is_ours = is_ours || is_same(own->key, templates[ours].key) || is_same(own->stored_as, templates[ours].stored_as);
        }
        if (is_ours) {
            return true;
        }
    }
    return settings->own_setting_count > MOST_OWN - COST_SETTING_COUNT - MOST_LANGUAGES * COST_OF_LANGUAGE;
}

const char *ocpp_cp_cost_wrong_setting(const struct ocpp_charge_point_settings *settings)
{
    const struct ocpp_cost_settings *cost = settings->cost;
    char languages[MOST_LANGUAGES][PRICE_LANGUAGE_SIZE];
    size_t count;
    const bool are_languages = split(cost->languages, languages, &count);
    const struct {
        bool is_right;
        const char *name;
    } rules[] = {
        { cost->currency == NULL || strlen(cost->currency) == 3, "cost: currency" },
        { cost->decimals >= -1 && cost->decimals <= MOST_DECIMALS, "cost: decimals" },
        { are_languages, "cost: languages" },
        { !are_languages || is_one_of(cost->language, languages, count), "cost: language" },
        { is_text(cost->tariff_text, TEXT_BYTES), "cost: tariff_text" },
        { is_text(cost->cost_text, TEXT_BYTES), "cost: cost_text" },
        { is_text(cost->default_price, TEXT_BYTES) &&
              (cost->default_price == NULL || is_default_price(NULL, OCPP_SETTING_ACTUAL, cost->default_price, NULL)),
          "cost: default_price" },
        { cost->price_wait_ms >= 0 && cost->price_wait_ms <= 30000, "cost: price_wait_ms" },
        { cost->max_texts <= MOST_TEXTS, "cost: max_texts" },
        { cost->max_unplugged <= MOST_UNPLUGGED, "cost: max_unplugged" },
        { cost->look_ms == 0 || (cost->look_ms >= 500 && cost->look_ms <= 86400000), "cost: look_ms" },
        { cost->hysteresis_percent >= 0 && cost->hysteresis_percent <= 50, "cost: hysteresis_percent" },
        { !is_taken(settings), "cost: own_settings: taken" },
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (!rules[i].is_right) {
            return rules[i].name;
        }
    }
    return NULL;
}

/* --- brought ------------------------------------------------------------------------------------------------------------ */

static void bring_one(const struct ocpp_cost_settings *cost, struct cost_block *block, enum cost_setting setting,
                      struct ocpp_own_setting *own)
{
    char *text = block->own_texts[setting];
    const char *const initials[COST_SETTING_COUNT] = {
        [COST_TARIFF_FALLBACK] = cost->tariff_text,
        [COST_COST_FALLBACK] = cost->cost_text,
        [COST_CURRENCY] = cost->currency,
        [COST_DECIMALS] = text,
        [COST_DEFAULT_PRICE] = cost->default_price,
        [COST_IDLE_FEE] = cost->idle_fee_after_stop ? "true" : "false",
        [COST_LANGUAGES] = cost->languages,
        [COST_MULTI_LANGUAGE] = block->language_count > 1 ? "true" : "false",
        [COST_LANGUAGE] = cost->language != NULL ? cost->language : block->languages[0],
        [COST_PRICE_WAIT] = text,
    };
    *own = templates[setting];
    if (own->name.variable != NULL && own->name.component == NULL) {
        own->name.component = component;
    }
    if (setting == COST_DECIMALS) {
        ocpp_integer_format(cost->decimals == 0 ? USUAL_DECIMALS : cost->decimals < 0 ? 0 : cost->decimals, text);
    }
    if (setting == COST_PRICE_WAIT) {
        ocpp_integer_format(cost->price_wait_ms, text);
    }
    if (initials[setting] != NULL) {
        own->initial = initials[setting];
    }
    if (setting == COST_LANGUAGE) { /* without languages it is any text, and says nothing */
        own->type = block->language_count == 0 ? OCPP_SETTING_STRING : OCPP_SETTING_OPTION_LIST;
        own->values = block->language_count == 0 ? NULL : cost->languages;
        own->access = block->language_count == 0 ? OCPP_SETTING_READ_ONLY : OCPP_SETTING_READ_WRITE;
    }
}

/* DefaultPriceText,de in 1.6, the instance de in 2.x. */
static void bring_language(struct cost_block *block, size_t language, enum cost_language_setting setting,
                           struct ocpp_own_setting *own)
{
    const char *tag = block->languages[language];
    char *text = block->own_texts[COST_SETTING_COUNT + language * COST_OF_LANGUAGE + (size_t)setting];
    const size_t key_size = OWN_TEXT / 2;
    *own = language_templates[setting];
    if (own->key != NULL) {
        snprintf(text, key_size, "%s,%s", own->key, tag);
        own->key = text;
    } else {
        own->name.component = component;
        own->name.instance = tag;
    }
    snprintf(text + key_size, OWN_TEXT - key_size, "%s-%s", own->stored_as, tag);
    own->stored_as = text + key_size;
}

bool ocpp_cp_cost_bring(struct ocpp_charge_point *cp)
{
    const struct ocpp_cost_settings *cost = cp->settings.cost;
    const struct ocpp_allocator *allocator = cp->settings.allocator;
    struct cost_block *block = ocpp_cp_cost(cp);
    split(cost->languages, block->languages, &block->language_count);
    const size_t ours = COST_SETTING_COUNT + block->language_count * COST_OF_LANGUAGE;
    block->first_own = cp->settings.own_setting_count;
    block->own = ocpp_reallocate(allocator, NULL, (block->first_own + ours) * sizeof(block->own[0]));
    block->own_texts = ocpp_reallocate(allocator, NULL, ours * sizeof(block->own_texts[0]));
    if (block->own == NULL || block->own_texts == NULL) {
        return false;
    }
    if (block->first_own > 0) {
        memcpy(block->own, cp->settings.own_settings, block->first_own * sizeof(block->own[0]));
    }
    memset(block->own_texts, 0, ours * sizeof(block->own_texts[0]));
    for (int i = 0; i < COST_SETTING_COUNT; i++) {
        bring_one(cost, block, (enum cost_setting)i, &block->own[block->first_own + (size_t)i]);
    }
    for (size_t i = 0; i < block->language_count * COST_OF_LANGUAGE; i++) {
        bring_language(block, i / COST_OF_LANGUAGE, (enum cost_language_setting)(i % COST_OF_LANGUAGE),
                       &block->own[block->first_own + COST_SETTING_COUNT + i]);
    }
    cp->settings.own_settings = block->own;
    cp->settings.own_setting_count = block->first_own + ours;
    return true;
}

/* --- read --------------------------------------------------------------------------------------------------------------- */

static const char *text_at(const struct ocpp_charge_point *cp, size_t index)
{
    struct cost_block *block = ocpp_cp_cost(cp);
    ocpp_cp_own_text(cp, &block->own[block->first_own + index], OCPP_SETTING_ACTUAL, block->scratch, sizeof(block->scratch));
    return block->scratch;
}

const char *ocpp_cp_cost_text(const struct ocpp_charge_point *cp, enum cost_setting setting)
{
    return text_at(cp, (size_t)setting);
}

bool ocpp_cp_cost_flag(const struct ocpp_charge_point *cp, enum cost_setting setting)
{
    return ocpp_text_equal_fold(text_at(cp, (size_t)setting), "true");
}

int64_t ocpp_cp_cost_number(const struct ocpp_charge_point *cp, enum cost_setting setting)
{
    struct ocpp_decimal value = { 0, 0 };
    int64_t number = 0;
    const char *text = text_at(cp, (size_t)setting);
    if (ocpp_decimal_parse(text, strlen(text), &value) != OCPP_OK || ocpp_decimal_to_integer(value, 0, &number) != OCPP_OK) {
        return 0;
    }
    return number;
}

const char *ocpp_cp_cost_language_text(const struct ocpp_charge_point *cp, size_t language, enum cost_language_setting setting)
{
    return text_at(cp, COST_SETTING_COUNT + language * COST_OF_LANGUAGE + (size_t)setting);
}
