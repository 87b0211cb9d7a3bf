/* customer.c: the block of customer information: one request at a time, its answer page by page (OCPP 2.0.1 N09, N10).
 *
 * What is told is gathered when it is asked for, and before it is cleared. It stays in memory until the last page was answered,
 * also when the link is lost meanwhile: what was cleared can be told only once. A restart forgets it. */
#include "customer_information.h"

#include <string.h>

#include "arena.h"
#include "text.h"

enum { MOST_ATTEMPTS = 3 };

static const char was_cleared[] = "The customer information was cleared.";
static const char more_left_out[] = "More was left out.\n";

struct customer_information *ocpp_cp_customer_information(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_CUSTOMER);
}

/* --- the block -------------------------------------------------------------------------------------------------------------- */

static size_t size_of(const struct ocpp_charge_point_settings *settings)
{
    return settings->customer == NULL ? 0 : sizeof(struct customer_information);
}

static const char *wrong_setting(const struct ocpp_charge_point_settings *all, const struct ocpp_hardware *hardware)
{
    (void)hardware;
    const struct ocpp_customer_settings *settings = all->customer;
    const bool is_right = settings == NULL || settings->max_bytes == 0 ||
                          (settings->max_bytes >= LEAST_CUSTOMER_BYTES && settings->max_bytes <= MOST_CUSTOMER_BYTES);
    return is_right ? NULL : "customer: max_bytes";
}

static bool start(struct ocpp_charge_point *cp)
{
    struct customer_information *all = ocpp_cp_customer_information(cp);
    all->settings = cp->settings.customer;
    all->found.room = all->settings->max_bytes == 0 ? USUAL_CUSTOMER_BYTES : all->settings->max_bytes;
    all->found.text = ocpp_reallocate(cp->settings.allocator, NULL, all->found.room + sizeof(more_left_out));
    return all->found.text != NULL;
}

static void wipe(struct customer_information *all)
{
    memset(all->found.text, 0, all->found.room + sizeof(more_left_out));
    all->found.size = 0;
    all->found.is_cut = false;
}

static void free_all(struct ocpp_charge_point *cp)
{
    struct customer_information *all = ocpp_cp_customer_information(cp);
    if (all->found.text != NULL) {
        wipe(all);
    }
    ocpp_reallocate(cp->settings.allocator, all->found.text, 0);
}

/* --- asked ------------------------------------------------------------------------------------------------------------------ */

static void gather_of_firmware(struct ocpp_charge_point *cp, const struct ocpp_customer *customer)
{
    struct customer_information *all = ocpp_cp_customer_information(cp);
    struct gathered *found = &all->found;
    const size_t left = found->room - found->size - 1;
    if (all->settings->report == NULL || left == 0) {
        return;
    }
    const size_t size = all->settings->report(customer, found->text + found->size, left, all->settings->user);
    if (size > left || !ocpp_text_valid(found->text + found->size, size)) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "what the firmware tells of a customer is no text, and left out");
        found->is_cut = true;
        return;
    }
    found->size += size;
}

static void token_of(const struct ocpp_customer *customer, struct token *token)
{
    ocpp_cp_token_set(token, customer->token->id, customer->token->type);
}

static void gather(struct ocpp_charge_point *cp, const struct ocpp_customer *customer)
{
    struct customer_information *all = ocpp_cp_customer_information(cp);
    if (customer->kind == OCPP_CUSTOMER_TOKEN) {
        struct token token;
        token_of(customer, &token);
        ocpp_cp_customer_gather(cp, &token, &all->found);
    }
    gather_of_firmware(cp, customer);
    if (all->found.is_cut) { /* there is room for it beyond */
        memcpy(all->found.text + all->found.size, more_left_out, sizeof(more_left_out) - 1);
        all->found.size += sizeof(more_left_out) - 1;
    }
}

static bool clear(struct ocpp_charge_point *cp, const struct ocpp_customer *customer)
{
    const struct customer_information *all = ocpp_cp_customer_information(cp);
    if (all->settings->clear != NULL && !all->settings->clear(customer, all->settings->user)) {
        return false;
    }
    if (customer->kind != OCPP_CUSTOMER_TOKEN) {
        return true;
    }
    struct token token;
    token_of(customer, &token);
    return ocpp_cp_customer_forget(cp, &token) == OCPP_OK;
}

static bool charges(const struct ocpp_charge_point *cp, const struct ocpp_customer *customer)
{
    struct token token;
    if (customer->kind != OCPP_CUSTOMER_TOKEN) {
        return false;
    }
    token_of(customer, &token);
    return ocpp_cp_customer_is_here(cp, &token);
}

/* N09.FR.02, FR.03, FR.07; N10.FR.01, FR.05, FR.07. */
static enum customer_verdict judge(const struct ocpp_charge_point *cp, const struct customer_request *request)
{
    const struct customer_information *all = ocpp_cp_customer_information(cp);
    if (!request->report && !request->clear) {
        return CUSTOMER_NOTHING_ASKED;
    }
    if (all->is_open || ocpp_cp_utc(cp, cp->now) == OCPP_UTC_UNKNOWN) { /* a page has to be dated */
        return CUSTOMER_BUSY;
    }
    return request->clear && charges(cp, &request->customer) ? CUSTOMER_CHARGES : CUSTOMER_ACCEPTED;
}

