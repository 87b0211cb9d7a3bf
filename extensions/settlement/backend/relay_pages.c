/* relay_pages.c: bills of piles come in, by any phone, as often as anybody likes, in any order: each counts once (I10). What a
 * row of this page and hash says is said again; the same page with another hash is a fork. */
#include "relay_internal.h"
#include "relay_orders.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WHOLE_AT_ONCE = 64 };

const char *relay_page_key(struct command *command, const char *kind, const char *pile, int64_t number)
{
    char digits[17];

    snprintf(digits, sizeof digits, "%016" PRIx64, (uint64_t)number);
    return command_key(command, kind, pile, digits, NULL);
}

static const struct row_relay_page *find_page(struct command *command, const char *pile, int64_t number)
{
    return number < 1 ? NULL : command_read(command, relay_page_key(command, "relaypage", pile, number), &row_relay_page_type);
}

/* --- the answer -------------------------------------------------------------------------------------------------------- */

static enum ocpp_settle_page_result result_of(enum row_relay_page_state state)
{
    static const enum ocpp_settle_page_result results[] = {
        [ROW_RELAY_PAGE_STATE_ACCEPTED] = OCPP_SETTLE_PAGE_RESULT_ACCEPTED,
        [ROW_RELAY_PAGE_STATE_SUSPENSE] = OCPP_SETTLE_PAGE_RESULT_SUSPENSE,
        [ROW_RELAY_PAGE_STATE_QUARANTINED] = OCPP_SETTLE_PAGE_RESULT_QUARANTINED,
        [ROW_RELAY_PAGE_STATE_RESOLVED] = OCPP_SETTLE_PAGE_RESULT_ACCEPTED,
    };

    return results[state];
}

static void acknowledge(struct command *command, struct row_relay_page *page)
{
    const struct ocpp_settle_acknowledgement said = { .iss = command_settle(command)->settings.operator_id,
                                                      .aud = page->pile,
                                                      .page = page->page,
                                                      .hash = page->hash,
                                                      .result = result_of(page->state),
                                                      .iat = command_utc_ms(command) };

    page->acknowledgement = relay_sign(command, OCPP_SETTLE_TYP_ACKNOWLEDGEMENT, &ocpp_settle_acknowledgement_type, &said);
}

static void put_page(struct command *command, struct row_relay_page *page)
{
    acknowledge(command, page);
    if (!command_failed(command)) {
        command_put(command, relay_page_key(command, "relaypage", page->pile, page->page), &row_relay_page_type, page);
    }
}

static void tell_name(struct command *command, const char *pile, int64_t number)
{
    char name[80];

    snprintf(name, sizeof name, "%s/%" PRId64, pile, number);
    command_result(command, order_text(command, name));
}

/* --- the chain ----------------------------------------------------------------------------------------------------------- */

static bool is_first_hash(const char *prev)
{
    return prev[strspn(prev, "0")] == '\0';
}

/* D10. Both neighbours that came say what this one must be. */
static const char *fork_of(struct command *command, const struct ocpp_settle_bill_page *bill, const char *hash)
{
    const struct row_relay_page *same = find_page(command, bill->iss, bill->page);
    const struct row_relay_page *before = find_page(command, bill->iss, bill->page - 1);
    const struct row_relay_page *behind = find_page(command, bill->iss, bill->page + 1);

    if (same && strcmp(same->hash, hash) != 0) {
        return "two pages of one number";
    }
    if (before && strcmp(before->hash, bill->prev) != 0) {
        return "a page that does not follow the one before it";
    }
    if (behind && strcmp(behind->prev, hash) != 0) {
        return "a page that the next one does not follow";
    }
    return bill->page == 1 && !is_first_hash(bill->prev) ? "a first page that follows another" : NULL;
}

/* D11. Gaps are what lies below the highest and did not come; what stood in them nobody guesses. */
static void count_page(struct command *command, const struct ocpp_settle_bill_page *bill)
{
    struct row_relay_pile *pile = relay_pile_edit(command, bill->iss);

    if (!pile) {
        return;
    }
    const bool had_gap = pile->last_page > pile->whole;
    pile->pages++;
    pile->last_page = bill->page > pile->last_page ? bill->page : pile->last_page;
    for (int i = 0; i < WHOLE_AT_ONCE && find_page(command, bill->iss, pile->whole + 1); i++) {
        pile->whole++;
    }
    pile->has_seen_at = true;
    pile->seen_at = command_utc_ms(command);
    relay_pile_put(command, pile);
    if (!had_gap && pile->last_page > pile->whole) {
        command_tell(command, OCPP_SETTLE_EVENT_PILE, pile->pile, pile->pile, "Gap", "a page came before the ones before it");
    }
}

/* --- suspense ---------------------------------------------------------------------------------------------------------- */

