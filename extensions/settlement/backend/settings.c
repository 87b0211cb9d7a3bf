/* settings.c: what is decided where nobody decides, and what cannot be. */
#include "backend_settings.h"

#include <ocpp/settlement/money.h>
#include <ocpp/settlement/relay.h>

#include <string.h>

struct ocpp_settle_policy ocpp_settle_policy_default(void)
{
    return (struct ocpp_settle_policy){
        .grace_s = 86400,
        .vehicle_hold_minor = 5000,
        .hold_renew_before_s = 86400,
        .lost_pile_after_s = 259200,
        .unreturned_seal_s = 0,
        .user_report_pins_s = 7200,
        .take_within_s = 30,
        .swap_within_s = 300,
        .grant_within_s = 120,
        .suspect_after = 3,
        .offline_rentals = 4,
        .known_renter_banks = 1,
        .known_renters = 2000,
        .rental_longest_s = 7776000,
        .banks_per_order = 8,
        .open_orders_per_payer = 8,
        .vehicle_events = 2000,
        .message_retry_s = 30,
        .message_attempts = 10,
        .payment_query_s = 30,
        .remember_messages_s = 2592000,
        .reservation_no_start_fee = false,
        .rounding = OCPP_SETTLE_ROUNDING_MODE_HALF_UP,
        .tax_rounding = OCPP_SETTLE_TAX_ROUNDING_PER_LINE,
        .payment_attempts = 4,
        .postpaid_limit_minor = 100000,
        .remember_closed_s = 7776000,
        .offline_longest_s = 2592000,
        .anchor_every = 1000,
        .anchor_after_s = 3600,
        .confirm_within_s = 60,
        .reservation_longest_s = 7200,
        .number_tries = 5,
        .number_locked_s = 900,
        .gate_within_s = 1800,
        .gate_longest_s = 86400,
        .link_s = 900,
        .idle_pause_s = 600,
        .places = 10000,
        .house_phones_per_card = 2,
        .house_bind_within_s = 300,
        .house_approve_within_s = 604800,
        .house_secret_tries = 5,
        .house_secret_lock_s = 900,
        .house_price_most_micro = 2000000,
        .house_tenants = 500,
        .house_cards = 1000,
        .house_piles = 100,
        .house_pay_within_s = 2592000,
        .service_s = 604800,
    };
}

struct ocpp_settle_settings ocpp_settle_settings_default(void)
{
    return (struct ocpp_settle_settings){
        .operator_id = "operator",
        .vendor_id = "org.ocpp-c.settlement",
        .policy = ocpp_settle_policy_default(),
        .terminals = { .prompt_s = 120,
                       .prompts = 64,
                       .list_s = 86400,
                       .start_s = 300,
                       .least_minor = 100,
                       .power_w = 11000,
                       .connect_s = 15,
                       .ticket_s = 172800,
                       .confirm_s = 86400,
                       .stop_retry_s = 60,
                       .connections = 1000,
                       .waiting = 128 },
        .fleet_key = "fleet",
        .mark_key_epoch = 1,
        .holder = "backend",
        .cached_rows = 16384,
        .cached_bytes = 16777216,
        .link_key = "link",
        .pay_url = "",
    };
}

/* Ten years in seconds: no time of a policy is longer. */
enum { LONGEST_S = 315360000 };

struct bound {
    int64_t value;
    int64_t low;
    int64_t high;
};

static bool within(const struct bound *bounds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bounds[i].value < bounds[i].low || bounds[i].value > bounds[i].high) {
            return false;
        }
    }
    return true;
}

static bool policy_is_possible(const struct ocpp_settle_policy *policy)
{
    const struct bound bounds[] = {
        { policy->grace_s, 0, LONGEST_S },
        { policy->vehicle_hold_minor, 0, INT64_C(1000000000000) },
        { policy->hold_renew_before_s, 0, LONGEST_S },
        { policy->lost_pile_after_s, 1, LONGEST_S },
        { policy->unreturned_seal_s, 0, LONGEST_S },
        { policy->user_report_pins_s, 0, LONGEST_S },
        { policy->take_within_s, 1, 3600 },
        { policy->swap_within_s, 0, 86400 },
        { policy->grant_within_s, 1, 86400 },
        { policy->suspect_after, 1, 100 },
        { policy->offline_rentals, 0, 64 },
        { policy->known_renter_banks, 1, 16 },
        { policy->known_renters, 0, 10000 },
        { policy->rental_longest_s, 3600, LONGEST_S },
        { policy->banks_per_order, 1, 64 },
        { policy->open_orders_per_payer, 1, 100 },
        { policy->vehicle_events, 10, 9000 },
        { policy->message_retry_s, 1, 3600 },
        { policy->message_attempts, 1, 1000 },
        { policy->payment_query_s, 1, 3600 },
        { policy->remember_messages_s, 86400, LONGEST_S },
        { policy->rounding, OCPP_SETTLE_ROUNDING_MODE_HALF_UP, OCPP_SETTLE_ROUNDING_MODE_HALF_EVEN },
        { policy->tax_rounding, OCPP_SETTLE_TAX_ROUNDING_PER_LINE, OCPP_SETTLE_TAX_ROUNDING_PER_GROUP },
        { policy->payment_attempts, 1, 100 },
        { policy->postpaid_limit_minor, 0, OCPP_SETTLE_MOST_MINOR },
        { policy->confirm_within_s, 1, 3600 },
        { policy->reservation_longest_s, 60, 86400 },
        { policy->number_tries, 1, 100 },
        { policy->number_locked_s, 1, 86400 },
        { policy->gate_within_s, 1, 86400 },
        { policy->gate_longest_s, 1, 604800 },
        { policy->link_s, 120, 86400 },
        { policy->idle_pause_s, 0, 86400 },
        { policy->places, 0, 10000 },
        { policy->remember_closed_s, policy->remember_messages_s, LONGEST_S },
        { policy->offline_longest_s, 3600, LONGEST_S },
        { policy->anchor_every, 1, 1000000 },
        { policy->anchor_after_s, 1, LONGEST_S },
        { policy->house_phones_per_card, 1, 16 },
        { policy->house_bind_within_s, 10, 86400 },
        { policy->house_approve_within_s, 10, LONGEST_S },
        { policy->house_secret_tries, 1, 100 },
        { policy->house_secret_lock_s, 1, 86400 },
        { policy->house_price_most_micro, 0, INT64_C(1000000000000) },
        { policy->house_tenants, 1, 10000 },
        { policy->house_cards, 1, 10000 },
        { policy->house_piles, 1, 1000 },
        { policy->house_pay_within_s, 1, LONGEST_S },
        { policy->service_s, 60, LONGEST_S },
    };

    return within(bounds, sizeof bounds / sizeof bounds[0]);
}

