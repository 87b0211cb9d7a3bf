/* api_drive_none.c: what the pages of drivers and houses ask for, in a program that was built without the settlement extension.
 */
#include "http.h"

static void not_built(struct request *request)
{
    answer_problem(request->exchange, 404, NULL,
                   "nothing is settled here: this program was built without the settlement extension");
}

void api_drive_places(struct request *request)
{
    not_built(request);
}

void api_drive_offers(struct request *request)
{
    not_built(request);
}

void api_drive_bays(struct request *request)
{
    not_built(request);
}

void api_drive_begin(struct request *request)
{
    not_built(request);
}

void api_drivers(struct request *request)
{
    not_built(request);
}

void api_drive_visit(struct request *request)
{
    not_built(request);
}

void api_drive_confirm(struct request *request)
{
    not_built(request);
}

void api_drive_cancel(struct request *request)
{
    not_built(request);
}

void api_drive_start(struct request *request)
{
    not_built(request);
}

void api_drive_pay(struct request *request)
{
    not_built(request);
}

void api_drive_events(struct request *request)
{
    not_built(request);
}

void api_drive_qr(struct request *request)
{
    not_built(request);
}

void api_drive_stop(struct request *request)
{
    not_built(request);
}

void api_drive_rent(struct request *request)
{
    not_built(request);
}

void api_drive_report(struct request *request)
{
    not_built(request);
}

void api_drive_swap(struct request *request)
{
    not_built(request);
}

void api_drive_keep(struct request *request)
{
    not_built(request);
}

void api_house_consumption(struct request *request)
{
    not_built(request);
}

void api_house_statement_pay(struct request *request)
{
    not_built(request);
}