static void wait_for_person(struct command *command, struct row_relay_page *page, const char *reason)
{
    const struct row_relay_nonce waits = { .jti = page->session };

    page->state = ROW_RELAY_PAGE_STATE_SUSPENSE;
    page->reason = reason;
    command_put(command, relay_page_key(command, "relaywait", page->pile, page->page), &row_relay_nonce_type, &waits);
    command_state(command, "relaypage", page->session, NULL, "Suspense", reason);
    command_tell(command, OCPP_SETTLE_EVENT_SUSPENSE, page->session, page->pile, "Waiting", reason);
}

struct page_args {
    const char *text;
    size_t size;
    char refused[81]; /* why what it asks for cannot be done; "": nothing is known against it */
};

/* --- taking in ----------------------------------------------------------------------------------------------------------- */

static struct row_relay_page *page_of(struct command *command, const struct ocpp_settle_bill_page *bill,
                                      const struct relay_said *said)
{
    struct row_relay_page *page = order_take(command, sizeof *page);

    if (page) {
        *page = (struct row_relay_page){ .pile = bill->iss,
                                         .page = bill->page,
                                         .hash = said->hash,
                                         .prev = bill->prev,
                                         .state = ROW_RELAY_PAGE_STATE_ACCEPTED,
                                         .session = bill->session,
                                         .jti = bill->jti,
                                         .at = command_utc_ms(command),
                                         .acknowledgement = "",
                                         .payload = said->payload };
    }
    return page;
}

static const char *settle_tenant(struct command *command, const struct ocpp_settle_bill_page *bill, struct row_relay_page *page,
                                 const char **reason)
{
    const struct row_relay_pile *pile = relay_pile_edit(command, bill->iss);

    page->order = pile ? relay_tenant_page(command, bill, relay_shift_ms(command, pile, bill), reason) : NULL;
    return page->order;
}

/* What the order of |bill| costs, if nothing speaks against it; otherwise why not. */
static const char *try_to_settle(struct command *command, const struct ocpp_settle_bill_page *bill, struct row_relay_page *page)
{
    struct row_relay_authorisation *authorisation =
        bill->jti && ocpp_settle_id_is_valid(bill->jti) ? relay_find(command, bill->jti) : NULL;
    const char *reason = NULL;
    bool is_settled = false;

    if (bill->jti && !authorisation) {
        return "nobody gave this authorisation";
    }
    if (authorisation) {
        is_settled = relay_settle_page(command, authorisation, bill, page, &reason);
    } else {
        is_settled = settle_tenant(command, bill, page, &reason) != NULL;
    }
    return is_settled ? NULL : reason ? reason : "it cannot be settled";
}

static void settle(struct command *command, const struct ocpp_settle_bill_page *bill, struct row_relay_page *page,
                   bool is_revoked)
{
    const char *reason = is_revoked ? "its key was revoked" /* D12 */ : try_to_settle(command, bill, page);

    if (reason && !command_failed(command)) {
        wait_for_person(command, page, reason);
    }
}

/* A page that was refused would be brought for ever: whatever stands against it in our own rows, a person decides. */
static bool is_refused(struct command *command, struct page_args *brought)
{
    struct ocpp_settle_receipt receipt;

    if (!command_refusal(command, &receipt)) {
        return false;
    }
    snprintf(brought->refused, sizeof brought->refused, "%s", receipt.reason);
    command_again(command);
    return true;
}

static void take_page(struct command *command, const struct ocpp_settle_bill_page *bill, const struct relay_said *said,
                      struct page_args *brought)
{
    struct row_relay_page *page = page_of(command, bill, said);
    const bool is_known = find_page(command, bill->iss, bill->page) != NULL;

    if (!page) {
        return;
    }
    if (brought->refused[0]) {
        wait_for_person(command, page, brought->refused);
    } else {
        settle(command, bill, page, said->key->is_revoked);
    }
    if (is_refused(command, brought)) {
        return;
    }
    put_page(command, page);
    if (!is_known) {
        count_page(command, bill);
    }
}

/* Nothing of a pile in quarantine counts; what it brings is kept for whoever looks, once for each number. */
static void set_aside(struct command *command, const struct ocpp_settle_bill_page *bill, const struct relay_said *said)
{
    struct row_relay_page *page = page_of(command, bill, said);

    if (page && !find_page(command, bill->iss, bill->page)) {
        page->state = ROW_RELAY_PAGE_STATE_QUARANTINED;
        page->reason = "its pile is quarantined";
        put_page(command, page);
        count_page(command, bill);
    }
}

static bool is_bill(const struct ocpp_settle_bill_page *bill, const struct relay_said *said)
{
    return strcmp(bill->iss, said->key->pile) == 0 && strlen(bill->prev) == OCPP_SETTLE_HASH_TEXT_SIZE - 1 &&
           ocpp_settle_id_is_valid(bill->session) && strlen(said->payload) <= 8192;
}