static bool terminals_are_possible(const struct ocpp_settle_terminal_policy *policy)
{
    const struct bound bounds[] = {
        { policy->prompt_s, 1, 3600 },
        { policy->prompts, 1, 10000 },
        { policy->list_s, 0, LONGEST_S },
        { policy->start_s, 1, 86400 },
        { policy->least_minor, 0, OCPP_SETTLE_MOST_MINOR },
        { policy->power_w, 100, 10000000 },
        { policy->connect_s, 1, 3600 },
        { policy->ticket_s, 60, LONGEST_S },
        { policy->confirm_s, 1, LONGEST_S },
        { policy->stop_retry_s, 1, 3600 },
        { policy->connections, 0, 1000000 },
        { policy->waiting, 80, 1000 },
    };

    return within(bounds, sizeof bounds / sizeof bounds[0]);
}

static bool relay_is_possible(const struct ocpp_settle_relay *relay)
{
    if (!relay) {
        return true;
    }
    const struct bound bounds[] = {
        { relay->authorisation_s, 1, 86400 },
        { relay->hold_s, 2, LONGEST_S },
        { relay->capture_before_s, 1, relay->hold_s - 1 },
        { relay->frozen_minor, 1, relay->most_frozen_minor },
        { relay->most_frozen_minor, 1, OCPP_SETTLE_MOST_MINOR },
        { relay->sessions_per_pile, 1, 1000 },
    };

    return relay->root_kid && relay->root_kid[0] && strlen(relay->root_kid) <= 64 &&
           ocpp_settle_key_name_is_valid(relay->key_name) &&
           (!relay->seal_name || ocpp_settle_key_name_is_valid(relay->seal_name)) &&
           within(bounds, sizeof bounds / sizeof bounds[0]);
}

static bool is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    return text && text[0] && strlen(text) <= 40 && text[strspn(text, letters)] == '\0';
}

static bool contracts_are_whole(const struct ocpp_settle_settings *settings)
{
    const struct ocpp_settle_keys *keys = &settings->keys;
    const struct ocpp_settle_store *store = &settings->store;

    return keys->sha256 && keys->hmac_sha256 && keys->sign && keys->verify && keys->public_key && keys->random && store->read &&
           store->each && store->write && store->flush && store->journal && store->take_lease && settings->transport.send &&
           settings->transport.answer && settings->find_tariff && settings->find_transitions && settings->find_payer;
}

static bool providers_are_possible(const struct ocpp_settle_settings *settings)
{
    for (size_t i = 0; i < settings->provider_count; i++) {
        const struct ocpp_settle_provider *provider = &settings->providers[i];

        const bool cannot_query = (provider->capabilities & OCPP_SETTLE_CAN_QUERY) && !provider->query;

        if (!is_name(provider->name) || !provider->begin || cannot_query || provider->hold_lasts_ms < 1) {
            return false;
        }
    }
    return settings->provider_count == 0 || settings->providers;
}

bool settings_are_possible(const struct ocpp_settle_settings *settings)
{
    return is_name(settings->operator_id) && settings->vendor_id && settings->vendor_id[0] &&
           strlen(settings->vendor_id) <= 255 && settings->fleet_key && settings->fleet_key[0] && settings->link_key &&
           settings->link_key[0] && settings->pay_url && strlen(settings->pay_url) <= 300 &&
           (!settings->anchor_key || (settings->store.head && ocpp_settle_key_name_is_valid(settings->anchor_key))) &&
           settings->mark_key_epoch >= 1 && settings->holder && settings->holder[0] && settings->cached_rows >= 0 &&
           settings->cached_rows <= 1000000 && settings->cached_bytes >= 0 && settings->cached_bytes <= INT32_MAX &&
           contracts_are_whole(settings) && policy_is_possible(&settings->policy) &&
           terminals_are_possible(&settings->terminals) && providers_are_possible(settings) && relay_is_possible(settings->relay);
}
