/* settlement_news.c: what happens at a pile is news to who lives where it stands. Whose pile it is, and whose charging, is looked
 * up when somebody waits to hear of it. */
#include "news.h"
#include "settlement_inside.h"

#include <ocpp/settlement/houses.h>

static void tell(struct settlement *settlement, struct news_outlet *outlet)
{
    struct ocpp_settle_house_place place = { .house = "" };

    if (news_is_read(settlement->news, NEWS_OF_HOUSE) &&
        ocpp_settle_house_at(settlement->handle, outlet->station, outlet->transaction ? outlet->transaction->id : NULL, &place,
                             settlement_now(settlement->app)) != OCPP_OK) {
        place = (struct ocpp_settle_house_place){ .house = "" };
    }
    outlet->house = place.house;
    outlet->tenant = place.tenant;
    news_tell_outlet(settlement->news, outlet);
}

void settlement_news_at(struct settlement *settlement, const char *station)
{
    tell(settlement, &(struct news_outlet){ .station = station });
}

void settlement_news_of(struct settlement *settlement, const struct ocpp_transaction_event *event)
{
    tell(settlement, &(struct news_outlet){ .station = event->transaction->identity,
                                            .transaction = event->transaction,
                                            .is_progress = event->phase == OCPP_TRANSACTION_UPDATED });
}
