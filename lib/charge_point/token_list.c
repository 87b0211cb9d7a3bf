/* token_list.c: the local authorization list, entry by entry in the store, looked up there by key.
 *
 * An update is one write with the record of the list in it, so a power cut leaves the old list or the new one, and the version
 * tells which. Nobody else changes the list (D01.FR.09). Only the number and the version of its entries are in memory; an update
 * takes memory in proportion to the message that brought it. OCPP 1.6 3.5.2, 5.10, 5.15; OCPP 2.0.1 D01, D02. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

/* clang-format off */
static const struct ocpp_field list_rows[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct token_list, version),
    OCPP_FIELD_ROW(2, OCPP_FIELD_INTEGER, struct token_list, count),
    OCPP_FIELD_ROW(3, OCPP_FIELD_BOOLEAN, struct token_list, typed),
};
static const struct ocpp_layout list_layout = { 40, sizeof(struct token_list), list_rows, 3 };

static const struct ocpp_field entry_rows[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct token_info, authorization),
    OCPP_FIELD_ROW(2, OCPP_FIELD_BOOLEAN, struct token_info, expires),
    OCPP_FIELD_ROW(3, OCPP_FIELD_INTEGER, struct token_info, expires_utc_ms),
    OCPP_FIELD_ROW(4, OCPP_FIELD_TEXT, struct token_info, group),
    OCPP_FIELD_ROW(5, OCPP_FIELD_INTEGER, struct token_info, evses),
    OCPP_FIELD_ROW(6, OCPP_FIELD_BOOLEAN, struct token_info, elsewhere),
    OCPP_FIELD_ROW(7, OCPP_FIELD_TEXT, struct token_info, language),
    OCPP_FIELD_ROW(8, OCPP_FIELD_TEXT, struct token_info, language2),
};
static const struct ocpp_layout entry_layout = { 41, sizeof(struct token_info), entry_rows, 8 };
/* clang-format on */

static const char list_key[] = "list";
static const char entry_prefix[] = "list/";

/* --- tokens as keys ------------------------------------------------------------------------------------------------------- */

bool ocpp_token_folded(const struct token *token, char *to, size_t room)
{
    const size_t size = strlen(token->id);
    if (size == 0 || size >= room) {
        return false;
    }
    for (size_t i = 0; i <= size; i++) {
        to[i] = ocpp_text_fold(token->id[i]);
    }
    return true;
}

/* False: a text that long (more than 36 characters, or most of them outside of every common script) has no key. */
static bool entry_key(const struct token *token, int type, char key[OCPP_KEY_SIZE])
{
    const int size = snprintf(key, OCPP_KEY_SIZE, "%s%02x", entry_prefix, (unsigned)type & 0xff);
    return ocpp_token_folded(token, key + size, (size_t)(OCPP_KEY_SIZE - size));
}

static bool update_key(const struct list_update *update, const struct token *token, char key[OCPP_KEY_SIZE])
{
    return entry_key(token, update->typed ? (int)token->type : OCPP_TOKEN_UNKNOWN, key);
}

/* --- looking up ------------------------------------------------------------------------------------------------------------- */

bool ocpp_cp_list_is_enabled(const struct ocpp_charge_point *cp)
{
    return cp->settings.local_list_length > 0 && cp->values[VARIABLE_LIST_ENABLED] != 0;
}

/* An entry that cannot be read is one that is not good: what it forbade must not become allowed. */
static bool find_as(const struct ocpp_charge_point *cp, const struct token *token, int type, struct token_info *info)
{
    char key[OCPP_KEY_SIZE];
    if (!entry_key(token, type, key)) {
        return false;
    }
    const enum ocpp_status status = ocpp_cp_peek(cp, key, &entry_layout, info);
    if (status == OCPP_ERR_NOT_FOUND) {
        return false;
    }
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "an entry of the local list cannot be read: %s", ocpp_status_sentence(status));
        memset(info, 0, sizeof(*info));
        info->authorization = OCPP_AUTHORIZATION_INVALID;
    }
    return true;
}