enum customer_verdict ocpp_cp_customer_ask(struct ocpp_charge_point *cp, const struct customer_request *request)
{
    struct customer_information *all = ocpp_cp_customer_information(cp);
    const enum customer_verdict verdict = judge(cp, request);
    if (verdict != CUSTOMER_ACCEPTED) {
        return verdict;
    }
    wipe(all);
    if (request->report) {
        gather(cp, &request->customer);
    }
    if (request->clear && !clear(cp, &request->customer)) {
        wipe(all);
        return CUSTOMER_NOT_CLEARED;
    }
    if (!request->report) { /* N10.FR.06 */
        memcpy(all->found.text, was_cleared, sizeof(was_cleared));
        all->found.size = sizeof(was_cleared) - 1;
    }
    all->is_open = true;
    all->is_on_its_way = false;
    all->request_id = request->id;
    all->link = cp->link;
    all->seq_no = 0;
    all->told = 0;
    all->attempts = 0;
    all->retry_mono_ms = cp->now.mono_ms;
    cp->dirty = true;
    return CUSTOMER_ACCEPTED;
}

/* --- told ------------------------------------------------------------------------------------------------------------------- */

/* Where the page that begins at |from| ends: after as many characters as a message takes, behind a line if there is one. */
static size_t end_of_page(const struct gathered *found, size_t from)
{
    size_t at = from;
    size_t line = from;
    for (size_t characters = 0; at < found->size && characters < CUSTOMER_PAGE_CHARACTERS; characters++) {
        do {
            at++;
        } while (at < found->size && ((uint8_t)found->text[at] & 0xc0) == 0x80);
        line = found->text[at - 1] == '\n' ? at : line;
    }
    return at == found->size || line == from ? at : line;
}

/* What was asked for on this link is told while we wait to be accepted (B02.FR.02), the rest when we are. */
static bool may_leave(const struct ocpp_charge_point *cp, const struct customer_information *all)
{
    const bool is_early = cp->registration == OCPP_REGISTRATION_PENDING && all->link == cp->link;
    return all->is_open && (is_early || ocpp_cp_may_send(cp));
}

static bool send(struct ocpp_charge_point *cp, bool is_early)
{
    struct customer_information *all = ocpp_cp_customer_information(cp);
    const struct customer_words *words = ocpp_cp_words(cp, BLOCK_CUSTOMER);
    char page[CUSTOMER_PAGE_CHARACTERS * 4 + 1];
    (void)is_early;
    if (!may_leave(cp, all) || words == NULL || cp->now.mono_ms < all->retry_mono_ms) {
        return false;
    }
    all->page_end = end_of_page(&all->found, all->told);
    memcpy(page, all->found.text + all->told, all->page_end - all->told);
    page[all->page_end - all->told] = '\0';
    if (words->send_page(cp, page, all->page_end == all->found.size) != OCPP_OK) {
        all->retry_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
        return false;
    }
    all->is_on_its_way = true;
    return true;
}

static void close_it(struct customer_information *all)
{
    all->is_open = all->is_on_its_way = false;
    wipe(all);
}

void ocpp_cp_customer_answered(struct ocpp_charge_point *cp)
{
    struct customer_information *all = ocpp_cp_customer_information(cp);
    all->is_on_its_way = false;
    all->told = all->page_end;
    all->seq_no++;
    all->attempts = 0;
    if (all->told == all->found.size) {
        close_it(all);
    }
    ocpp_cp_flight_over(cp);
}

static int64_t send_deadline(const struct ocpp_charge_point *cp)
{
    const struct customer_information *all = ocpp_cp_customer_information(cp);
    return may_leave(cp, all) && ocpp_cp_words(cp, BLOCK_CUSTOMER) != NULL ? all->retry_mono_ms : OCPP_NEVER;
}

static void failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    struct customer_information *all = ocpp_cp_customer_information(cp);
    all->is_on_its_way = false;
    all->retry_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
    if (status != OCPP_ERR_CLOSED && ++all->attempts == MOST_ATTEMPTS) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "customer information %ld ends before its end: a page was not taken",
                    (long)all->request_id);
        close_it(all);
    }
}

/* The next link goes on with the page that was not answered. */
static void link_down(struct ocpp_charge_point *cp)
{
    ocpp_cp_customer_information(cp)->is_on_its_way = false;
}

/* What one central system asked for is no business of another. */
static void switched(struct ocpp_charge_point *cp)
{
    close_it(ocpp_cp_customer_information(cp));
}

const struct block ocpp_cp_customer_block = {
    .size = size_of,
    .wrong_setting = wrong_setting,
    .start = start,
    .free = free_all,
    .send = send,
    .send_deadline = send_deadline,
    .failed = failed,
    .switched = switched,
    .link_down = link_down,
};
