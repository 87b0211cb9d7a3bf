/* replay_diff.c: two trees walked side by side. */
#include "replay_diff.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 256, DEEPEST = 64 };

struct walk {
    char path[PATH_SIZE];
    size_t size;
    int depth;
    const cJSON *recorded; /* where they differ */
    const cJSON *sent;
};

static bool differs(struct walk *walk, const cJSON *recorded, const cJSON *sent);

/* With |name|, or |index| where that is NULL, behind the path; cut where it gets too long. */
static size_t descend(struct walk *walk, const char *name, int index)
{
    const size_t before = walk->size;
    const int size = name ? snprintf(walk->path + before, PATH_SIZE - before, "/%s", name)
                          : snprintf(walk->path + before, PATH_SIZE - before, "/%d", index);

    walk->size = size > 0 && (size_t)size < PATH_SIZE - before ? before + (size_t)size : before;
    return before;
}

static bool member_differs(struct walk *walk, const char *name, int index, const cJSON *recorded, const cJSON *sent)
{
    const size_t before = descend(walk, name, index);
    const bool does = differs(walk, recorded, sent);

    if (!does) {
        walk->size = before;
        walk->path[before] = '\0';
    }
    return does;
}

static bool objects_differ(struct walk *walk, const cJSON *recorded, const cJSON *sent)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, recorded)
    {
        if (member_differs(walk, item->string, 0, item, cJSON_GetObjectItemCaseSensitive(sent, item->string))) {
            return true;
        }
    }
    cJSON_ArrayForEach(item, sent)
    {
        if (!cJSON_GetObjectItemCaseSensitive(recorded, item->string) && member_differs(walk, item->string, 0, NULL, item)) {
            return true;
        }
    }
    return false;
}

static bool arrays_differ(struct walk *walk, const cJSON *recorded, const cJSON *sent)
{
    const cJSON *a = recorded->child;
    const cJSON *b = sent->child;

    for (int i = 0; a || b; i++, a = a ? a->next : NULL, b = b ? b->next : NULL) {
        if (member_differs(walk, NULL, i, a, b)) {
            return true;
        }
    }
    return false;
}

static bool differs(struct walk *walk, const cJSON *recorded, const cJSON *sent)
{
    bool does;

    if (recorded && sent && walk->depth < DEEPEST && cJSON_IsObject(recorded) && cJSON_IsObject(sent)) {
        walk->depth++;
        does = objects_differ(walk, recorded, sent);
        walk->depth--;
        return does;
    }
    if (recorded && sent && walk->depth < DEEPEST && cJSON_IsArray(recorded) && cJSON_IsArray(sent)) {
        walk->depth++;
        does = arrays_differ(walk, recorded, sent);
        walk->depth--;
        return does;
    }
    if (recorded && sent && cJSON_Compare(recorded, sent, true)) {
        return false;
    }
    walk->recorded = recorded;
    walk->sent = sent;
    return true;
}

void replay_diff(const char *recorded, const char *sent, char *place, size_t room)
{
    struct walk walk = { .size = 0 };
    cJSON *a = cJSON_Parse(recorded);
    cJSON *b = cJSON_Parse(sent);

    place[0] = '\0';
    if (a && b && differs(&walk, a, b)) {
        char *was = walk.recorded ? cJSON_PrintUnformatted(walk.recorded) : NULL;
        char *is = walk.sent ? cJSON_PrintUnformatted(walk.sent) : NULL;
        snprintf(place, room, "%s: %s, and now %s", walk.path, was ? was : "nothing", is ? is : "nothing");
        free(was);
        free(is);
    }
    cJSON_Delete(a);
    cJSON_Delete(b);
}