bool ocpp_cp_list_look(const struct ocpp_charge_point *cp, const struct token *token, struct token_info *info)
{
    if (cp->list.count == 0) {
        return false;
    }
    if (!cp->list.typed || token->type != OCPP_TOKEN_UNKNOWN) {
        return find_as(cp, token, cp->list.typed ? (int)token->type : OCPP_TOKEN_UNKNOWN, info);
    }
    for (int type = OCPP_TOKEN_UNKNOWN; type <= OCPP_TOKEN_VIN; type++) {
        if (find_as(cp, token, type, info)) {
            return true;
        }
    }
    return false;
}

bool ocpp_cp_list_find(const struct ocpp_charge_point *cp, const struct token *token, struct token_info *info)
{
    return ocpp_cp_list_is_enabled(cp) && ocpp_cp_list_look(cp, token, info);
}

/* --- updating ----------------------------------------------------------------------------------------------------------------
 */

/* An update on its way into one write. All of it is in an arena of its own, given back afterwards: a board has better use for it.
 */
struct composed {
    struct ocpp_arena *arena;
    struct ocpp_change *changes;
    size_t count;
    const char **seen; /* keys by their hash: open addressing */
    size_t seen_room;
    bool is_whole;   /* nothing stays of what the store has */
    int64_t entries; /* of the list afterwards */
};

static bool note_key(struct composed *composed, const char *key)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (const char *c = key; *c != '\0'; c++) {
        hash = (hash ^ (uint8_t)*c) * 16777619u;
    }
    size_t at = hash & (composed->seen_room - 1);
    while (composed->seen[at] != NULL) {
        if (strcmp(composed->seen[at], key) == 0) {
            return false;
        }
        at = (at + 1) & (composed->seen_room - 1);
    }
    composed->seen[at] = key;
    return true;
}

/* Where there is no list, whatever entries the store has belong to nobody: the record of their list was lost. */
static enum ocpp_status begin(struct ocpp_charge_point *cp, const struct list_update *update, struct composed *composed)
{
    composed->seen_room = 4;
    while (composed->seen_room < 2 * update->count) {
        composed->seen_room *= 2;
    }
    composed->changes = ocpp_arena_take(composed->arena, (update->count + 2) * sizeof(*composed->changes));
    composed->seen = ocpp_arena_take(composed->arena, composed->seen_room * sizeof(*composed->seen));
    if (composed->changes == NULL || composed->seen == NULL) {
        return OCPP_ERR_NOMEM;
    }
    composed->is_whole = update->full || cp->list.version == 0;
    composed->entries = composed->is_whole ? 0 : cp->list.count;
    if (composed->is_whole) {
        composed->changes[composed->count++] = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE_PREFIX, .key = entry_prefix };
    }
    return OCPP_OK;
}

/* |info| as a record; NULL: the entry is to go. */
static enum ocpp_status add(struct ocpp_charge_point *cp, const char *key, const struct token_info *info,
                            struct composed *composed)
{
    struct ocpp_change *change = &composed->changes[composed->count++];
    *change = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE, .key = key };
    if (info == NULL) {
        return OCPP_OK;
    }
    const enum ocpp_status status = ocpp_record_write(&entry_layout, info, cp->bytes, sizeof(cp->bytes), &change->size);
    if (status != OCPP_OK) {
        return status;
    }
    change->kind = OCPP_CHANGE_PUT;
    change->value = ocpp_arena_text(composed->arena, (const char *)cp->bytes, change->size);
    return change->value == NULL ? OCPP_ERR_NOMEM : OCPP_OK;
}

static bool note_found(const char *key, const void *value, size_t size, void *user)
{
    (void)key;
    (void)value;
    (void)size;
    *(bool *)user = true;
    return false;
}

static enum ocpp_status exists(const struct ocpp_charge_point *cp, const char *key, bool *found)
{
    *found = false;
    const enum ocpp_status status = cp->storage->read(key, note_found, found, cp->storage->user);
    return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
}

/* One item of the update. Errors: OCPP_ERR_VALUE the same token twice (D01.FR.06), none at all, or nothing to put into a full
 * list (1.6 7.1). */
