/* api_curve.c: how power and energy of a transaction went. */
#include "curves.h"
#include "http.h"

static cJSON *point_json(const struct curve_point *point)
{
    cJSON *json = cJSON_CreateObject();

    json_add_time(json, "time", point->utc_ms);
    if (point->has & CURVE_HAS_ENERGY) {
        json_add_integer(json, "registerWh", point->register_wh);
    }
    if (point->has & CURVE_HAS_POWER) {
        json_add_integer(json, "powerW", point->power_w);
    }
    if (point->has & CURVE_HAS_SOC) {
        json_add_integer(json, "soc", point->soc);
    }
    return json;
}

void api_curve(struct request *request)
{
    const struct known_station *station = request_station(request);
    char id[QUERY_VALUE_SIZE];
    struct curve curve = { .count = 0 };
    cJSON *answer, *points;

    if (!station) {
        return;
    }
    if (!query_value(request, "transaction", id)) {
        answer_problem(request->exchange, 400, NULL, "the query has to name a transaction");
        return;
    }
    (void)curves_copy(request->app->curves, station->identity, id, &curve);
    answer = cJSON_CreateObject();
    points = cJSON_AddArrayToObject(answer, "points");
    for (size_t i = 0; i < curve.count; i++) {
        cJSON_AddItemToArray(points, point_json(&curve.points[i]));
    }
    cJSON_AddBoolToObject(answer, "thinned", curve.thinned);
    answer_json(request->exchange, 200, answer);
}
