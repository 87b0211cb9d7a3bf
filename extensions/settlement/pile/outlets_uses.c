/* outlets_uses.c: what an account used, as far as this pile still knows: sessions that are open, and those on pages it keeps. */
#include "outlets_internal.h"

#include <string.h>

enum { USES_TOLD = 20 };

struct finding {
    struct ocpp_settle_outlets *outlets;
    const char *token; /* NULL: of everybody */
    const char *before;
    struct ocpp_arena *arena;
    struct ocpp_settle_link_use_view *list;
    struct ocpp_settle_link_consumption_conf *said;
    enum ocpp_status status;
};

static bool is_his(const struct finding *finding, const struct ocpp_settle_session_user *user)
{
    return user != NULL && (finding->token == NULL || strcmp(user->token.id, finding->token) == 0);
}

/* In order, the latest first; what comes before |before| is passed over. */
static void add(struct finding *finding, const struct ocpp_settle_link_use_view *view)
{
    if (finding->before != NULL) {
        finding->before = strcmp(finding->before, view->session) == 0 ? NULL : finding->before;
        return;
    }
    if (finding->said->sessions.count == USES_TOLD) {
        finding->said->more = true;
        return;
    }
    finding->list[finding->said->sessions.count] = *view;
    finding->list[finding->said->sessions.count].session = ocpp_arena_text(finding->arena, view->session, strlen(view->session));
    if (finding->list[finding->said->sessions.count].session == NULL) {
        finding->status = OCPP_ERR_NOMEM;
        return;
    }
    finding->said->sessions.count++;
}

static void add_open(struct finding *finding)
{
    const struct ocpp_settle_outlets *outlets = finding->outlets;

    for (int i = 0; i < outlets->settings.outlet_count; i++) {
        const struct outlet *outlet = &outlets->outlets[i];
        const struct outlet_session *session = &outlet->session;

        if (outlet->state != OUTLET_FREE && is_his(finding, session->user)) {
            add(finding, &(struct ocpp_settle_link_use_view){ .session = session->id,
                                                              .outlet = i + 1,
                                                              .has_begin = session->begin.has_utc,
                                                              .begin = session->begin.utc,
                                                              .energy_mwh = session->last_mwh - session->start_mwh,
                                                              .open = true });
        }
    }
}

static bool see_page(const char *key, const void *value, size_t size, void *user)
{
    struct finding *finding = user;
    const struct ocpp_json_limits limits = { .max_bytes = size + 1 };
    const char *payload;
    size_t length;
    const void *read;

    (void)key;
    ocpp_arena_reset(finding->outlets->work);
    if (ocpp_settle_jws_peek(value, size, finding->outlets->work, &payload, &length) != OCPP_OK ||
        ocpp_message_decode(&ocpp_settle_bill_page_type, payload, length, &limits, NULL, finding->outlets->work, &read, NULL) !=
            OCPP_OK) {
        return false; /* one that cannot be read is nobody's */
    }
    const struct ocpp_settle_bill_page *page = read;
    if (is_his(finding, page->user)) {
        add(finding, &(struct ocpp_settle_link_use_view){ .session = page->session,
                                                          .outlet = page->outlet,
                                                          .has_begin = page->begin.has_utc,
                                                          .begin = page->begin.utc,
                                                          .energy_mwh = page->meter_end_mwh - page->meter_start_mwh });
    }
    return false;
}

/* The one kept page with the highest number below |below|; 0: none. */
static int64_t page_below(const struct ocpp_settle_outlets *outlets, int64_t below)
{
    int64_t found = 0;

    for (size_t i = 0; i < outlets->page_count; i++) {
        const int64_t number = outlets->pages[i].number;

        found = number < below && number > found ? number : found;
    }
    return found;
}

enum ocpp_status outlets_uses(struct ocpp_settle_outlets *outlets, const char *token, const char *before,
                              struct ocpp_arena *arena, struct ocpp_settle_link_consumption_conf *said)
{
    const struct ocpp_storage *storage = outlets->settings.storage;
    struct finding finding = { .outlets = outlets,
                               .token = token,
                               .before = before,
                               .arena = arena,
                               .list = ocpp_arena_take(arena, USES_TOLD * sizeof(*finding.list)),
                               .said = said };
    char key[OCPP_KEY_SIZE];

    *said = (struct ocpp_settle_link_consumption_conf){ .more = false };
    if (finding.list == NULL) {
        return OCPP_ERR_NOMEM;
    }
    said->sessions.items = finding.list;
    add_open(&finding);
    for (int64_t number = page_below(outlets, outlets->page + 1); number > 0 && !said->more && finding.status == OCPP_OK;
         number = page_below(outlets, number)) {
        outlets_key("page", number, 16, key);
        const enum ocpp_status status = storage->read(key, see_page, &finding, storage->user);
        finding.status = finding.status == OCPP_OK ? status : finding.status;
    }
    return finding.status;
}