static enum ocpp_status add_item(struct ocpp_charge_point *cp, const struct list_update *update, size_t i,
                                 struct composed *composed)
{
    struct token token;
    struct token_info info;
    char key[OCPP_KEY_SIZE];
    memset(&info, 0, sizeof(info));
    const bool is_put = update->item(update->items, i, &token, &info);
    if ((!is_put && update->full) || !update_key(update, &token, key)) {
        return OCPP_ERR_VALUE;
    }
    const char *kept = ocpp_arena_text(composed->arena, key, strlen(key));
    if (kept == NULL) {
        return OCPP_ERR_NOMEM;
    }
    if (!note_key(composed, kept)) {
        return OCPP_ERR_VALUE;
    }
    bool is_there = false;
    const enum ocpp_status status = composed->is_whole ? OCPP_OK : exists(cp, key, &is_there);
    if (status != OCPP_OK) {
        return status;
    }
    composed->entries += (is_put && !is_there ? 1 : 0) - (!is_put && is_there ? 1 : 0);
    return add(cp, kept, is_put ? &info : NULL, composed);
}

static enum ocpp_status compose(struct ocpp_charge_point *cp, const struct list_update *update, struct composed *composed)
{
    enum ocpp_status status = begin(cp, update, composed);
    for (size_t i = 0; i < update->count && status == OCPP_OK; i++) {
        status = add_item(cp, update, i, composed);
    }
    if (status == OCPP_OK && (uint64_t)composed->entries > cp->settings.local_list_length) {
        return OCPP_ERR_LIMIT;
    }
    return status;
}

static void adopt(struct ocpp_charge_point *cp, const struct token_list *list)
{
    cp->list = *list;
    cp->values[VARIABLE_LIST_ENTRIES] = list->count;
    cp->dirty = true;
}

static enum ocpp_status store(struct ocpp_charge_point *cp, const struct list_update *update, struct composed *composed)
{
    const struct token_list list = { update->version, composed->entries,
                                     composed->entries == 0 || composed->is_whole ? update->typed : cp->list.typed };
    struct ocpp_change *change = &composed->changes[composed->count++];
    *change = (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = list_key, .value = cp->bytes };
    enum ocpp_status status = ocpp_record_write(&list_layout, &list, cp->bytes, sizeof(cp->bytes), &change->size);
    if (status == OCPP_OK) {
        status = ocpp_cp_write_now(cp, composed->changes, composed->count);
    }
    if (status == OCPP_OK) {
        adopt(cp, &list);
    }
    return status;
}

/* A differential update of a list that tells its tokens apart in another way (it came in another version of the protocol) fails:
 * the central system sends the whole list then (D01.FR.03; 1.6 5.15). */
enum list_verdict ocpp_cp_list_update(struct ocpp_charge_point *cp, const struct list_update *update)
{
    if (!ocpp_cp_list_is_enabled(cp)) {
        return LIST_NOT_SUPPORTED;
    }
    if (!update->full && update->version <= update->version_now) {
        return LIST_VERSION_MISMATCH; /* D01.FR.19; 1.6 7.47 */
    }
    const bool is_other = !update->full && cp->list.count > 0 && cp->list.typed != update->typed;
    if (update->version < update->version_least || is_other ||
        update->count > (uint64_t)cp->values[VARIABLE_LIST_ITEMS_PER_MESSAGE]) {
        return LIST_FAILED;
    }
    struct composed composed = { .arena = ocpp_arena_new(cp->settings.allocator, 0) };
    enum ocpp_status status = composed.arena == NULL ? OCPP_ERR_NOMEM : compose(cp, update, &composed);
    if (status == OCPP_OK) {
        status = store(cp, update, &composed);
    }
    ocpp_arena_free(composed.arena);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "the local list stays as it was: %s", ocpp_status_sentence(status));
    }
    return status == OCPP_OK ? LIST_ACCEPTED : LIST_FAILED;
}

/* --- the start ---------------------------------------------------------------------------------------------------------------
 */

enum ocpp_status ocpp_cp_list_load(struct ocpp_charge_point *cp)
{
    struct token_list list;
    const enum ocpp_status status = ocpp_cp_read_record(cp, list_key, &list_layout, &list);
    if (status == OCPP_OK) {
        adopt(cp, &list);
    }
    return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
}
