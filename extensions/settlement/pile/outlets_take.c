/* outlets_take.c: what a phone brings. Nothing in it is believed for who brings it: each part is verified for itself, and a
 * parcel with one part that nobody signed who may is refused whole. */
#include "outlets_internal.h"

#include <ocpp/settlement/jwe.h>

#include <string.h>

static struct ocpp_settle_jws_verifier verifier_of(struct ocpp_settle_outlets *outlets, const char *typ)
{
    return (struct ocpp_settle_jws_verifier){
        .keys = &outlets->settings.keys, .typ = typ, .find = ocpp_settle_trust_find, .user = &outlets->trust
    };
}

static enum ocpp_status verify(struct ocpp_settle_outlets *outlets, const char *typ, const char *token,
                               const struct ocpp_type *type, const void **message)
{
    const struct ocpp_settle_jws_verifier verifier = verifier_of(outlets, typ);
    const enum ocpp_status status =
        ocpp_settle_jws_verify_message(&verifier, token, strlen(token), type, outlets->scratch, message, NULL, NULL);

    return status == OCPP_ERR_NOT_FOUND ? OCPP_ERR_SECURITY : status;
}

/* --- acknowledgements ---------------------------------------------------------------------------------------------- */

static struct kept_page *find_page(struct ocpp_settle_outlets *outlets, int64_t number)
{
    for (size_t i = 0; i < outlets->page_count; i++) {
        if (outlets->pages[i].number == number) {
            return &outlets->pages[i];
        }
    }
    return NULL;
}

/* D16. A page goes when the server has said, signed, that it has this very page. */
static void acknowledge(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_acknowledgement *said,
                        struct ocpp_settle_outlets_taken *taken)
{
    struct kept_page *page = strcmp(said->aud, outlets->settings.pile) == 0 ? find_page(outlets, said->page) : NULL;

    if (page == NULL || page->is_leaving || said->result == OCPP_SETTLE_PAGE_RESULT_QUARANTINED) {
        return;
    }
    if (strcmp(page->hash, said->hash) != 0) {
        outlets_tell(outlets, OCPP_SETTLE_OUTLETS_SECURITY, 0, NULL, said->page,
                     "another page was acknowledged under this number");
        return;
    }
    page->is_leaving = true;
    taken->acknowledged++;
}

/* --- whose vehicle ------------------------------------------------------------------------------------------------- */

static const char *find_own(const char *kid, const char *typ, void *user)
{
    const struct ocpp_settle_outlets *outlets = user;

    (void)typ;
    return strcmp(kid, outlets->kid) == 0 ? outlets->settings.key_name : NULL;
}

/* D14. What only this pile can read: NULL where any vehicle may charge. */
static enum ocpp_status open_vehicle(struct ocpp_settle_outlets *outlets, const char *token, const char **vehicle)
{
    const struct ocpp_settle_jwe_opener opener = {
        .keys = &outlets->settings.keys, .typ = OCPP_SETTLE_TYP_AUTHORISATION, .find = find_own, .user = outlets
    };
    struct ocpp_settle_jwe opened;
    const void *read;

    *vehicle = NULL;
    if (token == NULL) {
        return OCPP_OK;
    }
    enum ocpp_status status = ocpp_settle_jwe_open(&opener, token, strlen(token), outlets->scratch, &opened);
    if (status == OCPP_OK) {
        status = ocpp_message_decode(&ocpp_settle_secret_vehicle_type, opened.payload, opened.size, NULL, NULL, outlets->scratch,
                                     &read, NULL);
    }
    if (status == OCPP_OK) {
        *vehicle = ((const struct ocpp_settle_secret_vehicle *)read)->vehicle;
    }
    return status == OCPP_ERR_NOT_FOUND ? OCPP_ERR_SECURITY : status;
}

/* --- a parcel -------------------------------------------------------------------------------------------------------- */