static void page_body(struct command *command, void *args)
{
    struct page_args *brought = args;
    struct relay_said said;

    if (!relay_read(command, brought->text, brought->size, OCPP_SETTLE_TYP_BILL, &ocpp_settle_bill_page_type, &said)) {
        return;
    }
    const struct ocpp_settle_bill_page *bill = said.message;
    struct row_relay_pile *pile = relay_pile_edit(command, said.key->pile);
    if (!pile) {
        return;
    }
    if (!is_bill(bill, &said)) {
        relay_junk(command, pile->pile, OCPP_SETTLE_TYP_BILL, "no bill of this pile");
        return;
    }
    const struct row_relay_page *known = find_page(command, bill->iss, bill->page);
    const char *fork = fork_of(command, bill, said.hash);
    const bool is_aside = known && known->state == ROW_RELAY_PAGE_STATE_QUARANTINED;
    tell_name(command, bill->iss, bill->page);
    if (fork) {
        set_aside(command, bill, &said);
        pile = relay_pile_edit(command, said.key->pile);
        if (pile) {
            relay_quarantine(command, pile, fork);
        }
    } else if (known && !(is_aside && pile->state == ROW_RELAY_PILE_STATE_ENROLLED)) {
        return; /* D5. The answer stands in its row */
    } else if (pile->state == ROW_RELAY_PILE_STATE_QUARANTINED) {
        set_aside(command, bill, &said);
    } else {
        take_page(command, bill, &said, brought);
    }
}

enum ocpp_status ocpp_settle_relay_page(struct ocpp_settle *settle, const char *text, size_t size,
                                        const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct page_args args = { .text = text, .size = size };

    return text ? relay_run(settle, "relay page", page_body, &args, done, now) : OCPP_ERR_ARGUMENT;
}

/* --- a person decides ------------------------------------------------------------------------------------------------------ */

struct resolve_args {
    const char *pile;
    int64_t page;
    const char *reason;
};

/* The page that waits; NULL: refused. */
static struct row_relay_page *waiting_page(struct command *command, const struct resolve_args *resolve)
{
    struct row_relay_page *page =
        command_edit(command, relay_page_key(command, "relaypage", resolve->pile, resolve->page), &row_relay_page_type);

    if (command_failed(command)) {
        return NULL;
    }
    if (!page) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "there is no such page");
        return NULL;
    }
    if (page->state != ROW_RELAY_PAGE_STATE_SUSPENSE) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "it waits for nobody");
        return NULL;
    }
    return page;
}

static void leave_suspense(struct command *command, struct row_relay_page *page, enum row_relay_page_state state,
                           const char *reason)
{
    page->state = state;
    page->reason = reason;
    put_page(command, page);
    command_remove(command, relay_page_key(command, "relaywait", page->pile, page->page));
    command_state(command, "relaypage", page->session, "Suspense", ocpp_enum_name(&row_relay_page_state_enum, (int)state),
                  reason);
    tell_name(command, page->pile, page->page);
}

/* Settled by other means: what its key, its readings or its authorisation said against it does not matter any more. */
static void resolve_body(struct command *command, void *args)
{
    const struct resolve_args *resolve = args;
    struct row_relay_page *page = waiting_page(command, resolve);

    if (page) {
        leave_suspense(command, page, ROW_RELAY_PAGE_STATE_RESOLVED, resolve->reason);
    }
}

/* D12. Somebody stands by it: it counts as if its key had never been revoked. What cannot be settled all the same goes on
 * waiting. */
static void accept_body(struct command *command, void *args)
{
    const struct resolve_args *resolve = args;
    struct row_relay_page *page = waiting_page(command, resolve);
    const struct ocpp_json_limits limits = { .max_bytes = page ? strlen(page->payload) + 1 : 1 };
    const void *bill = NULL;

    if (!page) {
        return;
    }
    if (ocpp_message_decode(&ocpp_settle_bill_page_type, page->payload, strlen(page->payload), &limits, NULL,
                            command_arena(command), &bill, NULL) != OCPP_OK) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "the page cannot be read");
        return;
    }
    const char *against = try_to_settle(command, bill, page);
    if (against && !command_failed(command)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, against);
    }
    if (!command_failed(command)) {
        leave_suspense(command, page, ROW_RELAY_PAGE_STATE_ACCEPTED, resolve->reason);
    }
}

static enum ocpp_status decide(struct ocpp_settle *settle, const char *name, command_body *body, struct resolve_args *args,
                               const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (!args->pile || !args->pile[0] || strlen(args->pile) > 48 || args->page < 1 || !args->reason || !args->reason[0] ||
        strlen(args->reason) > 80) {
        return OCPP_ERR_ARGUMENT;
    }
    return relay_run(settle, name, body, args, done, now);
}

enum ocpp_status ocpp_settle_relay_resolve(struct ocpp_settle *settle, const char *pile, int64_t page, const char *reason,
                                           const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct resolve_args args = { pile, page, reason };

    return decide(settle, "relay resolve", resolve_body, &args, done, now);
}

enum ocpp_status ocpp_settle_relay_accept(struct ocpp_settle *settle, const char *pile, int64_t page, const char *reason,
                                          const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct resolve_args args = { pile, page, reason };

    return decide(settle, "relay accept", accept_body, &args, done, now);
}
