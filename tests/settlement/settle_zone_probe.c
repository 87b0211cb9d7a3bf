/* settle_zone_probe [FOLDER]: for each line "ZONE FROM_S TO_S" of stdin the offset at the start and the changes until the end, as
 * "SECOND OFFSET" pairs on a line; or "error CODE". */
#include <ocpp/settlement/adapters.h>

#include <inttypes.h>
#include <stdio.h>

static void answer(const char *folder, const struct ocpp_settle_zone_span *span, struct ocpp_arena *arena)
{
    struct ocpp_settle_zone_transitions found;
    const enum ocpp_status status = ocpp_settle_zone_read(folder, span, arena, &found);

    if (status != OCPP_OK) {
        printf("error %s\n", ocpp_status_name(status));
        return;
    }
    for (size_t i = 0; i < found.count; i++) {
        printf("%" PRId64 " %" PRId64 "%c", found.items[i].from / 1000, found.items[i].offset_s,
               i + 1 < found.count ? ' ' : '\n');
    }
}

int main(int argc, char **argv)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    char zone[80];
    int64_t from = 0;
    int64_t to = 0;

    while (scanf("%79s %" SCNd64 " %" SCNd64, zone, &from, &to) == 3) {
        const struct ocpp_settle_zone_span span = { zone, from * 1000, to * 1000 };

        ocpp_arena_reset(arena);
        answer(argc > 1 ? argv[1] : NULL, &span, arena);
    }
    ocpp_arena_free(arena);
    return 0;
}