struct parcel {
    const struct ocpp_settle_pile_parcel *said;
    const struct ocpp_settle_authorisation *authorisation;
    const struct ocpp_settle_acknowledgement *const *acknowledgements;
    const char *vehicle;
    const struct ocpp_settle_house_list *list;
};

static enum ocpp_status verify_acknowledgements(struct ocpp_settle_outlets *outlets, struct parcel *parcel)
{
    const size_t count = parcel->said->acknowledgements.count;
    const void **list = ocpp_arena_take(outlets->scratch, (count + 1) * sizeof(*list));
    enum ocpp_status status = list == NULL ? OCPP_ERR_NOMEM : OCPP_OK;

    for (size_t i = 0; status == OCPP_OK && i < count; i++) {
        status = verify(outlets, OCPP_SETTLE_TYP_ACKNOWLEDGEMENT, parcel->said->acknowledgements.items[i],
                        &ocpp_settle_acknowledgement_type, &list[i]);
    }
    parcel->acknowledgements = (const struct ocpp_settle_acknowledgement *const *)list;
    return status;
}

/* Trust first: the rest may be signed by a key it brings. */
static enum ocpp_status verify_all(struct ocpp_settle_outlets *outlets, struct parcel *parcel)
{
    bool changed = false;
    const void *read = NULL;
    enum ocpp_status status =
        ocpp_settle_trust_take(&outlets->trust, &outlets->settings.keys, &parcel->said->trust, outlets->scratch, &changed);

    outlets->trust_dirty |= changed;
    if (status == OCPP_OK && parcel->said->authorisation != NULL) {
        status =
            verify(outlets, OCPP_SETTLE_TYP_AUTHORISATION, parcel->said->authorisation, &ocpp_settle_authorisation_type, &read);
        parcel->authorisation = read;
    }
    if (status == OCPP_OK && parcel->authorisation != NULL) {
        status = open_vehicle(outlets, parcel->authorisation->vehicle, &parcel->vehicle);
    }
    if (status == OCPP_OK && parcel->said->house != NULL) {
        status = outlets_open_list(outlets, parcel->said->house, &parcel->list);
    }
    return status == OCPP_OK ? verify_acknowledgements(outlets, parcel) : status;
}

static enum ocpp_status take(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_pile_parcel *said,
                             struct ocpp_settle_outlets_taken *taken)
{
    struct parcel parcel = { .said = said };
    enum ocpp_status status = verify_all(outlets, &parcel);

    if (status == OCPP_OK && parcel.list != NULL) {
        status = outlets_take_list(outlets, parcel.list);
    }
    if (status != OCPP_OK) {
        if (ocpp_status_class_of(status) != OCPP_CLASS_RESOURCE) {
            outlets_tell(outlets, OCPP_SETTLE_OUTLETS_SECURITY, 0, NULL, 0, "something that nobody signed who may");
        }
        return status;
    }
    for (size_t i = 0; i < said->acknowledgements.count; i++) {
        acknowledge(outlets, parcel.acknowledgements[i], taken);
    }
    if (parcel.authorisation != NULL) {
        outlets_try(outlets, parcel.authorisation, parcel.vehicle, taken);
    }
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_outlets_take(struct ocpp_settle_outlets *outlets, const char *json, size_t size, struct ocpp_now now,
                                          struct ocpp_settle_outlets_taken *taken)
{
    const struct ocpp_json_limits limits = { .max_bytes = outlets->settings.arena_bytes / 2 };
    const void *read;

    *taken = (struct ocpp_settle_outlets_taken){ .reason = "", .session = "" };
    if (outlets->trust.root_kid[0] == '\0') {
        return OCPP_ERR_STATE;
    }
    outlets_enter(outlets, now);
    enum ocpp_status status =
        ocpp_message_decode(&ocpp_settle_pile_parcel_type, json, size, &limits, NULL, outlets->scratch, &read, NULL);
    if (status == OCPP_OK) {
        status = take(outlets, read, taken);
    }
    outlets_leave(outlets);
    return status;
}
