/* fuzz_reports.c: a station tells pages of reports in any order, twice, without end or of nobody's request, and whatever is told
 * of them is held to a plain rule: each report once, whole only when each of its pages is there, in their order.
 *
 * The input is pairs of bytes, what happens and its argument:
 *   what & 7: 0, 1 a page (1: the last one); 2 the same, larger; 3, 4 a report is ordered and accepted (4: refused); 5 time
 * passes; 6 pages are taken by the application from now on, or kept again; 7 the station reconnects argument: which of four
 * requests (2 bits), the number of the page (5 bits)
 */
#include "target.h"

#include <ocpp/adapters.h>
#include <ocpp/central_reports.h>

#include "require.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUESTS = 4, PAGES = 32 };

struct request {
    bool has_ended;       /* was told, and not ordered since */
    bool was_told[PAGES]; /* a page the engine may count */
    bool was_taken;       /* a page went to the application alone */
};

struct world {
    struct ocpp_central *central;
    struct ocpp_station *station;
    struct ocpp_storage *memory;
    struct ocpp_now now;
    struct request requests[REQUESTS];
    bool takes;
    int orders;
};

static struct request *request_of(struct world *world, int64_t id)
{
    ocpp_require(id >= 1 && id <= REQUESTS);
    return &world->requests[id - 1];
}

/* Each page has one variable, whose value is the number of the page. */
static size_t page_number(const struct ocpp_reported_variable *variable)
{
    ocpp_require(variable->attribute_count == 1 && variable->attributes[0].value);
    return (size_t)strtoul(variable->attributes[0].value, NULL, 10);
}

static void on_report(struct ocpp_station *station, const struct ocpp_report *report, void *user)
{
    struct world *world = user;
    struct request *request = request_of(world, report->request_id);

    ocpp_require(station == world->station && !request->has_ended);
    for (size_t i = 0; i < report->variable_count; i++) {
        const size_t number = page_number(&report->variables[i]);
        ocpp_require(number < PAGES && request->was_told[number]);
        ocpp_require(i == 0 || number > page_number(&report->variables[i - 1]));
        ocpp_require(report->status != OCPP_OK || request->was_taken || number == i);
    }
    if (report->status == OCPP_OK) {
        ocpp_require(report->is_last && report->page_count > 0);
        ocpp_require(request->was_taken || report->variable_count == report->page_count);
        for (size_t i = 0; i < report->page_count; i++) {
            ocpp_require(request->was_told[i]);
        }
    }
    *request = (struct request){ .has_ended = true };
}

static bool on_report_page(struct ocpp_station *station, const struct ocpp_report *page, void *user)
{
    struct world *world = user;
    struct request *request = request_of(world, page->request_id);

    ocpp_require(station == world->station && !request->has_ended && page->variable_count == 1);
    ocpp_require((int64_t)page_number(&page->variables[0]) == page->seq_no);
    request->was_taken = request->was_taken || world->takes;
    return world->takes;
}

static const struct ocpp_report_handler report_handler = { .on_report = on_report, .on_report_page = on_report_page };

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    struct world *world = user;

    (void)station;
    (void)result;
    world->orders--;
}

static void fill(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 7, size);
}

static void hear(struct world *world, const char *text)
{
    ocpp_require(ocpp_station_receive(world->station, text, strlen(text), world->now) == OCPP_OK);
}

static void boot(struct world *world)
{
    const struct ocpp_station_options options = { .identity = "P", .version = OCPP_VERSION_2_0_1 };
    size_t size;

    ocpp_require(ocpp_central_connect(world->central, &options, world->now, &world->station) == OCPP_OK);
    hear(world,
         "[2,\"1\",\"BootNotification\",{\"reason\":\"PowerUp\",\"chargingStation\":{\"vendorName\":\"V\",\"model\":\"M\"}}]");
    ocpp_require(ocpp_station_next_output(world->station, &size, world->now) != NULL);
    memset(world->requests, 0, sizeof world->requests);
}

/* Every page is thanked for. */
static void tell_page(struct world *world, int id, int number, bool is_last, int padding)
{
    char text[2400];
    size_t size;

    world->requests[id - 1].was_told[number] = world->requests[id - 1].was_told[number] || !world->requests[id - 1].has_ended;
    snprintf(text, sizeof text,
             "[2,\"p\",\"NotifyReport\",{\"requestId\":%d,\"generatedAt\":\"2026-01-01T00:00:00Z\",\"seqNo\":%d,\"tbc\":%s,"
             "\"reportData\":[{"
             "\"component\":{\"name\":\"C\"},\"variable\":{\"name\":\"V\"},\"variableAttribute\":[{\"value\":\"%d %*s\"}]}]}]",
             id, number, is_last ? "false" : "true", number, padding, "");
    hear(world, text);
    const char *answer = ocpp_station_next_output(world->station, &size, world->now);
    ocpp_require(answer && size == 10 && memcmp(answer, "[3,\"p\",{}]", 10) == 0);
}

static void order(struct world *world, int id, const char *word)
{
    const struct ocpp_command_done done = { on_done, world };
    char answer[160];
    char message[64];
    size_t size;

    const enum ocpp_status status = ocpp_station_get_base_report(world->station, OCPP_REPORT_FULL, id, &done);
    ocpp_require(status == OCPP_OK || status == OCPP_ERR_BUSY || status == OCPP_ERR_LIMIT);
    if (status != OCPP_OK) {
        return;
    }
    world->orders++;
    world->requests[id - 1] = (struct request){ 0 };
    const char *text = ocpp_station_next_output(world->station, &size, world->now);
    ocpp_require(text && sscanf(text, "[2,\"%63[^\"]\"", message) == 1);
    snprintf(answer, sizeof answer, "[3,\"%s\",{\"status\":\"%s\"}]", message, word);
    hear(world, answer);
}

static void pass(struct world *world, int seconds)
{
    world->now.mono_ms += seconds * 1000;
    ocpp_central_advance(world->central, world->now);
}

static void happen(struct world *world, unsigned what, unsigned argument)
{
    const int id = 1 + (int)(argument & 3);
    const int number = (int)((argument >> 2) % PAGES);

    switch (what & 7) {
    case 0:
    case 1:
        tell_page(world, id, number, (what & 1) != 0, 0);
        break;
    case 2:
        tell_page(world, id, number, false, 2000);
        break;
    case 3:
        order(world, id, "Accepted");
        break;
    case 4:
        order(world, id, "Rejected");
        break;
    case 5:
        pass(world, (int)argument);
        break;
    case 6:
        world->takes = !world->takes;
        break;
    default:
        ocpp_station_disconnect(world->station, world->now);
        boot(world);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    struct world world = { .now = { 1000, 1767225600000 } };
    const struct ocpp_central_handler handler = { .reports = &report_handler, .user = &world };

    world.memory = ocpp_memory_storage_new(NULL, 1 << 20);
    ocpp_require(world.memory);
    settings.random = fill;
    settings.max_open_reports = 3;
    settings.max_report_bytes = 24576;
    settings.max_open_report_bytes = 40960;
    world.central = ocpp_central_new(&settings, &handler, world.memory);
    ocpp_require(world.central);
    boot(&world);
    for (size_t i = 0; i + 1 < size; i += 2) {
        happen(&world, data[i], data[i + 1]);
    }
    ocpp_station_disconnect(world.station, world.now);
    ocpp_central_free(world.central);
    ocpp_require(world.orders == 0);
    ocpp_memory_storage_free(world.memory);
    return 0;
}
