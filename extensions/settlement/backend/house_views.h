/* house_views.h: what is shown of houses, and to whom. */
#ifndef SETTLEMENT_HOUSE_VIEWS_H
#define SETTLEMENT_HOUSE_VIEWS_H

#include "house.h"

/* house_view: something the caller wants to see, where it has one of the rights |any_of|. */
struct house_view {
    const struct ocpp_settle_house_caller *caller;
    uint32_t any_of;
    void (*show)(struct command *command, struct house_view *view); /* sets is_known to false where there is no such thing */
    union {
        bool (*house)(const struct ocpp_settle_house *house, void *user);
        bool (*pile)(const struct ocpp_settle_house_pile *pile, void *user);
        bool (*tenant)(const struct ocpp_settle_tenant *tenant, void *user);
        bool (*card)(const struct ocpp_settle_card *card, void *user);
        bool (*phone)(const struct ocpp_settle_phone *phone, void *user);
        bool (*price)(const struct ocpp_settle_price_version *price, void *user);
        bool (*statement)(const struct ocpp_settle_statement *statement, void *user);
        bool (*session)(const struct ocpp_settle_session *session, void *user);
    } visit;
    void *user;
    const char *subject; /* a tenant or a statement; NULL: all */
    int64_t from;
    struct house_scope *scope; /* while it is shown */
    bool is_known;
    bool is_done;
};

/* house_see: one look. OCPP_ERR_NOT_FOUND: there is nothing, or not for this caller. */
enum ocpp_status house_see(struct ocpp_settle *settle, struct house_view *view, struct ocpp_now now);

bool house_may_see_tenant(const struct house_scope *scope, const char *tenant);

/* house_person_name: NULL: erased. |contact| may be NULL. */
const char *house_person_name(struct command *command, const char *id, const char **contact);

#endif
