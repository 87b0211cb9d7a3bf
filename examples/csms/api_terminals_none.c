/* api_terminals_none.c: the resources of api_terminals.c in a program that was built without the settlement extension. */
#include "http.h"

static void not_built(struct request *request)
{
    answer_problem(request->exchange, 404, NULL,
                   "nothing is settled here: this program was built without the settlement extension");
}

void api_terminals(struct request *request)
{
    not_built(request);
}

void api_terminal_register(struct request *request)
{
    not_built(request);
}

void api_terminal_revoke(struct request *request)
{
    not_built(request);
}

void api_terminal_forget(struct request *request)
{
    not_built(request);
}

void api_associations(struct request *request)
{
    not_built(request);
}

void api_dissociate(struct request *request)
{
    not_built(request);
}

void api_associate(struct request *request)
{
    not_built(request);
}

void api_vehicle_sold(struct request *request)
{
    not_built(request);
}

void api_starts(struct request *request)
{
    not_built(request);
}

void api_start_stop(struct request *request)
{
    not_built(request);
}
